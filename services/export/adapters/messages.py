"""Turns the extractor's messages into the export's values; field by field, for a project has 500,000 extractions."""

from __future__ import annotations

from google.protobuf.descriptor import EnumDescriptor

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.wire import enum_names, from_value, to_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.export.domain.coded import Codebook, Document, Extraction, Job, Variable


def _names(enum: str) -> dict[int, str]:
    descriptor: EnumDescriptor = pb.DESCRIPTOR.enum_types_by_name[enum]
    return dict(enum_names(descriptor))


_TASK, _STATUS, _REASON, _MATCH = map(_names, ("TaskStatus", "ExtractionStatus", "MissingReason", "EvidenceMatch"))
_JOB_KIND, _JOB_STATUS = map(_names, ("JobKind", "JobStatus"))


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


def codebook_from(message: codebook_pb2.Codebook) -> Codebook:
    """A frozen codebook."""
    multiple = message.unit.rows_per_document == codebook_pb2.ROWS_PER_DOCUMENT_MULTIPLE
    return Codebook(
        hash=message.hash,
        project_name=message.project_name,
        variables=tuple(_variable(variable) for variable in message.variables),
        project_description=message.project_description,
        domain=message.domain,
        language=message.language,
        document_type=message.document_type,
        row_is=message.unit.row_is,
        multiple=multiple,
        entity_pattern=message.unit.entity_identification_pattern if multiple else "",
    )


def document_from(message: pb.DocumentRows) -> Document:
    """A document with its extractions."""
    return Document(
        id=message.document_id,
        name=message.document_name,
        status=_TASK.get(message.status, ""),
        error=message.error,
        extractions=[_extraction(extraction) for extraction in message.extractions],
    )


def _extraction(message: pb.Extraction) -> Extraction:
    evidence = message.evidence
    return Extraction(
        variable=message.variable,
        value=from_value(message.value),
        entity_index=message.entity_index,
        entity=message.entity_text,
        confidence=message.confidence,
        status=_STATUS.get(message.status, ""),
        missing_reason=_REASON.get(message.missing_reason, ""),
        flags=tuple(message.flags),
        quote=evidence.quote,
        start=evidence.start if evidence.HasField("start") else None,
        end=evidence.end if evidence.HasField("end") else None,
        page=evidence.page,
        match=_MATCH.get(evidence.match, ""),
        prompt_version=message.prompt_version,
    )


def _variable(message: codebook_pb2.Variable) -> Variable:
    plain = to_plain(message)
    prompt = plain.get("active_prompt", {})
    rules = plain.get("validation_rules", {})
    return Variable(
        name=plain["name"],
        type=plain["type"],
        display_name=plain["display_name"],
        instructions=plain["instructions"],
        categories=tuple((category["value"], category["description"]) for category in plain["categories"]),
        confidence_threshold=plain["confidence_threshold"],
        if_uncertain=plain["if_uncertain"],
        if_multiple_values=plain["if_multiple_values"],
        max_values=plain["max_values"],
        default_value=plain.get("default_value"),
        required=plain["required"],
        rules={rule: value for rule, value in rules.items() if value not in (None, "", [])},
        depends_on=tuple((c["variable"], c["operator"], c.get("value")) for c in plain["depends_on"]),
        prompt_version=prompt.get("version", 0),
        prompt=prompt.get("text", ""),
    )
