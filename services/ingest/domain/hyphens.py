"""Joins the words that a page's layout has broken at line ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BROKEN = re.compile(r"([^\W\d_]+|\d+)-\n(\w+)")
_COMPOUND = re.compile(r"\w+-\w+")
_WORD = re.compile(r"[^\W\d_]+")
_AND = frozenset(("and", "or", "to", "und", "oder", "bis", "bzw", "sowie", "en", "of", "och", "og"))
"""After these words' hyphens (pre- and post-war, Vor- und Nachteile) the first part stands by itself."""


def join_broken_words(pages: Sequence[str]) -> list[str]:
    """Normalised pages in which a word that was broken with a hyphen is whole again, on the page where it begins.

    The hyphen stays where it belongs to the word: before a capital or a digit, or when the document has the word with
    it elsewhere and never without.
    """
    whole = "\n".join(pages)
    compounds = {compound.casefold() for compound in _COMPOUND.findall(whole)}
    words = {word.casefold() for word in _WORD.findall(whole)} if "-\n" in whole else set()

    def mended(broken: re.Match[str]) -> str:
        left, right = broken[1], broken[2]
        if right.casefold() in _AND:
            return f"{left}- {right}"
        joined, compound = left + right, f"{left}-{right}"
        is_compound = compound.casefold() in compounds and joined.casefold() not in words
        return compound if is_compound or not right[0].islower() else joined

    return [_BROKEN.sub(mended, page) for page in _with_words_kept_together(pages)]


def _with_words_kept_together(pages: Sequence[str]) -> list[str]:
    """The pages, with the rest of a word that the page break has broken moved back to where the word begins."""
    result = list(pages)
    for i, page in enumerate(result[:-1]):
        head, space, rest = result[i + 1].partition(" ")
        if re.search(r"[^\W\d_]-$", page) and head[:1].islower() and "\n" not in head:
            result[i], result[i + 1] = f"{page}\n{head}", rest if space else ""
    return result
