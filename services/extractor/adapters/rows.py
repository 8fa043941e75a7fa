"""How jobs, tasks and extractions stand in their tables' rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.engine import Row

from coderai.codebook.variable import Variable
from coderai.kit.model_replies import Usage
from coderai.services.extractor.adapters.tables import extractions, jobs, tasks
from coderai.services.extractor.domain.coding import replay
from coderai.services.extractor.domain.coding.extraction import (
    Basis,
    Candidate,
    Evidence,
    EvidenceSpan,
    Extraction,
    Found,
    Match,
    Mention,
    Receipt,
    Support,
)
from coderai.services.extractor.domain.jobs.job import Job, JobKind, JobStatus, TaskStatus
from coderai.services.extractor.domain.jobs.pace import Pace
from coderai.services.extractor.usecases.ports import Measured, Task

JOB = [column for column in jobs.c if column.name not in ("workspace_id", "codebook")]
"""What `read_job` needs; a codebook is large."""
_NOT_OF_TASK = ("workspace_id", "created_at", "receipt", "changed_at", "correlation_id", "traceparent")
TASK = [column for column in tasks.c if column.name not in _NOT_OF_TASK]
"""What `read_task` needs."""
BASIS = [
    *(extractions.c.value, extractions.c.evidence, extractions.c.explanation, extractions.c.raw_value),
    *(extractions.c.candidates, extractions.c.support, extractions.c.model_confidence, extractions.c.basis),
]
"""What `read_basis` needs."""
_JOB_NAMES = [column.name for column in JOB]
_TASK_NAMES = [column.name for column in TASK]
_CHECKS = ("judge", "deciding", "same")
"""The parts of a receipt's usage that are counted apart."""
_OF_CHECK = ("calls", "tokens_in", "tokens_out")


def read_job(row: Sequence[Any]) -> Job:
    """The job in a row of the columns `JOB`."""
    values = dict(zip(_JOB_NAMES, row, strict=True))
    pace = Pace(values.pop("pace_documents"), values.pop("pace_seconds"), values.pop("pace_since"))
    read = {
        "kind": JobKind(values["kind"]),
        "status": JobStatus(values["status"]),
        "variables": tuple(values["variables"]),
    }
    return Job(**{**values, **read, "pace": pace})


def job_values(job: Job) -> dict[str, Any]:
    """A job's columns."""
    pace = {"pace_documents": job.pace.documents, "pace_seconds": job.pace.seconds, "pace_since": job.pace.since}
    own = {name: getattr(job, name) for name in _JOB_NAMES if name not in pace}
    return own | pace | {"variables": list(job.variables)}


def read_task(row: Sequence[Any]) -> Task:
    """The task in a row of the columns `TASK`."""
    values = dict(zip(_TASK_NAMES, row, strict=True))
    used = Usage(0, values.pop("tokens_in"), values.pop("tokens_out"), values.pop("tokens_cached"))
    reserved = values.pop("tokens_reserved")
    only = values.pop("variables")
    read = {"status": TaskStatus(values["status"]), "variables": None if only is None else tuple(only)}
    return Task(**{**values, **read, "reserved": reserved, "used": used})


def task_values(task: Task) -> dict[str, Any]:
    """The columns of a task that is added."""
    own = {name: getattr(task, name) for name in _TASK_NAMES if not name.startswith("tokens_")}
    return own | reservation_values(task.reserved, task.used)


def reservation_values(tokens: int, used: Usage) -> dict[str, int]:
    """The columns of what an attempt has set aside and used."""
    return {
        "tokens_reserved": tokens,
        "tokens_in": used.tokens_in,
        "tokens_out": used.tokens_out,
        "tokens_cached": used.tokens_cached,
    }


def read_measured(row: Row[Any]) -> Measured:
    """What a document took, from its task's receipt."""
    receipt = row.receipt
    usage = Usage(*(receipt.get(name, 0) for name in ("calls", "tokens_in", "tokens_out", "tokens_cached")))
    checks = {check: Usage(*(receipt.get(f"{check}_{name}", 0) for name in _OF_CHECK)) for check in _CHECKS}
    return Measured(row.document_id, usage, receipt["entities_found"], **checks)


def extractions_values(task: Task, found: Sequence[Extraction]) -> Iterator[dict[str, Any]]:
    """The columns of a document's extractions, but those that all of a job have in common."""
    document = {"job_id": task.job_id, "document_id": task.document_id, "document_name": task.document_name}
    positions: dict[str, int] = {}
    for one in found:
        yield document | _extraction_values(task, one, positions.setdefault(one.variable.id, len(positions)))


