"""Writes the typed values of the Python client: the messages of the contracts as the HTTP API shows them.

`python -m coderai.gateway.client_messages FOLDER` writes answers.py and requests.py there; `make generate` runs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from coderai.audit.v1.audit_service_pb2 import ListAuditEntriesRequest, ListAuditEntriesResponse
from coderai.copilot.v1.conversation_service_pb2 import SendMessageResponse, WatchMessageResponse
from coderai.copilot.v1.copilot_service_pb2 import (
    CheckModelResponse,
    Refinement,
    ReviewSchemaResponse,
    SuggestCategoriesResponse,
    SuggestUnitResponse,
    SuggestVariablesResponse,
)
from coderai.copilot.v1.proposal_service_pb2 import ApplyProposalResponse
from coderai.copilot.v1.setup_service_pb2 import AcceptSetupStepRequest, AcceptSetupStepResponse
from coderai.export.v1.export_service_pb2 import CreateExportRequest, Export
from coderai.extractor.v1 import dataset_service_pb2 as dataset
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import quality_service_pb2 as quality
from coderai.extractor.v1 import review_service_pb2 as review
from coderai.gateway.http.comments import field_comment
from coderai.ingest.v1.ingest_service_pb2 import (
    DocumentCounts,
    GetDocumentReadingResponse,
    ListDocumentsResponse,
    PassageRegions,
    RecognisedWord,
)
from coderai.kit.comments import comment_on
from coderai.kit.contract import is_output_only
from coderai.kit.wire import enum_names
from coderai.projects.v1 import personal_service_pb2 as personal
from coderai.projects.v1 import projects_service_pb2 as projects
from coderai.projects.v1 import template_service_pb2 as templates
from coderai.projects.v1.codebook_pb2 import Variable

_ANSWERS = (
    projects.Project,
    personal.View,
    Variable,
    SuggestVariablesResponse,
    SuggestUnitResponse,
    SuggestCategoriesResponse,
    ReviewSchemaResponse,
    ApplyProposalResponse,
    SendMessageResponse,
    WatchMessageResponse,
    AcceptSetupStepResponse,
    templates.ListTemplatesResponse,
    templates.PreviewTemplateResponse,
    templates.ApplyTemplateResponse,
    CheckModelResponse,
    ListDocumentsResponse,
    DocumentCounts,
    GetDocumentReadingResponse,
    RecognisedWord,
    PassageRegions,
    extractor.WatchJobResponse,
    extractor.ProjectActivity,
    extractor.Task,
    extractor.VariableStatistics,
    extractor.UnreadPages,
    extractor.UnsurePages,
    extractor.Extraction,
    extractor.EstimateJobResponse,
    dataset.ListDatasetRowsResponse,
    dataset.GetDatasetFacetsResponse,
    dataset.GetDatasetStatisticsResponse,
    dataset.GetStalenessResponse,
    dataset.Unit,
    dataset.UnitChange,
    review.GiveFeedbackBatchResponse,
    review.GetReviewQueueResponse,
    review.ReviewSample,
    quality.GetQualityResponse,
    quality.ImportGoldResponse,
    quality.ListGoldResponse,
    quality.ScoreAgainstGoldResponse,
    Refinement,
    Export,
    ListAuditEntriesResponse,
)
_REQUESTS = (
    projects.CreateProjectRequest,
    projects.CreateVariableRequest,
    projects.GeneratePromptRequest,
    extractor.StartJobRequest,
    extractor.EstimateJobRequest,
    dataset.ListUnitsRequest,
    dataset.AddUnitRequest,
    review.GiveFeedbackBatchRequest,
    review.GetReviewQueueRequest,
    review.DrawReviewSampleRequest,
    quality.ImportGoldRequest,
    CreateExportRequest,
    AcceptSetupStepRequest,
    templates.ApplyTemplateRequest,
    ListAuditEntriesRequest,
)
_FROM_THE_PATH = frozenset({"project_id", "variable_id"})
"""Fields of requests that are not in their bodies."""

_ANSWER = '''\
"""What the API answers. Generated from the contracts by make; not to be edited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Answer(BaseModel):
    """Base of all answers: frozen; fields that this client does not know are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _null_as_default(cls, value: Any, info: Any) -> Any:
        field = cls.model_fields[info.field_name]
        return field.get_default() if value is None and not field.is_required() else value
'''
_REQUEST = '''\
"""What the API takes. Generated from the contracts by make; not to be edited."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    """Base of all requests: a field that the API does not have is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def request(self) -> dict[str, Any]:
        """What was given, and nothing that is left to the API's defaults."""
        return self.model_dump(exclude_unset=True)
