"""Turns protobuf messages into plain Python and back: enums by their short names, JSON values as themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf import struct_pb2
from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message

M = TypeVar("M", bound=Message)
Field = Any
"""A field's descriptor: its class is another in each of protobuf's implementations."""


@cache
def enum_names(enum: EnumDescriptor) -> Mapping[int, str]:
    """The short names of an enum's values by number: DOCUMENT_STATUS_READY is READY, ..._UNSPECIFIED is empty."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {v.number: "" if v.number == 0 else v.name.removeprefix(prefix) for v in enum.values}


@cache
def enum_numbers(enum: EnumDescriptor) -> Mapping[str, int]:
    """The numbers of an enum's values by short name."""
    return {name: number for number, name in enum_names(enum).items()}


def to_plain(message: Message) -> dict[str, Any]:
    """A message as a dict by field name; what is absent (unset messages and optional fields) has no key.

    Enums become their short names ("" when unspecified), google.protobuf.Value and Struct the JSON they hold,
    whole numbers in them int.
    """
    plain: dict[str, Any] = {}
    field: Field
    for field in message.DESCRIPTOR.fields:
        if field.has_presence and not message.HasField(field.name):
            continue
        value = getattr(message, field.name)
        if _is_map(field):
            item = field.message_type.fields_by_name["value"]
            plain[field.name] = {key: _plain_one(item, v) for key, v in value.items()}
        elif field.is_repeated:
            plain[field.name] = [_plain_one(field, v) for v in value]
        else:
            plain[field.name] = _plain_one(field, value)
    return plain


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


def _is_map(field: Field) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _plain_one(field: Field, value: Any) -> Any:
    if field.enum_type is not None:
        return enum_names(field.enum_type).get(value, "")
    if isinstance(value, struct_pb2.Value):
        return from_value(value)
    if isinstance(value, struct_pb2.Struct):
        return from_struct(value)
    return to_plain(value) if isinstance(value, Message) else value


def _fill(message: Message, plain: Mapping[str, Any]) -> None:
    if isinstance(message, struct_pb2.Value):
        return _set_value(message, plain)
    for name, value in plain.items():
        if value is None:
            continue
        field: Field = message.DESCRIPTOR.fields_by_name[name]
        if _is_map(field):
            _fill_map(message, field, value)
        elif field.is_repeated:
            _fill_repeated(getattr(message, name), field, value)
        elif field.message_type is not None:
            _fill_message(getattr(message, name), value)
        else:
            setattr(message, name, _scalar(field, value))
    return None


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
