"""Each file in a ZIP archive is a document, and no archive can do harm."""

import io
import zipfile

import pytest

from coderai.services.ingest.adapters.parsers.unzipping import ArchiveTooLarge
from coderai.services.ingest.domain.problems import FileDamaged, NoText
from tests.unit.ingest.files import docx, paragraph, read_parts, texts, zipped


def test_files_of_all_formats_are_read_and_numbered() -> None:
    archive = zipped(
        {
            "a/strike.txt": "A strike",
            "__MACOSX/a/._strike.txt": "litter",
            "b/table.csv": "id,text\n1,one\n2,two\n",
            "report.docx": docx(paragraph("A report")),
            "empty.txt": "",
            "broken.pdf": "%PDF-1.7 nothing",
            "inner.zip": zipped({"x.txt": "x"}),
        }
    )
    parts, container = read_parts(archive, "all.zip")
    assert container.format == "ZIP"
    assert [part.position for part in parts] == list(range(1, 8))
    assert [part.name for part in parts[:4]] == ["strike.txt", "table.csv#1", "table.csv#2", "report.docx"]
    assert texts(parts)[:4] == ["A strike", "one", "two", "A report"]
    assert "is empty" in texts(parts)[4]
    assert "damaged" in texts(parts)[5]
    assert "archive within an archive" in texts(parts)[6]
    assert parts[1].metadata == {"path": "b/table.csv", "id": "1"}
    assert [parts[4].metadata, parts[5].metadata] == [{"path": "empty.txt"}, {"path": "broken.pdf"}]
    assert container.report.warnings[0].startswith("b/table.csv: the column 'text' was guessed")


def test_paths_that_lead_out_are_only_names() -> None:
    parts, _ = read_parts(zipped({"../../etc/passwd": "root", "..": "x", "C:\\a\\b.txt": "y"}), "a.zip")
    assert [part.name for part in parts] == ["passwd", "unnamed", "b.txt"]


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = zipped({"a.txt": b"0" * 64 * 2**20})
    assert len(bomb) < 2**17
    parts, _ = read_parts(bomb, "a.zip")
    assert "ZIP bomb" in texts(parts)[0]
    with pytest.raises(ArchiveTooLarge, match="20,000"):
        read_parts(zipped({f"{n}.txt": "x" for n in range(20_001)}), "a.zip")


def test_a_member_that_lies_about_its_size_is_cut_off() -> None:
    honest = zipped({"a.txt": b"text " * 1000})
    lying = honest.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    parts, _ = read_parts(lying, "a.zip")
    assert isinstance(parts[0].outcome, str) or len(parts[0].outcome.text) <= 10


def test_damaged_and_encrypted_members_fail_alone() -> None:
    data = zipped({"a.txt": b"some text that is stored " * 40, "b.txt": "fine"})
    damaged = bytearray(data)
    damaged[60:70] = bytes(10)
    parts, _ = read_parts(bytes(damaged), "a.zip")
    assert isinstance(parts[0].outcome, str)
    assert texts(parts)[1] == "fine"
    encrypted = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[data.index(signature) + offset] |= 1
    assert "password" in texts(read_parts(bytes(encrypted), "a.zip")[0])[0]


def test_what_is_no_archive_or_has_nothing_in_it() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.mkdir("folder")
    with pytest.raises(NoText, match="no files"):
        read_parts(target.getvalue(), "a.zip")
    with pytest.raises(FileDamaged, match="archive is damaged"):
        read_parts(zipped({"a.txt": "text" * 100})[:60], "a.zip")
