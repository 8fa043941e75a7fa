"""The sections of a Word file with their headers and footers (ECMA-376, part 1, 17.6 and 17.10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from coderai.services.ingest.adapters.parsers.word_file import WordFile
from coderai.services.ingest.adapters.parsers.word_names import R, W, switch, value
from coderai.services.ingest.adapters.parsers.word_text import Section, Story
from coderai.services.ingest.domain.text import normalise

_EDGES = ("header", "footer")
_PAGE_FIELD = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b", re.I)
_COUNTER = re.compile(r"[^\w\n]{0,5}\d{1,4}([^\w\n]{1,5}\d{1,4})?[^\w\n]{0,5}")
"""Page numbers without a word."""


class Edges:
    """The headers and footers of one file: each text is read once, where it first stands."""

    def __init__(self, file: WordFile, body: Any) -> None:
        """`body`: the root of the part with the text."""
        self._file = file
        self._found = [e for e in body.iter(f"{W}sectPr") if e.getparent().tag in (f"{W}pPr", f"{W}body")]
        self._read: dict[str, str] = {}
        """The texts of parts, by name."""
        self.counters: dict[str, None] = {}
        """Lines left out as they count the pages and say nothing else."""

    def sections(self) -> list[Section]:
        """The sections in order, one at least; what Word shows on no page goes to what the file leaves out."""
        is_odd_or_even = self._is_odd_or_even()
        referred: dict[tuple[str, str], str] = {}
        said: dict[str, None] = {}
        sections = []
        for found in self._found:
            referred |= self._references(found)
            kinds = ["first"] * bool(switch(found, "titlePg")) + ["default"] + ["even"] * is_odd_or_even
            heads, feet = (self._new([referred.get((edge, kind), "") for kind in kinds], said) for edge in _EDGES)
            sections.append(Section(heads, feet, value(found, "type") != "continuous"))
        return self._with_unshown(sections or [Section()], said, are_shown=not referred)

    def _is_odd_or_even(self) -> bool:
        settings = self._file.package.xml(self._file.package.related(self._file.main, "settings"))
        return switch(settings, "evenAndOddHeaders") or False

    def _references(self, section: Any) -> dict[tuple[str, str], str]:
        """The parts that a section refers to, by edge and kind of page; what it does not say is as before it."""
        relations = self._file.package.relations(self._file.main)
        return {
            (edge, reference.get(f"{W}type", "default")): relations[id].part
            for edge in _EDGES
            for reference in section.iterfind(f"{W}{edge}Reference")
            if (id := reference.get(f"{R}id")) in relations
        }

    def _with_unshown(self, sections: list[Section], said: dict[str, None], are_shown: bool) -> list[Section]:
        """`are_shown`: the file does not say which headers and footers are, so that all are taken."""
        heads, feet = (self._new(self._parts(edge), said) for edge in _EDGES)
        if not are_shown and not self._file.whole:
            self._file.left_out.extend([*heads, *feet])
            return sections
        first, last = sections[0], sections[-1]
        sections[0] = Section([*first.heads, *heads], first.feet, first.starts_page)
        last = sections[-1]
        sections[-1] = Section(last.heads, [*last.feet, *feet], last.starts_page)
        return sections

    def _parts(self, edge: str) -> list[str]:
        name = re.compile(rf"word/{edge}\d*\.xml")
        related = (r.part for r in self._file.package.relations(self._file.main).values() if r.kind == edge)
        return sorted({*related, *(part for part in self._file.package.names if name.fullmatch(part))})

    def _new(self, parts: Iterable[str], said: dict[str, None]) -> list[str]:
        """The texts of parts that have not been said yet."""
        texts = [text for part in parts if (text := self._text(part)) and text not in said]
        said |= dict.fromkeys(texts)
        return list(dict.fromkeys(texts))

    def _text(self, part: str) -> str:
        if part not in self._read:
            root = self._file.package.xml(part) if part else None
            text = "" if root is None else normalise(Story(self._file, part, root).text())
            self._read[part] = text if self._file.whole or not text else self._without_counters(root, text)
        return self._read[part]

    def _without_counters(self, root: Any, text: str) -> str:
        if not any(_PAGE_FIELD.match(instruction) for instruction in _instructions(root)):
            return text
        lines = text.split("\n")
        self.counters |= dict.fromkeys(line for line in lines if _COUNTER.fullmatch(line))
        return "\n".join(line for line in lines if line not in self.counters).strip("\n")


def _instructions(root: Any) -> Iterator[str]:
    for element in root.iter(f"{W}instrText", f"{W}fldSimple"):
        yield element.get(f"{W}instr") or element.text or ""
