"""Says which versions of libraries and programs a file was read with, so that it can be read the same way again."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version

from coderai.services.ingest.adapters.parsers.ocr import PROGRAM
from coderai.services.ingest.domain.reading import Report

_PACKAGES = {
    "lxml": "lxml",
    "olefile": "olefile",
    "calamine": "python-calamine",
    "pyarrow": "pyarrow",
    "pypdf": "pypdf",
    "pdfium": "pypdfium2",
}
"""Packages by the readers' names in reports."""
_SECONDS = 5
"""That a program may take to tell its version; it is asked once a process, while a reading is saved."""
_STANDARD_LIBRARY = ("csv", "json", "json lines", "email", "zip")


def versions_of(report: Report) -> str:
    """As in "lxml 6.1.0, charset-normalizer 3.5.0, coderai 0.1.0"; CoderAI itself stands last."""
    return ", ".join(dict.fromkeys(_versions(report)))


def _versions(report: Report) -> Iterator[str]:
    for reader in report.reader.split(", "):
        if reader in _PACKAGES:
            yield _package(_PACKAGES[reader])
        elif reader in _STANDARD_LIBRARY:
            yield f"python {platform.python_version()}"
        elif reader == PROGRAM:
            yield _tesseract()
    if report.encoding:
        yield _package("charset-normalizer")
    yield _package("coderai")


@cache
def _package(name: str) -> str:
    return f"{name} {version(name)}"


@cache
def _tesseract() -> str:
    """The first line of what the program says of itself; its name alone where it does not (any more): what was read is
    saved all the same.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return PROGRAM
    try:
        told = subprocess.run([program, "--version"], capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return PROGRAM
    lines = (told.stdout or told.stderr).decode(errors="replace").splitlines()
    return lines[0].strip() if lines and lines[0].startswith(PROGRAM) else PROGRAM
