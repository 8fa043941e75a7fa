"""Pages of what has no id to go by: a token holds the place of the last item, so that it may be gone by then."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from coderai.kit.errors import InvalidInput

T = TypeVar("T")


def place_token(place: Sequence[Any]) -> str:
    """The token of the page after a place: texts, numbers and None."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def read_place(token: str, read: Callable[[list[Any]], T]) -> T | None:
    """The place that `place_token` wrote down; None when the token is empty.

    `read` takes what was given to `place_token`, and raises ValueError or TypeError when it cannot be of this list.

    Raises:
        InvalidInput: it is no token of this list.
    """
    if not token:
        return None
    try:
        place = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        if not isinstance(place, list):
            raise ValueError
        return read(place)
    except (binascii.Error, ValueError, TypeError):
        message = "is not a next_page_token of this list"
        raise InvalidInput(f"page_token {message}", fields={"page_token": message}) from None
