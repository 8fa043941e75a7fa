"""Turns protobuf messages into plain Python and back: enums by their short names, JSON values as themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf import struct_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

M = TypeVar("M", bound=Message)
Field = Any
"""A field's descriptor: its class is another in each of protobuf's implementations."""
_Read = Callable[[Any], Any]

VALUE, STRUCT = struct_pb2.Value.DESCRIPTOR.full_name, struct_pb2.Struct.DESCRIPTOR.full_name


@cache
def enum_names(enum: EnumDescriptor) -> Mapping[int, str]:
    """The short names of an enum's values by number: DOCUMENT_STATUS_READY is READY, ..._UNSPECIFIED is empty."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {v.number: "" if v.number == 0 else v.name.removeprefix(prefix) for v in enum.values}


@cache
def enum_numbers(enum: EnumDescriptor) -> Mapping[str, int]:
    """The numbers of an enum's values by short name."""
    return {name: number for number, name in enum_names(enum).items()}


def to_plain(message: Message, *, nulls: bool = False) -> dict[str, Any]:
    """A message as a dict by field name.

    Enums become their short names ("" when unspecified), google.protobuf.Value and Struct the JSON they hold,
    whole numbers in them int. What is absent (unset messages and optional fields) has no key; with `nulls` every field
    is there, as in the API's JSON: None where it is absent, an enum unspecified, or a time (`..._at`) empty.
    """
    return _reader(message.DESCRIPTOR, nulls)(message)


def from_plain(kind: type[M], plain: Mapping[str, Any]) -> M:
    """A message from a dict by field name; None leaves a field unset, UUIDs and times become their texts.

    Raises:
        KeyError: the message has no such field, or the enum no such value.
        TypeError, ValueError: a value does not fit its field.
    """
    message = kind()
    _fill(message, plain)
    return message


def to_value(value: Any) -> struct_pb2.Value:
    """A JSON value as google.protobuf.Value."""
    message = struct_pb2.Value()
    _set_value(message, value)
    return message


def from_value(message: struct_pb2.Value) -> Any:
    """The JSON value that a google.protobuf.Value holds; None when it holds nothing."""
    match message.WhichOneof("kind"):
        case "number_value":
            number = message.number_value
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        case "struct_value":
            return from_struct(message.struct_value)
        case "list_value":
            return [from_value(v) for v in message.list_value.values]
        case "string_value":
            return message.string_value
        case "bool_value":
            return message.bool_value
        case _:
            return None


def from_struct(message: struct_pb2.Struct) -> dict[str, Any]:
    """The JSON object that a google.protobuf.Struct holds."""
    return {key: from_value(value) for key, value in message.fields.items()}


def rfc3339(time: datetime | None) -> str:
    """A time as RFC 3339 in UTC, to the millisecond; empty for None."""
    return "" if time is None else time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def map_value(field: Field) -> Field | None:
    """The field that describes a map's values; None when the field is no map."""
    kind = field.message_type
    return kind.fields_by_name["value"] if kind is not None and kind.GetOptions().map_entry else None


def is_time(field: Field) -> bool:
    """Whether a text field holds an RFC 3339 time, which its name tells."""
    return bool(field.type == FieldDescriptor.TYPE_STRING and field.name.endswith("_at"))


@cache
def _reader(descriptor: Descriptor, nulls: bool) -> Callable[[Message], dict[str, Any]]:
    """Reads messages of a type; only fields that are set are looked at, the others start as what they are when not."""
    empty = {field.name: _when_empty(field, nulls) for field in descriptor.fields if nulls or not field.has_presence}
    containers = [(name, type(value)) for name, value in empty.items() if isinstance(value, list | dict)]
    reads = {field.number: (field.name, _field_reader(field, nulls)) for field in descriptor.fields}

    def read_message(message: Message) -> dict[str, Any]:
        plain = empty.copy()
        for name, container in containers:
            plain[name] = container()
        for field, value in message.ListFields():
            name, read = reads[field.number]
            plain[name] = read(value) if read else value
        return plain

    return read_message


