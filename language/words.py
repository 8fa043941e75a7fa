"""Counts words, also where a script writes none apart."""

from __future__ import annotations

import regex

# Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words. A Chinese or Japanese character counts as
# a word, as word processors count them; in the others a word has about four letters.
_WORD = regex.compile(
    r"(?V1)[\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|(?:[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*+){1,4}+"
    r"|[[\p{L}\p{M}\p{N}_'’]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]++"
)


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """How many words a text has."""
    return sum(1 for _ in _WORD.finditer(text))
