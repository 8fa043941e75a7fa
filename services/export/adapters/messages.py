"""Turns the extractor's messages into the export's values; field by field, for a project has 500,000 extractions."""

from __future__ import annotations

from google.protobuf.descriptor import EnumDescriptor

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.wire import enum_names, from_value
from coderai.services.export.domain.coded import (
    NO_EVIDENCE,
    NOT_PROCESSED,
    NOT_SELECTED,
    Candidate,
    Document,
    Evidence,
    Extraction,
    Job,
    Span,
    Words,
)


def _names(enum: str) -> dict[int, str]:
    descriptor: EnumDescriptor = pb.DESCRIPTOR.enum_types_by_name[enum]
    return dict(enum_names(descriptor))


_TASK, _STATUS, _REASON, _MATCH = map(_names, ("TaskStatus", "ExtractionStatus", "MissingReason", "EvidenceMatch"))
_JOB_KIND, _JOB_STATUS = map(_names, ("JobKind", "JobStatus"))
_SUPPORT, _ORIGIN, _VERDICT = map(_names, ("Support", "ValueOrigin", "Verdict"))


def _named(names: dict[int, str]) -> list[str]:
    return [name for name in names.values() if name]


WORDS = Words(
    reasons=[*_named(_REASON), NOT_PROCESSED, NOT_SELECTED],
    supports=_named(_SUPPORT),
    matches=_named(_MATCH),
    verdicts=_named(_VERDICT),
    statuses=_named(_STATUS),
    origins=_named(_ORIGIN),
)


def job_from(message: pb.Job) -> Job:
    """A job."""
    return Job(
        id=message.id,
        project_id=message.project_id,
        kind=_JOB_KIND.get(message.kind, ""),
        status=_JOB_STATUS.get(message.status, ""),
        model=message.model,
        documents_processed=message.documents_processed,
        started_at=message.started_at,
        finished_at=message.finished_at,
    )


def document_from(message: pb.DocumentRows) -> Document:
    """A document with its extractions."""
    return Document(
        id=message.document_id,
        name=message.document_name,
        status=_TASK.get(message.status, ""),
        error=message.error,
        extractions=_extractions(message),
        unread_pages=tuple(message.unread_pages),
        unsure_pages=tuple(message.unsure_pages),
        places={one.entity_index: Span(one.start, one.end, one.page) for one in message.entities},
    )


def _extractions(message: pb.DocumentRows) -> list[Extraction]:
    if not message.weights:
        return [_extraction(one) for one in message.extractions]
    weights = {(one.entity_index, one.variable): one.weight for one in message.weights}
    return [_extraction(one, weights.get((one.entity_index, one.variable), 0.0)) for one in message.extractions]


def _extraction(message: pb.Extraction, weight: float = 0.0) -> Extraction:
    value = from_value(message.value)
    # By place: names take a third longer.
    return Extraction(
        message.variable,
        value,
        message.entity_index,
        message.entity_text,
        message.confidence,
        _STATUS.get(message.status, ""),
        _REASON.get(message.missing_reason, ""),
        tuple(message.flags),
        _evidence(message.evidence) if message.HasField("evidence") else NO_EVIDENCE,
        message.prompt_version,
        _SUPPORT.get(message.support, ""),
        _ORIGIN.get(message.origin, ""),
        tuple(map(_candidate, message.candidates)) if value is None else (),
        _VERDICT.get(message.verdict, ""),
        from_value(message.model_value) if message.corrected_by else None,
        message.stale,
        message.model,
        message.reviewed_by,
        weight,
    )


def _evidence(message: pb.Evidence) -> Evidence:
    spans: tuple[Span, ...] = ()
    if len(message.spans) > 1:
        spans = tuple(Span(span.start, span.end, span.page) for span in message.spans)
    elif message.HasField("start"):
        spans = (Span(message.start, message.end, message.page),)
    return Evidence(message.quote, _MATCH.get(message.match, ""), spans)


def _candidate(message: pb.Candidate) -> Candidate:
    return Candidate(
        value=from_value(message.value),
        confidence=message.confidence,
        evidence=_evidence(message.evidence),
        support=_SUPPORT.get(message.support, ""),
    )
