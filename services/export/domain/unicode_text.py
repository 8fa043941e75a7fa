"""Texts that are not quite Unicode, made such that every file can hold them."""

from __future__ import annotations

import re

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

REPLACED = "characters that are no Unicode became �"
"""What becomes of cells with them, for cell_notes."""


def encodable(text: str) -> bool:
    """Whether UTF-8 can hold the text: whether it has no lone surrogates."""
    return text.isascii() or _LONE_SURROGATE.search(text) is None


def as_unicode(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate."""
    return text if text.isascii() else _LONE_SURROGATE.sub("�", text)
