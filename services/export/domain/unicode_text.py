"""Texts that are not quite Unicode, made such that every file can hold them."""

from __future__ import annotations

import re

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

REPLACED = "characters that are no Unicode became �"
"""What becomes of cells with them, for cell_notes."""


def encodable(text: str) -> bool:
    """Whether UTF-8 can hold the text: whether it has no lone surrogates."""
    return text.isascii() or _LONE_SURROGATE.search(text) is None


def as_unicode(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate."""
    return text if text.isascii() else _LONE_SURROGATE.sub("�", text)


def as_xml(text: str) -> str:
    """The text with U+FFFD in place of each character that XML 1.0 (2.2) does not have."""
    return _NO_XML.sub("�", text)
