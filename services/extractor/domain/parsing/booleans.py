"""Reads a yes or a no that stands by itself, in many languages."""

from __future__ import annotations


def parse_boolean(text: str, language: str = "") -> bool | None:
    """Reads `text` as a truth value.

    Args:
        text: One short value, such as "Yes", "нет", "true", "0" or "Not applicable".
        language: ISO 639-1 code of the text, empty when not known.

    Returns:
        The truth value, or None when the text is neither a yes nor a no.
    """
    raise NotImplementedError
