"""New ids: time-ordered UUIDs, so that rows made together lie together."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat

from coderai.kit.errors import NotFound


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562)."""
    return uuid_utils.compat.uuid7()


def parse_id(text: str, thing: str) -> UUID:
    """Reads an id that a caller sent.

    Raises:
        NotFound: the text is no UUID, so that nothing can have it as its id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"there is no {thing} {text[:64]!r} in this workspace") from None
