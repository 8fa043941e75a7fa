"""gRPC refuses in every public RPC what HTTP refuses: NUL in texts, NaN and infinity, unknown enum values."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan
from typing import Any

import pytest
from google.protobuf import struct_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.gateway.peers import SERVICES
from coderai.ingest.v1.ingest_service_pb2 import UploadDocumentRequest
from coderai.kit.contract import rpc_of
from coderai.kit.errors import InvalidInput
from coderai.kit.message_checks import check_message
from coderai.kit.wire import VALUE, map_value, to_value
from coderai.projects.v1.codebook_pb2 import Variable

REQUESTS = {
    method.full_name: method.input_type
    for service in SERVICES.values()
    for method in service.methods
    if rpc_of(method).is_public
}
BAD_JSON = ("a\0b", nan, ["x", {"y": "\0"}], {"a\0b": 1})
FLOATS = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)


def spoilt(descriptor: Descriptor, outer: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every message of a type that holds one bad value, with that field's path; a type inside itself is walked once."""
    for field in descriptor.fields:
        kind = field.message_type
        if map_value(field) or (kind is not None and kind.full_name in outer):
            continue
        suffix = ".0" if field.is_repeated else ""
        for path, value in bad_values(field, (*outer, descriptor.full_name)):
            message = GetMessageClass(descriptor)()
            place(message, field, value)
            yield f"{field.name}{suffix}{path}", message


def bad_values(field: Any, outer: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if field.enum_type is not None:
        yield "", 987
    elif field.message_type is not None and field.message_type.full_name == VALUE:
        yield from (("", to_value(value)) for value in BAD_JSON)
    elif field.message_type is not None and field.message_type.full_name == struct_pb2.Struct.DESCRIPTOR.full_name:
        yield "", to_value({"key": "\0"}).struct_value
    elif field.message_type is not None:
        yield from ((f".{path}", message) for path, message in spoilt(field.message_type, outer))
    elif field.type == FieldDescriptor.TYPE_STRING:
        yield "", "a\0b"
    elif field.cpp_type in FLOATS:
        yield from (("", value) for value in (nan, inf, -inf))


def place(message: Any, field: Any, value: Any) -> None:
    if field.is_repeated:
        getattr(message, field.name).append(value)
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(value)
    else:
        setattr(message, field.name, value)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_bad_value_anywhere_in_a_public_request_is_refused_with_its_fields_name(name: str) -> None:
    for path, message in spoilt(REQUESTS[name]):
        with pytest.raises(InvalidInput) as raised:
            check_message(type(message).FromString(message.SerializeToString()))
        assert list(raised.value.fields) == [path]


def test_the_walk_reaches_what_is_deep_inside() -> None:
    paths = {path for path, _ in spoilt(REQUESTS["coderai.projects.v1.ProjectsService.CreateVariable"])}

    assert {"project_id", "variable.confidence_threshold", "variable.type", "variable.default_value"} <= paths
    assert any(path.startswith("variable.categories.0.") for path in paths)


@pytest.mark.parametrize(
    "message",
    [
        Variable(name="größe", confidence_threshold=0.5, default_value=to_value({"a": [1, None, True, "x", 1e300]})),
        extractor.StartJobRequest(document_ids=[""] * 3),
        UploadDocumentRequest(data=b"\0" * 8),
    ],
)
def test_what_can_be_kept_passes(message: Any) -> None:
    check_message(message)


@pytest.mark.parametrize(("key", "value", "path"), [("a\0b", "x", "unanswered"), ("why", "\0", "unanswered.why")])
def test_a_map_is_looked_into(key: str, value: str, path: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_message(extractor.Receipt(unanswered={key: value}))
    assert list(raised.value.fields) == [path]