def extraction_id(task: Task, one: Extraction) -> UUID:
    """Made from what the extraction is of, so that doing a document again keeps it."""
    return uuid5(task.job_id, f"{task.document_id}/{one.entity_index}/{one.variable.id}")


def _extraction_values(task: Task, one: Extraction, position: int) -> dict[str, Any]:
    """An extraction's own columns; `position` is its variable's among the columns of the dataset."""
    return {
        "id": extraction_id(task, one),
        "unit_id": one.unit_id,
        "variable_id": UUID(one.variable.id),
        "variable": one.variable.name,
        "position": position,
        "entity_index": one.entity_index,
        "entity_text": one.entity_text,
        "value": one.value,
        "confidence": one.confidence,
        "evidence": None if one.evidence is None else evidence_value(one.evidence),
        "status": one.status,
        "flags": list(one.flags),
        "missing_reason": one.missing_reason or "",
        "explanation": one.explanation,
        "raw_value": one.raw_value,
        "support": one.support or "",
        "origin": one.origin,
        "model_confidence": one.model_confidence,
        "candidates": [_candidate(c) for c in one.candidates] or None,
        "prompt_version": one.variable.active_prompt.version,
        "prompt_version_id": UUID(one.variable.active_prompt.id),
        "basis": None if one.basis is None else replay.write(one.basis, one),
    }


def read_basis(row: Row[Any], variable: Variable) -> Basis | None:
    """What an extraction was decided from; None where that was not kept. Any row with the columns `BASIS` will do."""
    return None if row.basis is None else replay.read(row.basis, _read_found(row, variable))


def _read_found(row: Row[Any], variable: Variable) -> Extraction:
    """What a row says of what was found in the document."""
    return Extraction(
        variable,
        value=row.value,
        evidence=None if row.evidence is None else read_evidence(row.evidence),
        explanation=row.explanation,
        raw_value=row.raw_value,
        candidates=tuple(_read_candidate(one) for one in row.candidates or ()),
        support=Support(row.support) if row.support else None,
        model_confidence=row.model_confidence,
    )


def receipt_value(receipt: Receipt) -> dict[str, Any]:
    """A receipt as JSON, with the fields of its usage, and of what is counted apart, beside its own."""
    plain = asdict(receipt)
    for found, entity in zip(plain["entities"], receipt.entities, strict=True):
        for mention, of in zip(found["mentions"], entity.mentions, strict=True):
            mention["evidence"] = evidence_value(of.evidence)
    usage: dict[str, Any] = plain.pop("usage")
    checks: dict[str, dict[str, Any]] = {check: plain.pop(check) for check in _CHECKS}
    return plain | usage | {f"{check}_{name}": of[name] for check, of in checks.items() for name in _OF_CHECK}


def read_entities(receipt: Mapping[str, Any]) -> tuple[Found, ...]:
    """The entities of a receipt as `receipt_value` gives it; none where it is from before entities were kept."""
    found = receipt.get("entities", ())
    return tuple(Found(one["index"], one["text"], tuple(map(_read_mention, one["mentions"]))) for one in found)


def _read_mention(plain: Mapping[str, Any]) -> Mention:
    return Mention(plain["text"], read_evidence(plain["evidence"]), plain["passage"], plain["why"])


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "value": one.value,
        "confidence": one.confidence,
        "evidence": evidence_value(one.evidence),
        "support": one.support,
        "explanation": one.explanation,
        "model_confidence": one.model_confidence,
        "probability": one.probability,
        "judged": one.judged,
        "repeated": one.repeated,
    }


def _read_candidate(plain: Mapping[str, Any]) -> Candidate:
    read = {"evidence": read_evidence(plain["evidence"]), "support": Support(plain["support"])}
    return Candidate(**{**plain, **read}, raw=plain["value"])


def read_evidence(plain: Mapping[str, Any]) -> Evidence:
    """The evidence in a column of it, or in a candidate's."""
    spans = tuple(EvidenceSpan(span["start"], span["end"], span["page"]) for span in plain["spans"])
    return Evidence(plain["quote"], Match(plain["match"]), spans, plain.get("recognition"))


def evidence_value(one: Evidence) -> dict[str, Any]:
    """Evidence as JSON; the offsets of its first span stand beside the quote, as most quotes have but one."""
    first = asdict(one.spans[0]) if one.spans else {"start": None, "end": None, "page": 0}
    read = {} if one.recognition is None else {"recognition": one.recognition}
    return {"quote": one.quote, "match": one.match, "spans": [asdict(span) for span in one.spans], **first, **read}
