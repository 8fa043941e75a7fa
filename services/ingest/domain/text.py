"""Brings text into one form, and joins pages to a document's text; offsets are computed afterwards, never before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_PARAGRAPH_ENDS = re.compile("\u2029")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028]")
_SPACES = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Soft hyphens, zero-width and direction marks, control characters and non-characters: nobody sees them, so that no
# quote has them. Zero-width joiners stay, since Persian, Indic scripts and emoji are spelt with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
# Latin ligatures and the shapes of Arabic and Hebrew letters, which fonts have and writers do not mean.
_SHAPES = re.compile("[\ufb00-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_AROUND_LINE_ENDS = re.compile(" *\n *")
_MANY_LINE_ENDS = re.compile("\n{3,}")
_SENTENCE_END = re.compile(r"[.!?:;…。！？؟۔।\"”’»)\]]$")


@dataclass(frozen=True, slots=True)
class Page:
    """text[start:end] of a document, in code points; each page starts where the one before ends."""

    number: int
    """From 1."""
    start: int
    end: int


def normalise(text: str) -> str:
    """A text in NFC with LF line ends, single spaces, one blank line at most in a row, and nothing invisible in it.

    Normalising again changes nothing.
    """
    text = _LINE_ENDS.sub("\n", _PARAGRAPH_ENDS.sub("\n\n", text))
    text = _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))
    text = _SHAPES.sub(lambda shapes: unicodedata.normalize("NFKC", shapes[0]), text)
    text = unicodedata.normalize("NFC", text)
    text = _AROUND_LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    return _MANY_LINE_ENDS.sub("\n\n", text).strip(" \n")


def join_pages(pages: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """One text of normalised pages, and where each of them lies in it; the space between two belongs to the first.

    A page that ends within a sentence is followed by a line end, any other by a blank line.
    """
    parts: list[str] = []
    joined: list[Page] = []
    length = 0
    last = max((i for i, page in enumerate(pages) if page), default=-1)
    for index, page in enumerate(pages):
        part = page + _gap(page) if page and index < last else page
        parts.append(part)
        joined.append(Page(index + 1, length, length + len(part)))
        length += len(part)
    return "".join(parts), tuple(joined)


def _gap(page: str) -> str:
    return "\n\n" if _SENTENCE_END.search(page) else "\n"
