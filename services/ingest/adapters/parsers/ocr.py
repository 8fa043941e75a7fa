"""Text recognition (OCR) by the tesseract program, one page at a time; it is optional, and found on the PATH."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Any

import regex

from coderai.kit.errors import CoderAIError

PROGRAM = "tesseract"
# tesseract parts the characters of scripts that put no spaces between words.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}、。，]"
_PARTED = regex.compile(f"(?<={_UNSPACED}) (?={_UNSPACED})")


class LanguageMissing(CoderAIError):
    """tesseract has no data for a language that it should read."""


class PageNotRecognised(CoderAIError):
    """tesseract could not make anything of a page; the message says why."""


@dataclass(frozen=True, slots=True)
class Ocr:
    """How scans are read."""

    languages: str
    """By tesseract's names, as in eng+deu."""
    most_pages: int = 200
    """Of one file."""
    page_seconds: float = 60
    on_page: Callable[[], None] = lambda: None
    """Called after each page, so that whoever waits knows that it goes on."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What tesseract reads on a page."""

    text: str
    """Lines as they are on the page, with a blank line between paragraphs."""
    confidence: float
    """Mean of its words, 0 to 100; 0 without words."""


def usable_languages(wanted: str) -> str:
    """The languages to read scans in: those wanted, or none ("") when tesseract is not installed.

    Raises:
        LanguageMissing: tesseract is installed, but not with each of these languages.
    """
    program = shutil.which(PROGRAM)
    if not wanted or program is None:
        return ""
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    installed = set(listed.stdout.splitlines()[1:])
    missing = sorted(set(wanted.split("+")) - installed)
    if missing:
        raise LanguageMissing(
            f"tesseract cannot read {', '.join(missing)}, only {', '.join(sorted(installed)) or 'nothing'}: "
            f"install the language's data (Debian: tesseract-ocr-{missing[0].replace('_', '-') or 'eng'}), "
            "or set CODERAI_INGEST_OCR_LANGUAGES to others; to none at all turns text recognition off"
        )
    return wanted


def recognise(image: bytes, dots_per_inch: int, ocr: Ocr) -> Recognised:
    """Reads a picture of a page, in any format that tesseract takes. Raises PageNotRecognised."""
    command = [PROGRAM, "stdin", "stdout", "-l", ocr.languages, "--dpi", str(dots_per_inch), "tsv"]
    # One thread: files are read beside each other, and a second thread hardly makes one page faster.
    env = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=ocr.page_seconds, env=env, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise PageNotRecognised(f"it took more than {ocr.page_seconds:g} seconds") from None
    except OSError as error:
        raise PageNotRecognised(str(error)) from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PageNotRecognised(last or f"{PROGRAM} ended with {done.returncode}")
    return _joined(done.stdout.decode(errors="replace"))


def _joined(table: str) -> Recognised:
    """The words of tesseract's table, put together."""
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == "5" and row["text"].strip()]
    paragraphs = ("\n".join(_lines(group)) for _, group in groupby(words, _place("block_num", "par_num")))
    confidence = fmean(float(word["conf"]) for word in words) if words else 0
    return Recognised("\n\n".join(paragraphs), confidence)


def _lines(words: Iterator[Any]) -> Iterator[str]:
    for _, line in groupby(words, _place("line_num")):
        yield _PARTED.sub("", " ".join(word["text"] for word in line))


def _place(*columns: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda word: tuple(word[column] for column in columns)
