"""What is told of something that somebody did, beside the change itself and in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from coderai.audit.v1.audit_service_pb2 import AuditKind

LONGEST_TEXT = 200
"""Characters of a name or a value; longer ones are shortened."""
LONGEST_LIST = 1000
"""Characters of a list or object as JSON; of longer ones the number of items is told."""

Changes = Mapping[str, tuple[Any, Any]]
"""By a field's name, what it was and what it is."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that somebody did. It holds no secret, no document's text and no prompt's."""

    kind: AuditKind.ValueType
    project_id: UUID | None = None
    thing_id: UUID | None = None
    """What it was done to."""
    thing_name: str = ""
    """What that is called now."""
    changes: Changes = field(default_factory=dict)
    address: str = ""
    """The network address of a sign-in."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """The fields of two plain values, one before a change and one after it, that are not the same."""
    names = dict.fromkeys([*before, *after])
    return {n: (before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)}


def shortened(value: Any) -> Any:
    """A JSON value as the list shows it."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
    if isinstance(value, Mapping):
        shown: Any = {str(name): shortened(one) for name, one in value.items()}
    elif isinstance(value, Sequence):
        shown = [shortened(one) for one in value]
    else:
        return value
    return shown if len(json.dumps(shown, default=str)) <= LONGEST_LIST else f"({len(shown)} items)"
