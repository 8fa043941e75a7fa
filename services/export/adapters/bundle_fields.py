"""Writes what each key of a bundle's JSON Lines and each word of its cells means, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from google.protobuf.descriptor import Descriptor, EnumDescriptor

from coderai.extractor.v1 import extractor_service_pb2, provenance_service_pb2, review_service_pb2
from coderai.kit.comments import comment_on
from coderai.kit.wire import enum_names
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.words_told import CELL, DOCUMENT, USUAL, WORDS

Told = Mapping[str, str]
_ENUMS: Mapping[str, EnumDescriptor] = {
    key: extractor_service_pb2.DESCRIPTOR.enum_types_by_name[name]
    for key, name in (
        ("missing_reason", "MissingReason"),
        ("support", "Support"),
        ("match", "EvidenceMatch"),
        ("origin", "ValueOrigin"),
        ("status", "ExtractionStatus"),
        ("verdict", "Verdict"),
    )
}
_PROVENANCE = provenance_service_pb2.DESCRIPTOR.message_types_by_name
_JOB, _RECEIPT = (extractor_service_pb2.DESCRIPTOR.message_types_by_name[name] for name in ("Job", "Receipt"))
_FEEDBACK, _SAMPLE = (
    review_service_pb2.DESCRIPTOR.message_types_by_name[name] for name in ("Feedback", "ReviewSample")
)
_OF_RUNNING = ("progress", "eta_seconds", "consecutive_failures")
"""Fields of jobs that bundles do not have (domain.provenance.Run)."""
_OF_FILE = {"job_id": "The job's id.", "document_id": "The document's id."}


def write_fields(dataset: Dataset, path: Path) -> None:
    """The same for every dataset: a section per file, then one per key that has words of its own."""
    path.write_text("\n".join(_lines()) + "\n", encoding="utf-8", newline="\n")


def _lines() -> Iterator[str]:
    yield "# What keys and words mean"
    yield ""
    yield "Each line of the files `.jsonl` is a JSON object. Columns of `data/data.csv` are explained in `codebook/`."
    for file, told in _files().items():
        yield from _table(f"`{file}`", "key", told)
    for key, told in _words().items():
        yield from _table(f"Words: `{key}`", "word", told)


def _files() -> Mapping[str, Told]:
    coded = {name: told for name, told in _keys(_PROVENANCE["CodedDocument"]).items() if name != "calls"}
    run, sample = _keys(_PROVENANCE["Run"]), _keys(_SAMPLE)
    return {
        "data/cells.jsonl": CELL,
        "documents.jsonl": DOCUMENT,
        "provenance/runs.jsonl": {**run, **_keys(_JOB, "job.", _OF_RUNNING)},
        "provenance/prompts.jsonl": _keys(_PROVENANCE["Prompt"]),
        "provenance/calls.jsonl": {**_OF_FILE, **_keys(_PROVENANCE["PromptCall"])},
        "provenance/receipts.jsonl": {**coded, **_keys(_RECEIPT, "receipt.")},
        "provenance/corrections.jsonl": _keys(_FEEDBACK),
        "provenance/samples.jsonl, lines of kind SAMPLE": {**sample, **_keys(_PROVENANCE["DrawnStratum"], "strata.")},
        "provenance/samples.jsonl, lines of kind CELL": _keys(_PROVENANCE["DrawnCell"]),
    }


def _words() -> Mapping[str, Told]:
    found = dict[str, Told]()
    for key, own in WORDS.items():
        of_contract = _values(_ENUMS[key]) if key in _ENUMS else {}
        found[key] = {**of_contract, **own}
    return found


def _keys(message: Descriptor, before: str = "", without: tuple[str, ...] = ()) -> Told:
    """The fields of a message of the contract, with what they mean."""
    return {
        f"{before}{field.name}": comment_on(field.full_name) or USUAL.get(field.name, "")
        for field in message.fields
        if field.name not in without
    }


def _values(enum: EnumDescriptor) -> Told:
    """The values of an enum of the contract by their short names, with what they mean."""
    names = enum_names(enum)
    told = {value.number: comment_on(f"{enum.file.package}.{enum.name}.{value.name}") for value in enum.values}
    return {name: told[number] for number, name in names.items() if name}


def _table(heading: str, what: str, told: Told) -> Iterator[str]:
    yield from ("", f"## {heading}", "", f"| {what} | means |", "|---|---|")
    yield from (f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |" for name, meaning in told.items())
