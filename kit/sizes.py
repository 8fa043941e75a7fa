"""How large what a caller sends may be: declared by the contracts' option `most`, checked where a call comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from coderai.contract.v1 import options_pb2
from coderai.kit.contract import is_output_only
from coderai.kit.errors import InvalidInput

CHARACTERS, ITEMS, BYTES = 500, 1_000, 20_000
"""Of a field whose contract declares nothing: enough for an id, a name, a page token, a value."""
MOST_TOLD = 20
"""Fields that an error names."""
Problem = tuple[str, str]
"""A field's path, and what is wrong with it."""
_Check = Callable[[Any, str], Iterator[Problem]]


class InputTooLarge(InvalidInput):
    """Something in the request is larger than it may be."""


@dataclass(frozen=True, slots=True)
class Most:
    """The most that a field may have."""

    characters: int
    """Of a text, or each text of a list."""
    items: int
    """Of a list."""
    bytes: int
    """Of a JSON value on the wire, or each of a list."""


def most(field: Any) -> Most:
    """What the contract declares of a field, or what holds where it declares nothing."""
    declared = field.GetOptions().Extensions[options_pb2.most]
    return Most(declared.characters or CHARACTERS, declared.items or ITEMS, declared.bytes or BYTES)


def check_sizes(message: Message) -> None:
    """Refuses a request with a text, list or value that is too large; bytes are for the transport to limit.

    Raises:
        InputTooLarge: names the fields with their limits.
    """
    found = dict(islice(_of_message(message.DESCRIPTOR)(message, ""), MOST_TOLD))
    if found:
        told = "; ".join(f"{field} {what}" for field, what in found.items())
        raise InputTooLarge(f"the request is too large: {told}", fields=found)


@cache
def _of_message(descriptor: Descriptor) -> _Check:
    """What checks messages of a kind; of what is in them, only what is there."""
    checks = {field.name: _of_field(field) for field in descriptor.fields if not is_output_only(field)}

    def check(message: Message, path: str) -> Iterator[Problem]:
        for field, value in message.ListFields():
            if of_field := checks.get(field.name):
                yield from of_field(value, f"{path}{field.name}")

    return check


def _of_field(field: FieldDescriptor) -> _Check:
    limits, of_one = most(field), _of_one(field)
    if not field.is_repeated:
        return of_one

    def check(values: Sequence[Any], path: str) -> Iterator[Problem]:
        if len(values) > limits.items:
            yield path, f"may have {limits.items:,} elements at most, not {len(values):,}"
        else:
            for number, value in enumerate(values):
                yield from of_one(value, f"{path}[{number}]")

    return check


def _of_one(field: FieldDescriptor) -> _Check:
    limits = most(field)

    def text(value: str, path: str) -> Iterator[Problem]:
        if len(value) > limits.characters:
            yield path, f"may have {limits.characters:,} characters at most, not {len(value):,}"

    def json(value: Message, path: str) -> Iterator[Problem]:
        if value.ByteSize() > limits.bytes:
            yield path, f"may have {limits.bytes:,} bytes at most, not {value.ByteSize():,}"

    def inside(value: Message, path: str) -> Iterator[Problem]:
        yield from _of_message(value.DESCRIPTOR)(value, f"{path}.")

    def nothing(value: Any, path: str) -> Iterator[Problem]:
        yield from ()

    if field.message_type is not None:
        return json if field.message_type.full_name.startswith("google.protobuf.") else inside
    return text if field.type == FieldDescriptor.TYPE_STRING else nothing