def _when_empty(field: Field, nulls: bool) -> Any:
    if field.is_repeated:
        return {} if map_value(field) else []
    if field.has_presence or (nulls and (field.enum_type is not None or is_time(field))):
        return None
    return "" if field.enum_type is not None else field.default_value


def _field_reader(field: Field, nulls: bool) -> _Read | None:
    """How a field's value is read; None for one that is plain already."""
    values = map_value(field)
    read = _element_reader(values or field, nulls)
    if values is not None:
        return lambda value: {key: read(item) if read else item for key, item in value.items()}
    if field.is_repeated:
        return lambda value: [read(item) for item in value] if read else list(value)
    return read


def _element_reader(field: Field, nulls: bool) -> _Read | None:
    if field.enum_type is not None:
        names, unknown = enum_names(field.enum_type), None if nulls else ""
        return lambda number: names.get(number) or unknown
    if field.message_type is None:
        return None
    special: Mapping[str, _Read] = {VALUE: from_value, STRUCT: from_struct}
    # Looked up when a value comes: a message may hold others of its own type.
    return special.get(field.message_type.full_name) or (lambda value: _reader(value.DESCRIPTOR, nulls)(value))


def _fill(message: Message, plain: Mapping[str, Any]) -> None:
    if isinstance(message, struct_pb2.Value):
        return _set_value(message, plain)
    fillers = _fillers(message.DESCRIPTOR)
    for name, value in plain.items():
        if value is not None:
            fillers[name](message, value)
    return None


@cache
def _fillers(descriptor: Descriptor) -> Mapping[str, Callable[[Message, Any], None]]:
    """How each field of a message is set, by its name: looked up once, as a project has 500,000 extractions."""
    return {field.name: _filler(field) for field in descriptor.fields}


def _filler(field: Field) -> Callable[[Message, Any], None]:
    name = field.name
    if map_value(field):
        return lambda message, value: _fill_map(message, field, value)
    if field.is_repeated:
        return lambda message, value: _fill_repeated(getattr(message, name), field, value)
    if field.message_type is not None:
        return lambda message, value: _fill_message(getattr(message, name), value)
    if field.enum_type is not None:
        numbers = enum_numbers(field.enum_type)
        return lambda message, value: setattr(message, name, numbers[value])
    return lambda message, value: setattr(message, name, _scalar(field, value))


def _fill_message(message: Message, value: Any) -> None:
    message.SetInParent()
    if isinstance(message, struct_pb2.Value):
        _set_value(message, value)
    elif isinstance(message, struct_pb2.Struct):
        for key, item in value.items():
            _set_value(message.fields[key], item)
    elif isinstance(value, Message):
        message.CopyFrom(value)
    else:
        _fill(message, value)


def _fill_repeated(target: Any, field: Field, values: Any) -> None:
    if field.message_type is None:
        target.extend(_scalar(field, value) for value in values)
        return
    for value in values:
        _fill_message(target.add(), value)


def _fill_map(message: Message, field: Field, values: Mapping[Any, Any]) -> None:
    target, item = getattr(message, field.name), field.message_type.fields_by_name["value"]
    for key, value in values.items():
        if item.message_type is not None:
            _fill_message(target[key], value)
        else:
            target[key] = _scalar(item, value)


def _scalar(field: Field, value: Any) -> Any:
    if field.enum_type is not None:
        return enum_numbers(field.enum_type)[value]
    if isinstance(value, UUID):
        return str(value)
    return rfc3339(value) if isinstance(value, datetime) else value


def _set_value(message: struct_pb2.Value, value: Any) -> None:
    if value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int | float):
        message.number_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, Mapping):
        message.struct_value.SetInParent()
        for key, item in value.items():
            _set_value(message.struct_value.fields[key], item)
    else:
        message.list_value.SetInParent()
        for item in value:
            _set_value(message.list_value.values.add(), item)
