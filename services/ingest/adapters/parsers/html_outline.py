"""Counts what is in each element of a page, in arrays that stay small for pages of millions of elements."""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterator

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from coderai.language.words import count_words
from coderai.services.ingest.adapters.parsers.html_controls import control_text
from coderai.services.ingest.adapters.parsers.html_roles import Role, role_of
from coderai.services.ingest.adapters.parsers.markup import BLOCKS, CONTROLS, UNSEEN

_LEAST_PROSE = 15
"""Words of a block from which on it is prose, if most of them are in no link."""


class Counts:
    """Of each element by its number, what is in it."""

    def __init__(self, size: int) -> None:
        self.words, self.linked, self.links, self.prose, self.cookies, self.rights = (_zeros(size) for _ in range(6))
        """Words, words in links, links, words of blocks that are prose, how often cookies and a copyright are named."""

    @property
    def all(self) -> tuple[array[int], ...]:
        """All of them."""
        return self.words, self.linked, self.links, self.prose, self.cookies, self.rights


class Outline:
    """The elements of a page by their numbers, from 0 in their order."""

    def __init__(self, root: HtmlElement) -> None:
        self._size = sum(1 for _ in root.iter("*"))
        self.parent, self.end, self.roles, self.inside = (_zeros(self._size) for _ in range(4))
        """The element that it is in, the number after the last inside, its roles, and those of the elements inside."""
        self.own = Counts(self._size)
        """What is in no other element inside; of what is unseen, nothing."""
        _Counter(self).walk(root)
        for number in range(len(self) - 1, 0, -1):
            self.inside[self.parent[number]] |= self.inside[number] | self.roles[number]

    def __len__(self) -> int:
        return self._size

    def children(self, number: int) -> Iterator[int]:
        """The elements right inside of one."""
        child = number + 1
        while child < self.end[number]:
            yield child
            child = self.end[child]

    def without(self, removed: Container[int]) -> Counts:
        """What is in each element with all that is inside of it, but in no element removed."""
        counts = Counts(len(self))
        for one, own in zip(counts.all, self.own.all, strict=True):
            one[:] = own
            for number in range(len(self) - 1, 0, -1):
                if one[number] and number not in removed:
                    one[self.parent[number]] += one[number]
        return counts


class _Counter:
    """Fills an outline with what each element holds itself."""

    def __init__(self, outline: Outline) -> None:
        self._to = outline
        self._number = -1
        self._open: list[int] = []
        self._blocks: list[tuple[int, int, int]] = []
        """Of each open block its number, its words so far and how many of them are in links."""
        self._tables: list[int] = []
        self._unseen = self._in_links = 0

    def walk(self, root: HtmlElement) -> None:
        for event, element in iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                self._start(element)
            elif event == "end":
                self._end(element)
            if event != "start" and element is not root and element.tail and not self._unseen:
                self._count(element.tail)

    def _start(self, element: HtmlElement) -> None:
        to, tag = self._to, element.tag
        self._number = number = self._number + 1
        to.parent[number] = self._open[-1] if self._open else -1
        to.roles[number] |= role_of(element)
        self._open.append(number)
        if tag in UNSEEN or tag in CONTROLS:
            if tag in CONTROLS and not self._unseen:
                self._count(control_text(element))
            self._unseen += 1
        if tag == "a" and element.get("href") is not None:
            self._in_links += 1
            to.own.links[number] = 1
        if tag in BLOCKS:
            self._blocks.append((number, 0, 0))
        if tag == "table":
            self._tables.append(number)
        elif tag == "th" and self._tables:
            to.roles[self._tables[-1]] |= Role.DATA
        if element.text and not self._unseen:
            self._count(element.text)

    def _end(self, element: HtmlElement) -> None:
        tag = element.tag
        number = self._open.pop()
        self._to.end[number] = self._number + 1
        if tag in UNSEEN or tag in CONTROLS:
            self._unseen -= 1
        if tag == "a" and element.get("href") is not None:
            self._in_links -= 1
        if tag == "table":
            self._tables.pop()
        if tag in BLOCKS:
            block, words, linked = self._blocks.pop()
            if words >= _LEAST_PROSE and linked * 2 < words:
                self._to.own.prose[block] += words

    def _count(self, text: str) -> None:
        words = count_words(text)
        if not words:
            return
        to, number = self._to.own, self._open[-1]
        to.words[number] += words
        linked = words if self._in_links else 0
        to.linked[number] += linked
        lower = text.lower()
        to.cookies[number] += "cookie" in lower
        to.rights[number] += "©" in lower or "copyright" in lower
        if self._blocks:
            block, so_far, linked_so_far = self._blocks[-1]
            self._blocks[-1] = block, so_far + words, linked_so_far + linked


def _zeros(size: int) -> array[int]:
    return array("i", [0]) * size
