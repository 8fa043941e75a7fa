"""What every part of the API's Python class stands on: the session, and lists that are read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from coderai.client.models import Answer
from coderai.client.session import Session

A = TypeVar("A", bound=Answer)

_PAGE = 200


class Calls:
    """Base of the parts."""

    _session: Session

    def _items(self, kind: type[A], path: str, *, paged: bool = True, **filters: Any) -> Iterator[A]:
        paging: dict[str, Any] = {"page_size": _PAGE} if paged else {}
        while True:
            page = self._session.get(path, **filters, **paging)
            yield from (kind.model_validate(item) for item in page["items"])
            if not page["next_page_token"]:
                return
            paging["page_token"] = page["next_page_token"]
