"""Pages of a list: how many items, and after which one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coderai.kit.errors import InvalidInput

DEFAULT, MOST = 50, 200


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: `size` items after the one with id `after`, in the order of ids."""

    size: int = DEFAULT
    after: UUID | None = None

    def next_token(self, rows: Sequence[Any]) -> str:
        """The token of the page after `rows` (each with an `id`); empty when they do not fill this one."""
        return str(rows[-1].id) if len(rows) == self.size else ""


def read_page(page_size: int, page_token: str) -> Page:
    """The page that a request asks for.

    Raises:
        InvalidInput: the size is not 1..200 (0 stands for 50), or the token is none that a list gave.
    """
    if not 0 <= page_size <= MOST:
        raise InvalidInput(f"page_size must be 1 to {MOST}", fields={"page_size": f"must be 1 to {MOST}"})
    try:
        after = UUID(page_token) if page_token else None
    except ValueError:
        message = "is not a next_page_token of this list"
        raise InvalidInput(f"page_token {message}", fields={"page_token": message}) from None
    return Page(page_size or DEFAULT, after)
