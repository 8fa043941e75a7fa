"""Turns the extractor's messages into the export's values: its words, jobs and candidates."""

from __future__ import annotations

from google.protobuf.descriptor import EnumDescriptor

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.wire import enum_names, from_value
from coderai.services.export.domain.coded import (
    NOT_PROCESSED,
    NOT_SELECTED,
    Candidate,
    Evidence,
    Job,
    Span,
    Words,
)


def _names(enum: str) -> dict[int, str]:
    descriptor: EnumDescriptor = pb.DESCRIPTOR.enum_types_by_name[enum]
    return dict(enum_names(descriptor))


TASKS, STATUSES, REASONS, MATCHES = map(_names, ("TaskStatus", "ExtractionStatus", "MissingReason", "EvidenceMatch"))
SUPPORTS, ORIGINS, VERDICTS = map(_names, ("Support", "ValueOrigin", "Verdict"))
_JOB_KIND, _JOB_STATUS = map(_names, ("JobKind", "JobStatus"))


def _named(names: dict[int, str]) -> list[str]:
    return [name for name in names.values() if name]


WORDS = Words(
    reasons=[*_named(REASONS), NOT_PROCESSED, NOT_SELECTED],
    supports=_named(SUPPORTS),
    matches=_named(MATCHES),
    verdicts=_named(VERDICTS),
    statuses=_named(STATUSES),
    origins=_named(ORIGINS),
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


def _evidence(message: pb.Evidence) -> Evidence:
    spans: tuple[Span, ...] = ()
    if len(message.spans) > 1:
        spans = tuple(Span(span.start, span.end, span.page) for span in message.spans)
    elif message.HasField("start"):
        spans = (Span(message.start, message.end, message.page),)
    return Evidence(message.quote, MATCHES.get(message.match, ""), spans)


def candidate_from(message: pb.Candidate) -> Candidate:
    """A value that was in question."""
    return Candidate(
        value=from_value(message.value),
        confidence=message.confidence,
        evidence=_evidence(message.evidence),
        support=SUPPORTS.get(message.support, ""),
    )
