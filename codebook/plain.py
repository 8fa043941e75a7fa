"""Reads the codebook's values from the plain form of their proto messages (kit.wire.to_plain), and writes it.

A field has the same name in the message and in the dataclass, so that neither is retyped here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Read = Callable[[Any], Any]


def read(kind: type[T], plain: Mapping[str, Any]) -> T:
    """A dataclass from plain fields; what is absent, None or an unspecified enum ("") has the field's default.

    Fields that the dataclass does not have are left out.

    Raises:
        TypeError: a field without a default is absent.
        ValueError: an enum has no such value.
    """
    return kind(**read_fields(kind, plain))


def read_fields(kind: type[Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """The dataclass's fields that `plain` holds, as their types want them."""
    readers, of_fields = _readers(kind), hints(kind)  # type: ignore[arg-type]
    return {
        name: readers[name](value)
        for name, value in plain.items()
        if name in readers and value is not None and not (value == "" and _is_enum(of_fields[name]))
    }


def write(value: Any) -> dict[str, Any]:
    """A dataclass as plain JSON values."""
    plain: dict[str, Any] = asdict(value)
    return plain


@cache
def hints(kind: Any) -> Mapping[str, Any]:
    """The types of its fields; of one that may be None, the other type when there is but one."""
    return {name: _given(hint) for name, hint in get_type_hints(kind).items()}


def _given(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    others = [of for of in get_args(hint) if of is not type(None)]
    return others[0] if len(others) == 1 else Any


@cache
def _readers(kind: Any) -> Mapping[str, _Read]:
    return {field.name: _reader(hints(kind)[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> _Read:
    if get_origin(hint) is tuple:
        one = _reader(get_args(hint)[0])
        return lambda values: tuple(one(value) for value in values)
    if is_dataclass(hint):
        return lambda plain: read(hint, plain)  # type: ignore[arg-type]
    return hint if _is_enum(hint) else _as_it_is


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _as_it_is(value: Any) -> Any:
    return value
