"""The methods section of a dataset: how it came about, in words that a researcher can use in an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from coderai.codebook.codebook import read_codebook
from coderai.codebook.variable import IfUnsupported, Variable
from coderai.kit.models import OFFLINE
from coderai.language.locales import language_name
from coderai.measuring.figures import How
from coderai.services.export.domain.coded import DONE, FAILED, WITHHELD
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.methods_quality import limits, measured, reviewed
from coderai.services.export.domain.prose import Block, Figures, listed, said, sentence
from coderai.services.export.domain.statistics import statistics

_REASONS = {
    "NOT_STATED": "the document does not state it",
    "NOT_APPLICABLE": "it does not apply",
    "AMBIGUOUS": "the document states several values that conflict",
    "VAGUE": 'the document gives no exact value, but words such as "dozens"',
    "UNREADABLE": "the document has no text that could be read",
    "MODEL_FAILED": "no usable answer was given",
    "BELOW_THRESHOLD": "confidence was below the variable's threshold",
    "NOT_FOUND": "none was found, by an engine that cannot tell whether the document states it",
    "RANGE": "the value has two ends, which stand in columns of their own",
    "UNSUPPORTED": "a value was found, but its quote does not state it",
    "UNGROUNDED": "a value was found, but its quote is not in the document",
    "INCOMPLETE": "it was not found in what could be read, and a part of the document could not",
    "NOT_PROCESSED": "the document has not been coded",
    "NOT_SELECTED": "the cell was not chosen for this export",
}


def methods(dataset: Dataset) -> list[Block]:
    """Title, sections and paragraphs; their numbers are those of domain.statistics."""
    figures = Figures(statistics(dataset))
    sections = {
        "Documents": _documents(dataset, figures),
        "Unit of observation": _unit(dataset, figures),
        "Variables": _variables(dataset),
        "Coding": _coding(dataset, figures),
        "Evidence": _evidence(dataset, figures),
        "Missing values": _missing(figures),
        "Review by people": reviewed(dataset, figures),
        "Measured quality": measured(dataset, figures),
        "Limits": limits(dataset, figures),
        "How to check this": _checking(),
    }
    blocks = [Block(f"Methods: {said(dataset.codebook.project_name)}", heading=1)]
    for heading, section in sections.items():
        blocks += [Block(heading, heading=2), *section]
    return blocks


def _documents(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    found = figures.value("corpus")
    sentences = [f"The dataset was coded from {figures.count('of_dataset.documents', 'document')}."]
    if found is not None:
        sentences += _corpus(found, figures)
    done = figures.value(f"of_dataset.documents_by_status.{DONE}") or 0
    if done != figures.value("of_dataset.documents"):
        coded = figures.count(f"of_dataset.documents_by_status.{DONE}")
        sentences.append(f"Documents that could be coded: {coded}.")
        if figures.value(f"of_dataset.documents_by_status.{FAILED}"):
            failed = figures.count(f"of_dataset.documents_by_status.{FAILED}", "document")
            sentences.append(f"Coding failed for {failed}.")
    if figures.value("of_dataset.documents_without_values"):
        reasons = figures.value("of_dataset.documents_without_values")
        parts = [f"{figures.count(f'of_dataset.documents_without_values.{one}')} ({one})" for one in reasons]
        sentences.append(f"Documents that give the dataset no values, by the reason: {listed(parts)}.")
    yield Block(" ".join(sentences))


def _corpus(found: dict[str, Any], figures: Figures) -> Iterator[str]:
    formats = [f"{figures.count(f'corpus.formats.{name}')} {name or 'of another kind'}" for name in found["formats"]]
    if formats:
        yield f"Kinds of file: {listed(formats)}."
    languages = sorted(found["languages"], key=lambda code: not code)
    parts = [
        f"{figures.count(f'corpus.languages.{code}')} in {language_name(code) if code else 'none'}"
        for code in languages
    ]
    if any(languages):
        yield f"Detected languages: {listed(parts)}."
    if found["pages"]:
        yield f"Length: {figures.count('corpus.pages', 'page')}."


def _unit(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    unit = dataset.codebook.unit
    many = "A document can give several rows, one, or none." if unit.multiple else "Each document gives one row."
    text = f"A row of the dataset is: {sentence(said(unit.row_is))} {many}"
    if unit.multiple and unit.entity_identification_pattern:
        rule = sentence(said(unit.entity_identification_pattern))
        text += f" What a row stands for was recognised by this rule: {rule}"
    rows, cells = figures.count("of_dataset.rows", "row"), figures.count("of_dataset.cells", "cell")
    variables = len(dataset.codebook.variables)
    yield Block(text)
    yield Block(f"The dataset has {rows} and {variables:,} {'variable' if variables == 1 else 'variables'}: {cells}.")
    yield from (Block(f"{label}: {said(str(value))}.") for label, value in dataset.told_of_choice)


def _variables(dataset: Dataset) -> Iterator[Block]:
    yield Block("The variables are these; the codebook has their definitions in full:")
    for variable in dataset.codebook.variables:
        yield Block(_variable(variable), is_item=True)


def _variable(variable: Variable) -> str:
    prompt, kind = variable.active_prompt, variable.type.lower()
    version = f", asked with version {prompt.version} of its prompt" if prompt.version else ""
    what = said(variable.instructions or variable.display_name)
    categories = listed([said(category.value) for category in variable.categories])
    text = sentence(f"{said(variable.name)} ({kind}{version}): {what or 'without instructions'}")
    return f"{text} Categories: {categories}." if categories else text


def _coding(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    models = figures.value("of_dataset.models") or []
    by_model = [
        f"{_model(one['model'])} ({figures.count(f'of_dataset.models.{number}.cells', 'cell')})"
        for number, one in enumerate(models)
    ]
    if by_model:
        yield Block(f"The answers, also those that there is no value, were given by {listed(by_model)}.")
    else:
        yield Block(f"The project's model is {_model(dataset.codebook.model)}; it has answered for no cell yet.")
    job = dataset.job
    if job is not None:
        when = f", from {job.started_at} to {job.finished_at}" if job.started_at and job.finished_at else ""
        kind = f"{said(job.kind).lower()} job".strip()
        yield Block(f"The rows are those of one {kind}{when}, without what people have corrected.")
    temperatures = _temperatures(dataset)
    if temperatures and any(one["model"] != OFFLINE for one in models):
        told = listed([f"{one:g}" for one in temperatures])
        yield Block(
            f"Models were asked at temperature {told}, with fixed prompts: the codebook has the text and the version"
            " of each, and each cell the version under which it was asked. The messages, as far as they can be made"
            " again, stand in provenance/prompts.jsonl."
        )
    yield from _taken(dataset, figures)
    yield Block(f"The codebook has the SHA-256 {dataset.codebook.hash}. Exported {_day(dataset)} (UTC).")


def _temperatures(dataset: Dataset) -> list[float]:
    """Those of the variables' prompts as the jobs asked them; as they are now where that is not known."""
    names = {variable.name for variable in dataset.codebook.variables}
    runs = dataset.provenance.runs() if dataset.provenance is not None else ()
    asked = [variable for run in runs for variable in read_codebook(run.codebook).variables if variable.name in names]
    of_jobs, now = _of_prompts(asked), _of_prompts(dataset.codebook.variables)
    return sorted(of_jobs or now)


