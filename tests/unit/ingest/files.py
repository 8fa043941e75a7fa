"""Small files of several formats, made in memory, and what the parsers make of a file."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.domain.reading import Container, Part, Reading

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = f'xmlns:w="{_W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A ZIP archive."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def docx(body: str, parts: dict[str, str] | None = None) -> bytes:
    """A Word file with this content of w:body; `parts`: further parts by name, as XML without namespaces."""
    main = f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>"
    named = {name: xml.replace(">", f" {_NAMESPACES}>", 1) for name, xml in (parts or {}).items()}
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": main, **named})


def paragraph(text: str) -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def read_one(data: bytes, name: str) -> Reading:
    """What a file that is one document says."""
    (reading,) = read_file(data, name)
    assert isinstance(reading, Reading)
    return reading


def read_parts(data: bytes, name: str, text_column: str = "") -> tuple[list[Part], Container]:
    """What a table or an archive gives."""
    *parts, container = read_file(data, name, text_column)
    assert isinstance(container, Container)
    assert all(isinstance(part, Part) for part in parts)
    return [part for part in parts if isinstance(part, Part)], container


def texts(parts: list[Part]) -> list[str]:
    """What each part says, or why it cannot be read."""
    return [part.outcome if isinstance(part.outcome, str) else part.outcome.text for part in parts]
