"""Old Word, Excel and PowerPoint files are read without any office program; the files are made here by hand."""

from __future__ import annotations

from struct import pack

import pytest

from coderai.services.ingest.adapters.parsers.detection import detect
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, TextTooLarge, UnknownFormat
from tests.unit.ingest.files import read_one, read_parts, texts

_SECTOR = 512
_LEAST = 4096
"""Bytes from which on a stream has sectors of its own."""
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB) with these streams, each filled up with zeros to 4,096 bytes at least."""
    sectors = [b"", b""]  # the table of sectors and the directory come first
    table = [_FAT, _END]
    entries = [_entry("Root Entry", 5, _END, 0, 1 if streams else _FREE)]
    for number, (name, data) in enumerate(sorted(streams.items(), key=lambda item: (len(item[0]), item[0])), 1):
        data = data.ljust(_LEAST, b"\0")
        blocks = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        right = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, len(sectors), len(data), _FREE, right))
        table += [*range(len(sectors) + 1, len(sectors) + len(blocks)), _END]
        sectors += blocks
    sectors[0] = pack(f"<{len(table)}I", *table).ljust(_SECTOR, b"\xff")
    sectors[1] = b"".join(entries).ljust(_SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += pack("<IIIIIIIII", 0, 1, 1, 0, _LEAST, _END, 0, _END, 0) + pack("<109I", 0, *[_FREE] * 108)
    return head + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, child: int, right: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + pack("<HBBIII", len(encoded), kind, 1, _FREE, right, child)
    return head + bytes(36) + pack("<IQ", start, size)


def doc(main: str, notes: str = "", deleted: tuple[int, int] = (0, 0), flags: int = 0) -> bytes:
    """A Word file; the first half of its text has one byte a character, the rest two. `deleted`: of the first half."""
    text, half = main + notes, (len(main) + len(notes)) // 2
    start, wide, page = 0x200, 0x800, 0x1000
    stream = bytearray(page + 512)
    stream[2:4], stream[10:12] = pack("<H", 0xC1), pack("<H", flags)
    stream[0x4C:0x6C] = pack("<8i", len(main), len(notes), *[0] * 6)
    stream[start : start + half] = text[:half].encode("cp1252")
    second = text[half:].encode("utf-16-le")
    stream[wide : wide + len(second)] = second
    runs = pack("<4I", start, start + deleted[0], start + deleted[1], start + half) + bytes((0, 100, 0))
    stream[page : page + len(runs)] = runs
    stream[page + 200 : page + 204], stream[-1] = pack("<BHB", 3, 0x0800, 1), 3
    pieces = pack("<3I", 0, half, len(text)) + pack("<HIHHIH", 0, start * 2 | 0x40000000, 0, 0, wide, 0)
    properties = pack("<3I", start, start + half, page // 512)
    stream[0xFA:0x102] = pack("<II", 0, len(properties))
    stream[0x1A2:0x1AA] = pack("<II", len(properties), len(pieces) + 5)
    return compound({"WordDocument": bytes(stream), "0Table": properties + b"\x02" + pack("<I", len(pieces)) + pieces})


def record(kind: int, content: bytes, instance: int = 0, version: int = 0xF) -> bytes:
    """A record of a PowerPoint file, or a container of them."""
    return pack("<HHI", version | instance << 4, kind, len(content)) + content


def ppt() -> bytes:
    """Two slides: one with a box of its own and a text of the outline, with notes; and one in two bytes."""

    def box(content: bytes) -> bytes:
        return record(0xF00D, content)

    def listed(place: int, id: int) -> bytes:
        return record(0x03F3, pack("<IIiII", place, 0, 1, id, 0), version=0)

    outline = record(0x0F9F, bytes(4), version=0) + record(0x0FA8, b"The title", version=0)
    slides = record(0x0FF0, listed(2, 256) + outline + listed(3, 257))
    notes = record(0x0FF0, listed(4, 300), instance=2)
    kept = [
        record(0x03E8, slides + notes),
        record(0x03EE, box(record(0x0F9E, pack("<I", 0), version=0)) + box(record(0x0FA8, b"a\rb", version=0))),
        record(0x03EE, box(record(0x0FA0, "Łódź".encode("utf-16-le"), version=0))),
        record(
            0x03F0, record(0x03F1, pack("<II", 256, 0), version=1) + box(record(0x0FA8, b"Speak slowly", version=0))
        ),
    ]
    places = [sum(map(len, kept[:number])) for number in range(len(kept) + 1)]
    directory = record(0x1772, pack("<I", 1 | len(kept) << 20) + pack(f"<{len(kept)}I", *places[:-1]), version=0)
    edit = record(0x0FF5, pack("<IIIII", 0, 0, 0, places[-1], 1) + bytes(8), version=0)
    user = pack("<HHIIII", 0, 0x0FF6, 20, 20, 0xE391C05F, places[-1] + len(directory))
    return compound({"PowerPoint Document": b"".join(kept) + directory + edit, "Current User": user})


def xls(rows: list[list[str | float]], apart: int = 1) -> bytes:
    """An Excel file of one sheet, with the records that readers need; `apart`: its rows and columns from each other."""

    def biff(kind: int, content: bytes) -> bytes:
        return pack("<HH", kind, len(content)) + content

    def cell(row: int, column: int, value: str | float) -> bytes:
        place = pack("<HHH", row * apart, column * apart, 0)
        if isinstance(value, str):
            return biff(0x0204, place + pack("<HB", len(value), 0) + value.encode("latin-1"))
        return biff(0x0203, place + pack("<d", value))

    begin = biff(0x0809, pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    sheet = biff(0x0809, pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += b"".join(cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)) + biff(
        0x000A, b""
    )
    bound = 4 + 6 + 2 + len("Data")
    start = len(begin) + bound + 4
    return compound(
        {"Workbook": begin + biff(0x0085, pack("<IBBBB", start, 0, 0, 4, 0) + b"Data") + biff(0x000A, b"") + sheet}
    )


def test_the_text_of_a_word_file_has_no_field_codes_and_no_deletions() -> None:
    main = "A long strike gone\rSee \x13HYPERLINK \x13 QUOTE \x14x\x15\x14the site\x15\rTown\x07Gil\x07\x07\x0cŁódź\r"
    reading = read_one(doc(main.replace("Ł", "L"), "A note\r", deleted=(13, 18)), "a.doc")
    first, second = (reading.text[page.start : page.end].strip() for page in reading.pages)
    assert first == "A long strike\n\nSee the site\n\nTown | Gil"
    assert second == "Lódź\n\nA note"
    assert reading.format == "DOC"


def test_slides_of_a_powerpoint_file() -> None:
    reading = read_one(ppt(), "a.ppt")
    pages = [reading.text[page.start : page.end].strip() for page in reading.pages]
    assert pages == ["The title\n\na\nb\n\nNotes: Speak slowly", "Łódź"]


def test_an_old_excel_file_is_a_table() -> None:
    parts, container = read_parts(xls([["text", "year"], ["A strike", 2024.0], ["Another one", 0.5]]), "a.xls")
    assert (texts(parts), container.format) == (["A strike", "Another one"], "XLS")
    assert [part.metadata["year"] for part in parts] == ["2024", "0.5"]


def test_what_cannot_be_read_says_why() -> None:
    with pytest.raises(FileEncrypted):
        read_one(doc("x" * 9, flags=0x0100), "a.doc")
    with pytest.raises(FileEncrypted):
        detect(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "a.xlsx")
    with pytest.raises(TextTooLarge, match="save it as XLSX"):
        read_parts(xls([["a", "b"], ["c", "d"]], apart=65_535), "a.xls")
    with pytest.raises(UnknownFormat, match="old office program"):
        detect(compound({"Anything": b"x"}), "a.doc")
    with pytest.raises(FileDamaged):
        read_one(compound({"PowerPoint Document": b"x", "Current User": b"\xff" * 40}), "a.ppt")
    for cut in (600, 2000):
        with pytest.raises((FileDamaged, UnknownFormat)):
            read_one(doc("x" * 9)[:cut], "a.doc")
