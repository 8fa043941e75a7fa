"""Old PowerPoint files (PPT, PowerPoint 97 to 2003; MS-PPT): a slide a page, with its notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import error as StructError
from struct import unpack_from

from coderai.services.ingest.adapters.parsers.compound import has_stream, stream
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, NoText
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_STREAM = "PowerPoint Document"
_ENCRYPTED = 0xF3D1C4DF
_EDIT, _DIRECTORY, _LIST, _PERSIST, _NOTES = 0x0FF5, 0x1772, 0x0FF0, 0x03F3, 0x03F1
_HEADER, _WIDE, _NARROW, _OUTLINE = 0x0F9F, 0x0FA0, 0x0FA8, 0x0F9E
_BOX = 0xF00D
_SLIDES, _NOTE_PAGES = 0, 2
_CONTAINER, _DEEPEST, _MOST_EDITS = 0xF, 64, 10_000
_NOT_READ = "an old PowerPoint file: charts, SmartArt and numbers of lists are only read from PPTX"


@dataclass(frozen=True, slots=True)
class _Record:
    """A record: its kind, its instance, and where its content lies."""

    kind: int
    instance: int
    is_container: bool
    start: int
    end: int


@dataclass(slots=True)
class _Slide:
    """What the document's list says of a slide: where it is kept, its number, and its texts in outline."""

    place: int
    id: int
    outline: list[str] = field(default_factory=list)


def parse(data: bytes, _: Tools) -> Extract:
    """Raises FileDamaged, FileEncrypted; NoText: it has no slides."""
    try:
        pages = _pages(stream(data, _STREAM), stream(data, "Current User"))
    except (StructError, IndexError, ValueError, KeyError) as error:
        raise FileDamaged(f"the old PowerPoint file is damaged ({error}): save it as PPTX") from error
    if not pages:
        raise NoText("the presentation has no slides")
    return Extract(pages, Report("olefile", warnings=(_NOT_READ,)))


def _pages(file: bytes, user: bytes) -> Sequence[str]:
    mark, edit = unpack_from("<II", user, 12)
    if mark == _ENCRYPTED:
        raise FileEncrypted()
    document, kept = _kept(file, edit)
    lists = [r for r in _below(file, _record(file, kept[document])) if r.kind == _LIST]
    notes: dict[int, str] = {}
    for page in _listed(file, lists, _NOTE_PAGES):
        record = _record(file, kept[page.place])
        owners = [unpack_from("<I", file, r.start)[0] for r in _below(file, record) if r.kind == _NOTES]
        notes.update(dict.fromkeys(owners, normalise("\n".join(_texts(file, record, page.outline)))))
    pages = []
    for slide in _listed(file, lists, _SLIDES):
        texts = list(_texts(file, _record(file, kept[slide.place]), slide.outline))
        said = notes.get(slide.id, "")
        pages.append(normalise("\n\n".join([*texts, f"Notes: {said}" if said else ""])))
    return pages


def _kept(file: bytes, edit: int) -> tuple[int, Mapping[int, int]]:
    """The number of the document, and where the file keeps what has a number: as the last edit has left it."""
    document, kept = 0, dict[int, int]()
    for _ in range(_MOST_EDITS):
        record = _record(file, edit)
        if record.kind != _EDIT:
            raise ValueError("no edit is where it should be")
        before, directory, number = unpack_from("<III", file, record.start + 8)
        document = document or number
        entries = _record(file, directory)
        position = entries.start
        while entries.kind == _DIRECTORY and position + 4 <= entries.end:
            (head,) = unpack_from("<I", file, position)
            count = min(head >> 20, (entries.end - position - 4) // 4)
            for index, place in enumerate(unpack_from(f"<{count}I", file, position + 4)):
                kept.setdefault((head & 0xFFFFF) + index, place)
            position += 4 + 4 * count
        if not before or before >= edit:
            break
        edit = before
    return document, kept


def _listed(file: bytes, lists: Sequence[_Record], instance: int) -> Iterator[_Slide]:
    slide: _Slide | None = None
    for record in (r for found in lists if found.instance == instance for r in _below(file, found)):
        if record.kind == _PERSIST:
            if slide:
                yield slide
            place, _, _, id = unpack_from("<IIiI", file, record.start)
            slide = _Slide(place, id)
        elif slide and record.kind == _HEADER:
            slide.outline.append("")
        elif slide and slide.outline and record.kind in (_WIDE, _NARROW):
            slide.outline[-1] = _text(file, record)
    if slide:
        yield slide


def _texts(file: bytes, slide: _Record, outline: Sequence[str]) -> Iterator[str]:
    """The texts of the boxes of a slide; those that the outline has are only referred to."""
    for box in (r for r in _below(file, slide) if r.kind == _BOX):
        for record in _below(file, box):
            if record.kind in (_WIDE, _NARROW):
                yield _text(file, record)
            elif record.kind == _OUTLINE:
                (number,) = unpack_from("<I", file, record.start)
                yield outline[number] if number < len(outline) else ""


def _text(file: bytes, record: _Record) -> str:
    raw = file[record.start : record.end]
    text = raw.decode("utf-16-le", "replace") if record.kind == _WIDE else raw.decode("latin-1")
    return text.replace("\x0b", "\n").replace("\r", "\n")


def _record(file: bytes, place: int) -> _Record:
    version, kind, length = unpack_from("<HHI", file, place)
    end = min(place + 8 + length, len(file))
    return _Record(kind, version >> 4, version & 0xF == _CONTAINER, place + 8, end)


def _below(file: bytes, parent: _Record) -> Iterator[_Record]:
    """All records within one, in their order."""
    ends = [parent.end]
    position = parent.start
    while ends:
        if position + 8 > ends[-1]:
            position = max(position, ends.pop())
            continue
        record = _record(file, position)
        yield record
        if (record.is_container or record.kind == _BOX) and len(ends) < _DEEPEST:
            ends.append(min(record.end, ends[-1]))
            position = record.start
        else:
            position = max(record.end, position + 8)


FORMAT = Format(
    "PPT", parse, (".ppt", ".pps"), lambda file: has_stream(file.data, _STREAM), file_called="old PowerPoint file"
)
