"""Follows a reply's text while its JSON comes, and reads what a JSON that broke off still has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

_FENCE = re.compile(r"\s*```(?:json)?\s*")
_FIELD = "reply"


class ReplyText:
    """What a reply says so far."""

    def __init__(self) -> None:
        self.text = ""
        self._raw = ""
        self._is_whole = False

    def hear(self, part: str) -> str:
        """Takes the next part of the JSON in; returns what the text has more by it.

        Text never changes that was returned: what does not go on from it is not taken.
        """
        if self._is_whole:
            return ""
        self._raw += part
        content = partial_content(self._raw)
        self._is_whole = len(content) > 1 and _FIELD in content
        return self.end_with(content.get(_FIELD))

    def end_with(self, text: Any) -> str:
        """Takes the text as it has become; returns what it has more."""
        clean = _clean(text) if isinstance(text, str) else ""
        if not clean.startswith(self.text):
            return ""
        more = clean[len(self.text) :]
        self.text = clean
        return more


def partial_content(raw: str, *, last_text: bool = True) -> Mapping[str, Any]:
    """What the beginning of a JSON object holds; `last_text`: with the text that is not at its end yet."""
    fence = _FENCE.match(raw)
    try:
        content = from_json(
            raw[fence.end() if fence else 0 :].encode("utf-8", "replace"),
            allow_partial="trailing-strings" if last_text else "on",
        )
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _clean(text: str) -> str:
    return text.replace("\x00", "")
