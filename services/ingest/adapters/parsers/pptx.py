"""PowerPoint files (PPTX; ECMA-376, part 1, 19): a slide a page, in reading order, with its speaker notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.drawing_text import A, paragraph_text, shown_parts
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.packed_xml import related, relations, root_of, title_and_author
from coderai.services.ingest.adapters.parsers.reading_order import in_reading_order
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import open_zip
from coderai.services.ingest.domain.problems import FileDamaged, NoText
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_MAIN = "ppt/presentation.xml"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CHOICE, _FALLBACK = f"{_COMPATIBILITY}AlternateContent", f"{_COMPATIBILITY}Fallback"
_SHAPES = frozenset(f"{_P}{name}" for name in ("sp", "grpSp", "graphicFrame", "cxnSp", "pic"))
_NUMBER = frozenset(("slidenum",))
_TITLES = ("title", "ctrTitle")
_REPEATED = ("ftr", "dt", "hdr")
"""Placeholders that slides repeat: each text is read once."""


def parse(data: bytes, _: Tools) -> Extract:
    """Raises FileDamaged, FileEncrypted, ArchiveTooLarge; NoText: it has no slides."""
    with open_zip(data) as archive:
        main = (related(archive, "", "officeDocument") or [_MAIN])[0]
        root = root_of(archive, main)
        if root is None:
            raise FileDamaged("the file has no presentation: open it in PowerPoint, save it again and upload that copy")
        targets = relations(archive, main)
        names = [targets.get(slide.get(_ID, ""), ("", ""))[1] for slide in root.iter(f"{_P}sldId")]
        deck = _Deck(archive)
        pages = [deck.page(name) for name in dict.fromkeys(names)]
        metadata = title_and_author(archive, "docProps/core.xml")
    if not pages:
        raise NoText("the presentation has no slides")
    return Extract(pages, Report("lxml", warnings=tuple(deck.warnings())), metadata)


class _Deck:
    """Reads the slides of one file in their order."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._repeated: set[str] = set()
        self._hidden: list[int] = []
        self._comments = 0
        self._count = 0

    def page(self, name: str) -> str:
        """The text of a slide and of its notes."""
        self._count += 1
        slide = root_of(self._archive, name)
        if slide is None:
            return ""
        if slide.get("show") in ("0", "false"):
            self._hidden.append(self._count)
        for part in related(self._archive, name, "comments"):
            comments = root_of(self._archive, part)
            self._comments += 0 if comments is None else len(comments)
        targets = relations(self._archive, name)
        layouts = [root_of(self._archive, part) for kind, part in targets.values() if kind == "slideLayout"]
        texts = self._texts(slide, targets, _places(layouts))
        notes = [self._notes(part) for kind, part in targets.values() if kind == "notesSlide"]
        return normalise("\n\n".join([*texts, *(f"Notes: {said}" for said in notes if said)]))

    def warnings(self) -> Iterator[str]:
        """What is to be said of the slides read so far."""
        if self._hidden:
            yield f"hidden in the presentation, and read like all others: slide {', '.join(map(str, self._hidden))}"
        if self._comments:
            yield f"{self._comments} comments were left out"

    def _texts(self, slide: Any, targets: Mapping[str, tuple[str, str]], places: Mapping[str, Any]) -> Iterator[str]:
        for tree in slide.iter(f"{_P}spTree"):
            shapes = list(_shapes(tree))
            titles = [shape for shape in shapes if _kind(shape) in _TITLES]
            others = [(shape, _place(shape, places)) for shape in shapes if _kind(shape) not in _TITLES]
            for shape in (*titles, *in_reading_order(others)):
                yield self._shape(shape, targets)

    def _shape(self, shape: Any, targets: Mapping[str, tuple[str, str]]) -> str:
        kind = _kind(shape)
        if kind == "sldNum":
            return ""
        if shape.tag == f"{_P}grpSp":
            inner = in_reading_order([(child, _place(child, {})) for child in _shapes(shape)])
            return "\n\n".join(filter(None, (self._shape(child, targets) for child in inner)))
        if shape.tag == f"{_P}graphicFrame":
            tables = ["\n".join(_rows(table)) for table in shape.iter(f"{A}tbl")]
            return "\n\n".join([*tables, *shown_parts(self._archive, shape, targets)])
        text = normalise("\n".join(_paragraphs(shape)))
        if kind in _REPEATED:
            text, known = "" if text in self._repeated else text, text
            self._repeated.add(known)
        return text

    def _notes(self, part: str) -> str:
        root = root_of(self._archive, part)
        if root is None:
            return ""
        bodies = [shape for shape in root.iter(f"{_P}sp") if _kind(shape) in ("body", "")]
        return normalise("\n".join(text for shape in bodies for text in _paragraphs(shape)))


