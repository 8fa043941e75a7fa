"""Checks that the methods section of a bundle says what its statistics do, in Markdown and in DOCX."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coderai.client.verify.bundle import Bundle, Unreadable, whole
from coderai.client.verify.findings import Findings
from coderai.measuring.figures import NUMBER, How, figure_at, shown

MARKDOWN, DOCX = "methods.md", "methods.docx"
_MOST = 50_000_000
"""Bytes."""
_FIGURES = "\n## Figures\n"
_ROW = re.compile(r"^\| (\d{1,9}) \| `([^`]+)` \| (\w+) \|$", re.MULTILINE)
_MARK = re.compile(r"^(#+ |- )")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>])")
_DOCUMENT = "word/document.xml"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_NO_DOCX = (KeyError, ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)
"""What reading a ZIP raises that is none, or is damaged."""


def check_methods(bundle: Bundle, statistics: Mapping[str, Any] | None, findings: Findings) -> None:
    """Each listed number of the text is the figure of the statistics; the DOCX has the same paragraphs."""
    text = _text(bundle, findings)
    if text is None:
        return
    prose, _, listed = text.partition(_FIGURES)
    rows = _ROW.findall(listed)
    if not rows:
        findings.differs(MARKDOWN, "it does not list the figures in it")
    numbers = NUMBER.findall(prose)
    for place, path, how in rows:
        stands = numbers[int(place) - 1] if 0 < int(place) <= len(numbers) else None
        should = _shown(statistics or {}, path, how)
        if stands != should:
            findings.differs(
                MARKDOWN,
                "the number in the text is not the figure of statistics.json",
                what=f"number {place}, {path}",
                stands=stands,
                should=should,
                values=True,
            )
    findings.checked.append(f"{len(rows):,} numbers of {MARKDOWN} against the statistics")
    _check_docx(bundle, list(_paragraphs(prose)), findings)


def _text(bundle: Bundle, findings: Findings) -> str | None:
    if MARKDOWN not in bundle.sizes:
        findings.differs(MARKDOWN, "the bundle does not have this file")
        return None
    try:
        return whole(bundle, MARKDOWN, _MOST).decode()
    except (Unreadable, UnicodeDecodeError) as error:
        findings.differs(MARKDOWN, f"it cannot be read: {error}")
        return None


def _shown(statistics: Mapping[str, Any], path: str, how: str) -> str | None:
    try:
        return shown(figure_at(statistics, path), How(how))
    except (TypeError, ValueError):
        return None


def _paragraphs(prose: str) -> Iterator[str]:
    for line in prose.split("\n"):
        if line:
            yield _ESCAPED.sub(r"\1", _MARK.sub("", line))


def _check_docx(bundle: Bundle, should: Sequence[str], findings: Findings) -> None:
    if DOCX not in bundle.sizes:
        findings.differs(DOCX, "the bundle does not have this file")
        return
    try:
        found = _docx_paragraphs(whole(bundle, DOCX, _MOST))
    except (*_NO_DOCX, Unreadable) as error:
        findings.differs(DOCX, f"it cannot be read: {error}")
        return
    for number in range(max(len(found), len(should))):
        stands, wanted = (texts[number] if number < len(texts) else None for texts in (found, should))
        if stands != wanted:
            findings.differs(
                DOCX,
                f"the paragraph is not that of {MARKDOWN}",
                what=f"paragraph {number + 1}",
                stands=stands,
                should=wanted,
                values=True,
            )
    findings.checked.append(f"{len(found):,} paragraphs of {DOCX} against {MARKDOWN}")


def _docx_paragraphs(data: bytes) -> list[str]:
    """The paragraphs' texts. Raises ValueError: it is no XML, or too large."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if file.getinfo(_DOCUMENT).file_size > _MOST:
            raise ValueError("it would have more bytes than it may have")
        encoded = file.read(_DOCUMENT)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(encoded, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    paragraphs = ("".join(run.text or "" for run in one.iter(f"{_WORD}t")) for one in root.iter(f"{_WORD}p"))
    return list(paragraphs)
