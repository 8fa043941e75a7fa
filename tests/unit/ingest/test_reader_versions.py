"""What read a file is recorded with versions, so that it can be read the same way again."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from coderai.services.ingest.adapters import reader_versions
from coderai.services.ingest.adapters.parsers.ocr import PROGRAM
from coderai.services.ingest.adapters.reader_versions import versions_of
from coderai.services.ingest.domain.reading import Report

CODERAI = f"coderai {version('coderai')}"


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (Report("lxml"), [f"lxml {version('lxml')}"]),
        (Report("pdfium"), [f"pypdfium2 {version('pypdfium2')}"]),
        (Report("calamine"), [f"python-calamine {version('python-calamine')}"]),
        (
            Report("csv", "utf-8"),
            [f"python {platform.python_version()}", f"charset-normalizer {version('charset-normalizer')}"],
        ),
        (Report("rtf"), []),
    ],
)
def test_libraries_are_told_with_their_versions_and_coderai_last(report: Report, told: list[str]) -> None:
    assert versions_of(report) == ", ".join([*told, CODERAI])


@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="tesseract is not installed")
def test_the_program_that_read_scans_is_told_too() -> None:
    reader, program, coderai = versions_of(Report("pdfium, tesseract")).split(", ")
    assert reader.startswith("pypdfium2 ")
    assert program.startswith("tesseract ") and program.split()[1][0].isdigit()
    assert coderai == CODERAI


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("#!/nowhere\n", PROGRAM),
        ("#!/bin/sh\nexec sleep 60\n", PROGRAM),
        ("#!/bin/sh\nprintf 'tesseract 5.3.0 \\377\\n'\n", f"{PROGRAM} 5.3.0 \ufffd"),
    ],
)
def test_a_program_that_does_not_tell_its_version_stops_no_reading_from_being_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    program = tmp_path / PROGRAM
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(reader_versions, "_SECONDS", 0.5)
    reader_versions._tesseract.cache_clear()
    try:
        assert versions_of(Report(PROGRAM)) == f"{told}, {CODERAI}"
    finally:
        reader_versions._tesseract.cache_clear()
