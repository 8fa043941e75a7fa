"""Finds and reads numbers in running text, in many languages and notations."""

from __future__ import annotations


def parse_number(text: str, language: str = "") -> int | float | None:
    """Reads `text` as one number.

    Args:
        text: A number by itself or with a few words around it: "RM 1,234.50", "about 2.5 million", "(12,00 €)", "23 people".
        language: ISO 639-1 code of the text, empty when not known; it decides what "1.234" and "1,234" mean.

    Returns:
        The number, an int where it is whole; a percentage as it is written ("12 %" is 12). None when the text holds no
        number, a range, or several different numbers and does not begin with one.
    """
    raise NotImplementedError