def _shapes(tree: Any) -> Iterator[Any]:
    """The shapes of a tree; of alternatives the first, which is what the newest program shows."""
    for child in tree:
        if child.tag == _CHOICE:
            first = next((c for c in child if c.tag != _FALLBACK), None)
            yield from () if first is None else _shapes(first)
        elif child.tag in _SHAPES:
            yield child


def _placeholder(shape: Any) -> Any:
    properties = next((child for child in shape if str(child.tag).startswith(f"{_P}nv")), None)
    return None if properties is None else properties.find(f"{_P}nvPr/{_P}ph")


def _kind(shape: Any) -> str:
    """Of a placeholder what it is for; "body" is not named, and any other shape has none."""
    found = _placeholder(shape)
    return "" if found is None else str(found.get("type", "body"))


def _place(shape: Any, inherited: Mapping[str, Sequence[float]]) -> Sequence[float] | None:
    """From the top and the left; a placeholder may have it from its layout."""
    properties = next((c for c in shape if c.tag in (f"{_P}spPr", f"{_P}grpSpPr", f"{_P}xfrm")), None)
    offset = None if properties is None else properties.find(f"{A}off")
    if properties is not None and offset is None:
        offset = properties.find(f"{A}xfrm/{A}off")
    if offset is None:
        found = _placeholder(shape)
        return None if found is None else inherited.get(found.get("idx", "0"))
    try:
        return float(offset.get("y", "0")), float(offset.get("x", "0"))
    except ValueError:
        return None


def _places(layouts: Sequence[Any]) -> Mapping[str, Sequence[float]]:
    """Where a layout has its placeholders, by their numbers."""
    found: dict[str, Sequence[float]] = {}
    for layout in layouts:
        for shape in () if layout is None else layout.iter(f"{_P}sp"):
            holder, place = _placeholder(shape), _place(shape, {})
            if holder is not None and place:
                found.setdefault(holder.get("idx", "0"), place)
    return found


def _paragraphs(shape: Any) -> Iterator[str]:
    """Each with the number that PowerPoint shows before it, if it has one."""
    counts: Counter[int] = Counter()
    for body in shape.iter(f"{_P}txBody"):
        for paragraph in body.iter(f"{A}p"):
            text = paragraph_text(paragraph, _NUMBER)
            properties = paragraph.find(f"{A}pPr")
            level = properties.get("lvl", "0") if properties is not None else "0"
            numbering = None if properties is None else properties.find(f"{A}buAutoNum")
            depth = int(level) if level.isdecimal() else 0
            for deeper in [number for number in counts if number > depth or (number == depth and numbering is None)]:
                del counts[deeper]
            if numbering is not None and text.strip():
                start = numbering.get("startAt", "1")
                counts[depth] = counts[depth] + 1 if depth in counts else int(start) if start.isdecimal() else 1
                text = f"{_numeral(counts[depth], numbering.get('type', ''))} {text}"
            yield text


def _numeral(number: int, kind: str) -> str:
    """Such as 3., b) or (2), by the name of the kind of numbering: arabicPeriod, alphaLcParenR, arabicParenBoth."""
    text = str(number)
    if kind.startswith("alpha"):
        text = chr(ord("a") + (number - 1) % 26)
        text = text.upper() if "Uc" in kind else text
    if kind.endswith("ParenBoth"):
        return f"({text})"
    return f"{text})" if kind.endswith("ParenR") else text if kind.endswith("Plain") else f"{text}."


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(f"{A}tr"):
        cells = [" ".join(" ".join(map(paragraph_text, cell.iter(f"{A}p"))).split()) for cell in row.iter(f"{A}tc")]
        if any(cells):
            yield " | ".join(cells)


FORMAT = Format(
    "PPTX", parse, (".pptx", ".pptm", ".ppsx", ".potx"), lambda file: file.holds(_MAIN), file_called="PowerPoint file"
)
