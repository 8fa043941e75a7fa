"""Refuses messages with what no service could keep, as the HTTP API does: NUL in texts, NaN, unknown enum values.

Only what is set is looked at, bytes never; a type of message that can hold none of it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import isfinite
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from coderai.kit.errors import InvalidInput
from coderai.kit.wire import STRUCT, VALUE, map_value

_Check = Callable[[Any], Iterator[tuple[str, str]]]
"""Yields the paths under a value, each after a dot, that hold what is refused, and what that is."""
_FLOATS = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)
_JSON = (VALUE, STRUCT, "google.protobuf.ListValue")


def check_message(message: Message) -> None:
    """Raises InvalidInput, with the path of the first field that is refused, as in "categories.0.value"."""
    for path, problem in _check_message(message):
        field = path.removeprefix(".")
        raise InvalidInput(f"{field}: {problem}", fields={field: problem})


def _check_message(message: Message) -> Iterator[tuple[str, str]]:
    checks = _checks(message.DESCRIPTOR)
    if not checks:
        return
    for field, value in message.ListFields():
        check = checks.get(field.number)
        if check is not None:
            for path, problem in check(value):
                yield f".{field.name}{path}", problem


@cache
def _checks(descriptor: Descriptor) -> Mapping[int, _Check]:
    """The checks of a type's fields, by number."""
    found = ((field.number, _field_check(field)) for field in descriptor.fields)
    return {number: check for number, check in found if check is not None}


def _field_check(field: Any) -> _Check | None:
    values = map_value(field)
    if values is not None:
        return _of_map(_element_check(field.message_type.fields_by_name["key"]), _element_check(values))
    element = _element_check(field)
    return _of_each(element) if element is not None and field.is_repeated else element


def _element_check(field: Any) -> _Check | None:
    if field.enum_type is not None:
        return _known_by(field.enum_type.values_by_number)
    if field.message_type is not None:
        kind = field.message_type
        # A type that holds itself can be asked only when a message of it comes.
        return _check_json if kind.full_name in _JSON else _check_message if _may_be_refused(kind) else None
    if field.type == FieldDescriptor.TYPE_STRING:
        return _check_text
    return _check_float if field.cpp_type in _FLOATS else None


@cache
def _may_be_refused(descriptor: Descriptor) -> bool:
    """Whether a message of this type can hold anything that is refused."""
    seen: set[str] = set()
    waiting = [descriptor]
    while waiting:
        kind = waiting.pop()
        seen.add(kind.full_name)
        for field in kind.fields:
            is_text = field.type == FieldDescriptor.TYPE_STRING
            if is_text or field.enum_type is not None or field.cpp_type in _FLOATS:
                return True
            if field.message_type is not None and field.message_type.full_name not in seen:
                waiting.append(field.message_type)
    return False


def _of_each(check: _Check) -> _Check:
    def check_each(values: Any) -> Iterator[tuple[str, str]]:
        for index, value in enumerate(values):
            for path, problem in check(value):
                yield f".{index}{path}", problem

    return check_each


def _of_map(check_key: _Check | None, check_value: _Check | None) -> _Check | None:
    checks = [check for check in (check_key, check_value) if check is not None]
    if not checks:
        return None

    def check_items(items: Any) -> Iterator[tuple[str, str]]:
        for key, value in items.items():
            if check_key is not None:
                for _, problem in check_key(key):
                    yield "", problem
            if check_value is not None:
                for path, problem in check_value(value):
                    yield f".{key}{path}", problem

    return check_items


def _check_text(text: str) -> Iterator[tuple[str, str]]:
    if "\0" in text:
        yield "", "text cannot hold the character U+0000"


def _check_float(number: float) -> Iterator[tuple[str, str]]:
    if not isfinite(number):
        yield "", "NaN and infinity are not allowed"


def _known_by(numbers: Mapping[int, Any]) -> _Check:
    def check_enum(number: int) -> Iterator[tuple[str, str]]:
        if number not in numbers:
            yield "", f"there is no value {number}"

    return check_enum


def _check_json(value: Any) -> Iterator[tuple[str, str]]:
    """Looks into a JSON value without recursion by generators: it may be nested deeply; its field's name is enough."""
    waiting = [value]
    while waiting:
        message = waiting.pop()
        kind = message.DESCRIPTOR.full_name
        if kind == STRUCT:
            for key, each in message.fields.items():
                yield from _check_text(key)
                waiting.append(each)
        elif kind != VALUE:
            waiting.extend(message.values)
        elif (which := message.WhichOneof("kind")) in ("struct_value", "list_value"):
            waiting.append(getattr(message, which))
        elif which == "string_value":
            yield from _check_text(message.string_value)
        elif which == "number_value":
            yield from _check_float(message.number_value)