def _of_prompts(variables: Iterable[Variable]) -> set[float]:
    return {variable.active_prompt.temperature for variable in variables if variable.active_prompt.version}


def _taken(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    """When the jobs ran, and what they took."""
    if dataset.provenance is None or not figures.value("coding.jobs"):
        return
    jobs = [run.job for run in dataset.provenance.runs()]
    began = min((job["started_at"] for job in jobs if job.get("started_at")), default="")
    ended = max((job["finished_at"] for job in jobs if job.get("finished_at")), default="")
    first, last = began[: len("2026-11-21")], ended[: len("2026-11-21")]
    when = "" if not (first and last) else f" on {first}" if first == last else f" between {first} and {last}"
    sentences = [f"The documents were coded in {figures.count('coding.jobs', 'job')}{when}."]
    if figures.value("coding.calls"):
        tokens_in, tokens_out = (figures.count(f"coding.{one}", "token") for one in ("tokens_in", "tokens_out"))
        calls = figures.count("coding.calls", "request")
        sentences.append(f"This took {calls} to models, with {tokens_in} sent and {tokens_out} answered.")
        cost = figures.value("coding.cost")
        if cost is not None:
            sentences.append(
                f"By the price table all requests of the jobs cost {figures.told('coding.cost', How.COST)} USD."
            )
        else:
            sentences.append("What the requests cost is not known, as the price of a model is not.")
    else:
        sentences.append("No request was made to any model.")
    yield Block(" ".join(sentences))


def _model(name: str) -> str:
    if name == OFFLINE:
        return "CoderAI's built-in engine, which takes values from the text by fixed rules and asks no model"
    return f"the model {said(name)}"


def _day(dataset: Dataset) -> str:
    return f"{dataset.generated_at:%Y-%m-%d}"


def _evidence(dataset: Dataset, figures: Figures) -> Iterator[Block]:
    yield Block(
        "Every value had to come with the words of the document that state it. Code checked whether the document has"
        " these words; what was not found there was refused. Whether the words state the value was checked by code"
        " where code can (STATED); otherwise a second request to a model may have judged it (JUDGED); where neither"
        " could decide, the value is marked (UNCHECKED)."
    )
    found = figures.value("of_dataset.support") or {}
    parts = [f"{one} {figures.count(f'of_dataset.support.{one}')}" for one in dataset.words.supports if one in found]
    if parts:
        cells = figures.count("of_dataset.modelled", "cell")
        yield Block(
            f"In {cells} there is a value that was found in a document, by what its quote is worth: {', '.join(parts)}."
        )
    withheld = figures.count("of_dataset.withheld", "cell")
    kept = [v.name for v in dataset.codebook.variables if v.if_unsupported is IfUnsupported.FLAG]
    text = f"Values that their quote does not bear out were withheld and count as missing: {withheld}."
    yield Block(f"{text} Of {listed(kept)} they were kept and flagged instead." if kept else text)


def _missing(figures: Figures) -> Iterator[Block]:
    cells, answered = figures.count("of_dataset.cells", "cell"), figures.count("of_dataset.answered")
    defaults = figures.count("of_dataset.defaulted", "cell")
    yield Block(
        f"Cells with a value: {answered}, of {cells}. A default stands in for a missing value in {defaults}; it is"
        " marked as such, and is no finding. Every cell without a value says why:"
    )
    reasons = figures.value("of_dataset.missing") or {}
    ordered = [one for one in _REASONS if one in reasons] + [one for one in reasons if one not in _REASONS]
    for reason in ordered:
        told = f" ({_REASONS[reason]})" if reason in _REASONS else ""
        yield Block(f"{reason}{told}: {figures.count(f'of_dataset.missing.{reason}', 'cell')}", is_item=True)
    if not reasons:
        yield Block("no cell is missing", is_item=True)
    if any(one in reasons for one in WITHHELD):
        yield Block(f"{listed(WITHHELD)} are the withheld ones.")


def _checking() -> Iterator[Block]:
    yield Block(
        "The bundle that this text is from can be checked with the command coderai verify: it compares each file with"
        " its SHA-256, each cell of the tables with its record, each quote with the document's text where that is at"
        " hand, and computes every figure of statistics.json and of this text again."
    )
