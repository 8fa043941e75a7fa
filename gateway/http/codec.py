"""Reads proto messages as the API's JSON, compiled once per message type; kit.wire writes them back.

Unlike in kit.wire every field is there: what has presence and is absent is null, and so are an UNSPECIFIED enum and an
empty time (`..._at`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value

from coderai.kit.wire import enum_names, from_struct, from_value

VALUE, STRUCT = Value.DESCRIPTOR.full_name, Struct.DESCRIPTOR.full_name

_Read = Callable[[Any], Any]


def to_json(message: Message) -> dict[str, Any]:
    """A message as JSON values; every field is there."""
    return {name: read(message) for name, read in _readers(message.DESCRIPTOR)}


def choices(enum: EnumDescriptor) -> list[str]:
    """An enum's values as JSON names them."""
    return [name for name in enum_names(enum).values() if name]


def map_value(field: FieldDescriptor) -> FieldDescriptor | None:
    """The field that describes a map's values; None when the field is no map."""
    kind = field.message_type
    if kind is None or not kind.GetOptions().map_entry:
        return None
    return kind.fields_by_name["value"]


def is_time(field: FieldDescriptor) -> bool:
    """Whether a text field holds an RFC 3339 time, which its name tells."""
    return field.type == FieldDescriptor.TYPE_STRING and field.name.endswith("_at")


@cache
def _readers(descriptor: Descriptor) -> tuple[tuple[str, _Read], ...]:
    return tuple((field.name, _reader(field)) for field in descriptor.fields)


def _reader(field: FieldDescriptor) -> _Read:
    name, values = field.name, map_value(field)
    if values is not None:
        read_value = _element_reader(values)
        return lambda message: {key: read_value(value) for key, value in getattr(message, name).items()}
    read = _element_reader(field)
    if field.is_repeated:
        return lambda message: [read(element) for element in getattr(message, name)]
    if field.has_presence:
        return lambda message: read(getattr(message, name)) if message.HasField(name) else None
    if is_time(field):
        return lambda message: getattr(message, name) or None
    return lambda message: read(getattr(message, name))


def _element_reader(field: FieldDescriptor) -> _Read:
    if field.message_type is not None:
        special: Mapping[str, _Read] = {VALUE: from_value, STRUCT: from_struct}
        return special.get(field.message_type.full_name, to_json)
    if field.enum_type is not None:
        names = enum_names(field.enum_type)
        return lambda number: names.get(number) or None
    return _as_it_is


def _as_it_is(scalar: Any) -> Any:
    return scalar
