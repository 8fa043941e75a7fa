"""What every part of the API's Python class stands on: the session, and lists that are read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from coderai.client.models import Answer
from coderai.client.session import Session

A = TypeVar("A", bound=Answer)

_PAGE = 200
_A_MODEL_ASKED = 310.0
"""Seconds: more than the API gives any call in which it asks a model."""


class Calls:
    """Base of the parts."""

    _session: Session

    def _ask_model(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a POST for which the API asks a model before it answers."""
        return self._session.post(path, body, at_least=_A_MODEL_ASKED)

    def _items(self, kind: type[A], path: str, *, paged: bool = True, **filters: Any) -> Iterator[A]:
        paging: dict[str, Any] = {"page_size": _PAGE} if paged else {}
        while True:
            page = self._session.get(path, **filters, **paging)
            yield from (kind.model_validate(item) for item in page["items"])
            if not page["next_page_token"]:
                return
            paging["page_token"] = page["next_page_token"]
