"""New ids: time-ordered UUIDs, so that rows made together lie together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

from coderai.kit.errors import NotFound

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AFTER_TIME = 80
"""Bits of an id after those of its time."""
_LAST_TIME = 2**48 - 1


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562)."""
    return uuid_utils.compat.uuid7()


def time_of(id: UUID) -> datetime:
    """When an id of new_id was made, to the millisecond: its first 48 bits."""
    return _EPOCH + timedelta(milliseconds=id.int >> _AFTER_TIME)


def first_id_at(time: datetime) -> UUID:
    """Not greater than any id of new_id from that time on, and greater than all before; to the millisecond."""
    milliseconds = max(0, -((_EPOCH - time) // timedelta(milliseconds=1)))
    return UUID(int=min(milliseconds, _LAST_TIME) << _AFTER_TIME)


def parse_id(text: str, thing: str) -> UUID:
    """Reads an id that a caller sent.

    Raises:
        NotFound: the text is no UUID, so that nothing can have it as its id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"there is no {thing} {text[:64]!r} in this workspace") from None
