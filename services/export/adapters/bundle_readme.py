"""Writes a bundle's README: what each file is, how to check the bundle, what it holds of documents and people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from coderai.services.export.adapters.bundle_crate import CRATE
from coderai.services.export.adapters.bundle_versions import SCHEMA, coderai_version
from coderai.services.export.adapters.bundle_zip import MANIFEST
from coderai.services.export.adapters.markdown_codebook import inline
from coderai.services.export.domain.codebook import quality_notes
from coderai.services.export.domain.dataset import Dataset

_CHECKING = """\
## How to check it

    coderai verify .                          # in this folder, or with the ZIP's name in place of the point
    coderai verify . --documents DIR          # also reads the documents again, where you have them
    sha256sum -c manifest-sha256.txt          # without CoderAI: that no file was changed since

The first checks that every file is as it was written, that the tables say the same as `data/cells.jsonl`, that each
quote stands where its cell says, and that every figure in `statistics.json` follows from the cells."""
_AGAIN = """\
## How to code other documents in the same way

    coderai run project.yaml my-documents/ --out my-dataset      # or with the ZIP's name in place of project.yaml

asks the same questions with the same prompts and rules. Another model, or the same one on another day, may answer
otherwise: `--model provider:name` names one, `provenance/runs.jsonl` has those that answered here."""
_WITH_TEXTS = "The documents' texts are in `texts/`, each under its document's id (`documents.jsonl` has the names)."
_WITHOUT_TEXTS = """\
The documents' texts are not here: `documents.jsonl` has their hashes, so that whoever has the documents can see that
they are the same. What is quoted for a value or an entity, what that is called in the text, and what is coded as
text are words of the documents, and are here."""
_EXAMPLES = """\
The golden examples of variables are parts of the codebook and of the prompts, and are here with their texts, also where
those are taken from documents."""
_PSEUDONYMS = (
    "Who wrote prompts, drew samples or reviewed is called person 1, person 2 ...; who that is, no file here tells,"
    " unless a note does."
)
_NAMES = "Who wrote prompts, drew samples or reviewed stands here by the id of the account."
_NOTES = "Notes of reviewers are in `provenance/corrections.jsonl` word by word."
_NOT_KNOWN = """\
Not known to CoderAI, and not here: how the documents were found and chosen, who publishes this, and what others may do
with it. No licence is chosen and no authors are named in `ro-crate-metadata.json`: whoever publishes this adds both
there, and that file differs from its hash then."""


def readme(dataset: Dataset, about: Mapping[str, str]) -> str:
    """The README in Markdown. `about`: what each file is, by its path."""
    return "\n".join(_lines(dataset, about)) + "\n"


def _lines(dataset: Dataset, about: Mapping[str, str]) -> Iterator[str]:
    codebook, counted = dataset.codebook, dataset.survey
    yield f"# {inline(codebook.project_name)}"
    if codebook.project_description:
        yield from ("", inline(codebook.project_description))
    yield ""
    yield (
        f"A dataset of {dataset.row_count:,} rows and {len(codebook.variables):,} variables, coded from"
        f" {len(counted.documents):,} documents with CoderAI {coderai_version()}, with all that is needed to check it."
        f" A row is: {inline(codebook.unit.row_is)}. Exported {dataset.generated_at.isoformat(timespec='seconds')};"
        f" form of the bundle: {SCHEMA}."
    )
    for label, value in dataset.told_of_choice:
        yield f"{label}: {inline(value)}."
    yield from ("", "## What is here", "", "| file | is |", "|---|---|")
    texts = {"texts/": "the documents' texts as they were read"} if dataset.options.texts else {}
    further = {CRATE: "all of this for programs (RO-Crate 1.2)", MANIFEST: "SHA-256 of every other file"}
    for path, what in {**about, **texts, **further}.items():
        yield f"| `{path}` | {what} |"
    yield from ("", _CHECKING, "", _AGAIN, "", "## What it holds of documents and people", "")
    yield _WITH_TEXTS if dataset.options.texts else _WITHOUT_TEXTS
    if any(variable.golden_examples for variable in codebook.variables):
        yield from ("", _EXAMPLES)
    if dataset.people:
        yield from ("", f"{_PSEUDONYMS if dataset.options.pseudonyms else _NAMES} {_NOTES}")
    yield from ("", _NOT_KNOWN)
    yield from _section("What is not here of prompts and calls", _without_calls(dataset))
    yield from _section("What the estimates of quality rest on", quality_notes(dataset))
    yield from _section("What files could not hold as it is", dataset.notes)


def _without_calls(dataset: Dataset) -> list[str]:
    """For which jobs and documents it is not told what a model was sent, and why."""
    if dataset.provenance is None:
        return []
    jobs = Counter(run.no_prompts for run in dataset.provenance.runs() if run.no_prompts)
    documents = Counter(document.no_calls for document in dataset.provenance.documents() if document.no_calls)
    told = [(count, "job", why) for why, count in jobs.items()]
    told += [(count, "document", why) for why, count in documents.items()]
    return [f"Of {count:,} {what}{'' if count == 1 else 's'}: {why}" for count, what, why in told]


def _section(heading: str, sentences: list[str]) -> Iterator[str]:
    if sentences:
        yield from ("", f"## {heading}", "")
        yield from (f"- {inline(sentence)}" for sentence in sentences)