'''
_SCALARS = {
    FieldDescriptor.CPPTYPE_STRING: ("str", '""'),
    FieldDescriptor.CPPTYPE_BOOL: ("bool", "False"),
    **dict.fromkeys((FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT), ("float", "0.0")),
    **dict.fromkeys((FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64), ("int", "0")),
    **dict.fromkeys((FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64), ("int", "0")),
}
_JSON = {"google.protobuf.Value": ("Any", "None"), "google.protobuf.Struct": ("dict[str, Any]", "{}")}


def module_of(base: str, messages: Iterable[type[Any]]) -> str:
    """The source of a module with a class for each of the messages and those in them; `base`: "Answer", "Request"."""
    written: dict[str, str] = {}
    for message in messages:
        _write(message.DESCRIPTOR, base, written)
    return "\n\n".join([_ANSWER if base == "Answer" else _REQUEST, *written.values()])


def _write(message: Descriptor, base: str, written: dict[str, str]) -> None:
    """Adds a message's class, after those of the messages in it."""
    if message.name in written:
        return
    fields = _shown_fields(message, base)
    for inner in (kind for field in fields if (kind := _inner_message(field)) is not None):
        _write(inner, base, written)
    for enum in (field.enum_type for field in fields if field.enum_type is not None and base == "Request"):
        names = ", ".join(f'"{name}"' for name in _names(enum))
        written[enum.name] = f"{enum.name} = Literal[{names}]\n{comment_on(enum.full_name) or enum.full_name!r}\n"
    lines = [f"class {message.name}({base}):", *_docstring(comment_on(message.full_name) or f"{message.full_name}.")]
    for field in fields:
        lines += [f"    {_declared(field, base)}", *_docstring(_comment(field, base))]
    written[message.name] = "\n".join(lines) + "\n"


def _shown_fields(message: Descriptor, base: str) -> Sequence[FieldDescriptor]:
    """The fields that are in the JSON: a body that is one message is given as that message's fields."""
    if base == "Answer":
        return message.fields
    fields = [f for f in message.fields if f.name not in _FROM_THE_PATH and not is_output_only(f)]
    alone = _inner_message(fields[0]) if len(fields) == 1 and not fields[0].is_repeated else None
    return _shown_fields(alone, base) if alone is not None else fields


def _inner_message(field: FieldDescriptor) -> Descriptor | None:
    """The message, of ours, that a field holds."""
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        return _inner_message(kind.fields_by_name["value"])
    return None if kind is None or kind.full_name in _JSON else kind


def _declared(field: FieldDescriptor, base: str) -> str:
    """The field with its type and default; one whose name is a word of Python has an underscore after it."""
    annotation = _annotation(field, base)
    if not iskeyword(field.name):
        return f"{field.name}: {annotation}"
    kind, default = annotation.rsplit(" = ", 1)
    return f'{field.name}_: {kind} = Field({default}, alias="{field.name}")'


def _annotation(field: FieldDescriptor, base: str) -> str:
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        return f"dict[str, {_element(kind.fields_by_name['value'], base)[0]}] = {{}}"
    element, default = _element(field, base)
    if field.is_repeated:
        return f"list[{element}] = []"
    if kind is None and (field.has_presence or default == "None"):
        return f"{element} | None = None"
    return f"{element} = {default}"


def _element(field: FieldDescriptor, base: str) -> tuple[str, str]:
    """The type of a field's values, and what stands for an absent one."""
    if field.message_type is not None:
        name = field.message_type.name
        return _JSON.get(field.message_type.full_name, (name, f"{name}()"))
    if field.enum_type is not None and base == "Request":
        return field.enum_type.name, "None"
    if field.enum_type is not None:
        return "str", '""'  # a newer API may answer other names
    if base == "Answer" and field.name.endswith("_at"):
        return "datetime", "None"
    return _SCALARS[field.cpp_type]


def _names(enum: EnumDescriptor) -> list[str]:
    return [name for name in enum_names(enum).values() if name]


def _comment(field: FieldDescriptor, base: str) -> str:
    names = _names(field.enum_type) if field.enum_type is not None and base == "Answer" else []
    return " ".join(filter(None, [field_comment(field), f"One of {', '.join(names)}." if names else ""]))


def _docstring(text: str) -> list[str]:
    return [f"    {text!r}"] if text else []


def main() -> None:
    """Writes both modules into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    (folder / "answers.py").write_text(module_of("Answer", _ANSWERS), encoding="utf-8")
    (folder / "requests.py").write_text(module_of("Request", _REQUESTS), encoding="utf-8")


if __name__ == "__main__":
    main()
