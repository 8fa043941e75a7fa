"""JSON and protobuf say the same: any message survives the way out and back, whatever the contract becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import struct_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json as dump

from coderai.gateway.http.models import may_be_null, reply_model, request_model
from coderai.gateway.peers import SERVICES
from coderai.kit.contract import is_output_only, is_partial, may_be_absent, rpc_of
from coderai.kit.wire import from_plain, is_time, map_value, to_plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
"""Without -0.0, which JSON's whole numbers do not have."""
INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | DOUBLES | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
"""JSON values: to protobuf NULL_VALUE in the place of a whole Value and no Value at all are two things, to JSON one."""


def _messages(*, answered: bool) -> list[Descriptor]:
    """Every message that a public unary method gives, or else takes, with those inside; streamed parts are bytes."""
    found: dict[str, Descriptor] = {}

    def add(message: Descriptor) -> None:
        if message.full_name in found or message.full_name.startswith("google."):
            return
        found[message.full_name] = message
        for field in message.fields:
            if field.message_type is not None and not field.message_type.GetOptions().map_entry:
                add(field.message_type)

    for service in SERVICES.values():
        for method in service.methods:
            if rpc_of(method).is_public and not method.client_streaming and not method.server_streaming:
                add(method.output_type if answered else method.input_type)
    return list(found.values())


def _scalars(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.enum_type is not None:
        return st.sampled_from([value.number for value in field.enum_type.values if value.number])
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return st.booleans()
    if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        return DOUBLES
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return TEXTS
    return INTEGERS[field.cpp_type]


def _elements(field: FieldDescriptor, whole: bool, is_in_parts: bool) -> st.SearchStrategy[Any]:
    if field.message_type is None:
        return _scalars(field)
    full_name = field.message_type.full_name
    if full_name == struct_pb2.Value.DESCRIPTOR.full_name:
        return VALUES if field.is_repeated else VALUES.filter(lambda value: value is not None)
    if full_name == struct_pb2.Struct.DESCRIPTOR.full_name:
        return st.dictionaries(TEXTS, VALUES, max_size=3)
    return random_messages(field.message_type, whole, is_in_parts or is_partial(field))


@st.composite
def random_messages(draw: st.DrawFn, descriptor: Descriptor, whole: bool, is_part: bool = False) -> Message:
    """Messages of a type, with any fields set to anything that they can hold.

    A `whole` one, and those inside, have what is there in all answers, but for one that `is_part`.
    """
    message = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        is_there = whole and may_be_null(field) and not may_be_absent(field) and not is_part
        if is_there or ((_is_given(field) or whole) and draw(st.booleans())):
            _set(draw, message, field, whole, is_part and is_output_only(field))
    return message


def _set(draw: st.DrawFn, message: Message, field: FieldDescriptor, whole: bool, is_in_parts: bool) -> None:
    values = map_value(field)
    if values is not None:
        getattr(message, field.name).update(
            draw(st.dictionaries(TEXTS, _elements(values, whole, is_in_parts), max_size=3))
        )
        return
    one = _elements(field, whole, is_in_parts)
    elements = st.lists(one, max_size=3) if field.is_repeated else _single(field, one)
    plain = _plain(field, draw(elements))
    message.MergeFrom(from_plain(type(message), {field.name: plain if field.is_repeated else plain[0]}))


def _single(field: FieldDescriptor, one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return (TEXTS.filter(bool) if is_time(field) else one).map(lambda value: [value])


def _plain(field: FieldDescriptor, elements: list[Any]) -> list[Any]:
    """What kit.wire takes: enums by their short names."""
    if field.enum_type is None:
        return elements
    prefix = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return [field.enum_type.values_by_number[number].name.removeprefix(prefix) for number in elements]


def _is_given(field: FieldDescriptor) -> bool:
    """Whether callers give the field; a mask is made of what they give."""
    is_mask = field.message_type is not None and field.message_type.full_name == FieldMask.DESCRIPTOR.full_name
    return not is_mask and not is_output_only(field)


def _givable(descriptor: Descriptor, plain: Any) -> Any:
    """A message's JSON without what the server alone fills."""
    if descriptor.full_name.startswith("google."):
        return plain
    given = {field.name: field for field in descriptor.fields if _is_given(field)}
    return {name: _givable_field(given[name], value) for name, value in plain.items() if name in given}


def _givable_field(field: FieldDescriptor, value: Any) -> Any:
    element = map_value(field) or field
    if element.message_type is None or value is None:
        return value
    if element is not field:
        return {key: _givable(element.message_type, item) for key, item in value.items()}
    if field.is_repeated:
        return [_givable(element.message_type, item) for item in value]
    return _givable(element.message_type, value)


@pytest.mark.parametrize("descriptor", _messages(answered=True), ids=lambda descriptor: descriptor.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_answered_is_as_its_schema_says(descriptor: Descriptor, data: st.DataObject) -> None:
    message = data.draw(random_messages(descriptor, whole=True))

    plain = _sent(message)
    reply_model(descriptor).model_validate(plain, strict=True)
    assert set(plain) == set(reply_model(descriptor).model_fields)


@pytest.mark.parametrize("descriptor", _messages(answered=False), ids=lambda descriptor: descriptor.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_message_survives_the_way_to_json_and_back(descriptor: Descriptor, data: st.DataObject) -> None:
    message = data.draw(random_messages(descriptor, whole=False))

    fields = tuple(field.name for field in descriptor.fields if _is_given(field))
    model = request_model(descriptor, fields, name=descriptor.name).model_validate(_givable(descriptor, _sent(message)))
    assert from_plain(type(message), model.model_dump(exclude_unset=True)) == message


def _sent(message: Message) -> Any:
    return json.loads(dump(to_plain(message, nulls=True), inf_nan_mode="null"))


def test_every_message_is_among_them() -> None:
    assert {"Variable", "Project", "Extraction", "Job", "ListDocumentsResponse"} <= {
        d.name for d in _messages(answered=True)
    }
