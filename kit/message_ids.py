"""The ids that a request or message names, for log lines and spans: job_id, document_id, project_id and the like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

_DEEPEST = 2
"""Levels of messages within a message that are looked at: what lies deeper is not what a request is about."""
_JSON = "google.protobuf."
_CALLERS = ("workspace_id", "correlation_id")
"""What is known of whoever calls, and not for a request to say."""


def ids_of(message: Message) -> dict[str, str]:
    """The ids in a message's own fields named *_id, and in those of the messages that it holds, by the fields' names.

    What is no UUID is left out, as it may be anything; of fields of the same name the outermost counts.
    """
    return as_ids(dict(_found(message, _DEEPEST)))


def as_ids(values: Mapping[str, Any]) -> dict[str, str]:
    """Those of the values that are UUIDs under names that end in _id, in the usual way; not the caller's own."""
    named = ((name, _uuid(value)) for name, value in values.items() if name.endswith("_id") and name not in _CALLERS)
    return {name: str(found) for name, found in named if found}


def _found(message: Message, depth: int) -> Iterator[tuple[str, str]]:
    texts, messages = _fields(message.DESCRIPTOR)
    if depth:
        for name in messages:
            if message.HasField(name):
                yield from _found(getattr(message, name), depth - 1)
    for name in texts:
        if value := getattr(message, name):
            yield name, value


@cache
def _fields(descriptor: Descriptor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a type's ids, and of the messages that it holds."""
    single = [field for field in descriptor.fields if not field.is_repeated]
    texts = (f.name for f in single if f.type == FieldDescriptor.TYPE_STRING and f.name.endswith("_id"))
    held = (f.name for f in single if f.message_type is not None and not f.message_type.full_name.startswith(_JSON))
    return tuple(texts), tuple(held)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
