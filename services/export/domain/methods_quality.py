"""The part of a methods section that is about quality: review by people, measured accuracy, limits."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.measuring.figures import How
from coderai.services.export.domain.codebook import quality_notes
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.prose import Block, Figures, said, sentence

_NOT_MEASURED = (
    "No sample of cells was drawn and judged: the accuracy of this dataset has not been measured. Confidence is what"
    " the model says of itself, and no estimate of accuracy."
)
_OF_JOB = (
    "Samples are drawn of a project's dataset, and not of the rows of a job: the accuracy of these rows has not been"
    " measured. Confidence is what the model says of itself, and no estimate of accuracy."
)
_LIMITS = {
    "of_dataset.documents_with_unread_pages": (
        "document has pages",
        "documents have pages",
        "of which no text was read: what is not found may stand there",
    ),
    "of_dataset.documents_with_unsure_pages": (
        "document has pages",
        "documents have pages",
        "of which text recognition is unsure: what is found there may be misread",
    ),
    "of_dataset.flagged": ("cell is flagged", "cells are flagged", "for a person to look at"),
    "of_dataset.stale": (
        "cell should",
        "cells should",
        "be asked again, as the question, settings or text have changed since",
    ),
}
"""For each figure that is not 0 what follows it: for one, for several, and for both."""
_SHARES = {
    "accuracy": "accuracy",
    "false_values": "false values, of the cells with a value",
    "missed_values": "missed values, of the cells without",
}


def reviewed(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    """How many cells people looked at and corrected."""
    if dataset.job is not None:
        yield Block("The rows are as the model gave them: what people have said of the dataset does not enter.")
        return
    if not figures.value("of_dataset.people"):
        yield Block("No person has reviewed any cell of this dataset.")
        return
    people = figures.count("of_dataset.people", "person", "people")
    judged, corrected = figures.count("of_dataset.reviewed", "cell"), figures.count("of_dataset.corrected")
    verb = "has" if figures.value("of_dataset.people") == 1 else "have"
    yield Block(
        f"{people} {verb} given a verdict on {judged}. Cells whose answer is a person's in place of the model's:"
        f" {corrected}. What the model had said is kept beside them."
    )


def measured(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    """Estimates with their intervals, or that there are none."""
    known = [v.name for v in dataset.codebook.variables if figures.value(f"variables.{v.name}.measured.accuracy")]
    if not known:
        yield Block(_NOT_MEASURED if dataset.job is None else _OF_JOB)
        return
    yield Block(
        "People judged cells that were drawn at random. From these is estimated, with intervals of 95 %, how good the"
        " model's answers are; of the project's whole dataset, before corrections:"
    )
    for name in known:
        yield Block(_estimates(name, figures), is_item=True)
    rest = [v.name for v in dataset.codebook.variables if v.name not in known]
    if rest:
        yield Block(f"Of {said(', '.join(rest))} nothing was measured.")
    yield from (Block(sentence(said(note))) for note in quality_notes(dataset))


def _estimates(name: str, figures: Figures) -> str:
    of = f"variables.{name}.measured"
    parts = [
        f"{label} {_estimate(f'{of}.{field}', figures)}"
        for field, label in _SHARES.items()
        if figures.value(f"{of}.{field}") is not None
    ]
    for between, who in (("MODEL", "the model and people"), ("PEOPLE", "people among themselves")):
        alpha = f"{of}.agreement.{between}.krippendorff_alpha"
        if figures.value(alpha) is not None:
            low, high = (figures.told(f"{alpha}.{end}", How.ROUNDED) for end in ("low", "high"))
            value = figures.told(f"{alpha}.value", How.ROUNDED)
            parts.append(f"Krippendorff's alpha of {who} {value} ({low} to {high})")
    return f"{name}: {'; '.join(parts)}"


def _estimate(path: str, figures: Figures) -> str:
    value, low, high = (figures.percent(f"{path}.{field}") for field in ("value", "low", "high"))
    return f"{value} ({low} to {high}; {figures.count(f'{path}.cells', 'cell')})"


def limits(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    """What whoever uses the dataset should bear in mind."""
    found = [
        Block(f"{figures.count(path, one, many)} {what}.", is_item=True)
        for path, (one, many, what) in _LIMITS.items()
        if figures.value(path)
    ]
    yield from found
    yield Block(
        "A value is what a document states, not what is true; that a document states nothing is not evidence that"
        " nothing happened.",
        is_item=bool(found),
    )
