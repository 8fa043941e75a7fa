"""Finds and reads dates in running text, in many languages and formats."""

from __future__ import annotations


def parse_date(text: str, language: str = "") -> str | None:
    """Reads `text` as one date.

    Args:
        text: A date by itself or with a few words around it, such as "on 5 March 2021" or "05.03.21".
        language: ISO 639-1 code of the text, empty when not known; it decides between day-month and month-day.

    Returns:
        ISO 8601, as exact as the text is: "2021-03-05", "2021-03" or "2021". None when the text holds no date, or
        holds several different ones.
    """
    raise NotImplementedError
