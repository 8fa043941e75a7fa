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
from coderai.services.ingest.adapters.parsers.ocr_languages import AUTO, ENGLISH, SCRIPTS, all_of, package_of
from coderai.services.ingest.domain.scanned_words import Line, Seen

PROGRAM = "tesseract"
# tesseract parts the characters of scripts that put no spaces between words.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}、。，]"
_SCRIPT = regex.compile(r"^Script: (\w+)", regex.MULTILINE)
_PARTED = regex.compile(f"(?<={_UNSPACED}) (?={_UNSPACED})")


class LanguageMissing(CoderAIError):
    """tesseract has no data for a language that it should read."""


class PageNotRecognised(CoderAIError):
    """tesseract could not make anything of a page; the message says why."""


@dataclass(frozen=True, slots=True)
class Ocr:
    """How scans are read."""

    languages: str
    """The data that may be used by tesseract's names, as in eng+deu+osd; osd tells scripts."""
    most_pages: int = 200
    """Of one file."""
    page_seconds: float = 60
    on_page: Callable[[], None] = lambda: None
    """Called after each run of tesseract, so that whoever waits knows that it goes on."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a picture."""

    data: bytes
    """In any format that tesseract takes."""
    dots_per_inch: int
    width: int
    height: int
    """Both in pixels."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What tesseract reads on a page."""

    text: str
    """Lines as they are on the page, with a blank line between paragraphs."""
    confidence: float
    """Mean of its words, 0..1; 0 without words."""
    languages: str = ""
    """What it was read in, by tesseract's names."""
    lines: tuple[Line, ...] = ()
    """Those of the text with their words."""


def usable_languages(wanted: str) -> str:
    """The data that scans may be read with, and osd where it is installed; none ("") when tesseract is not installed.

    `wanted`: names of data, all that is installed when "auto", none when empty.

    Raises:
        LanguageMissing: tesseract is installed, but not with each of these languages.
    """
    program = shutil.which(PROGRAM)
    if not wanted or program is None:
        return ""
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    installed = set(listed.stdout.splitlines()[1:])
    if wanted == AUTO:
        wanted = all_of(installed)
    missing = sorted(set(wanted.split("+")) - installed) if wanted else []
    if missing:
        raise LanguageMissing(
            f"tesseract cannot read {', '.join(missing)}, only {', '.join(sorted(installed)) or 'nothing'}: "
            f"install the language's data (Debian: {package_of(missing[0] or ENGLISH)}), "
            "or set CODERAI_INGEST_OCR_LANGUAGES to others; to none at all turns text recognition off"
        )
    return f"{wanted}+{SCRIPTS}" if wanted and SCRIPTS in installed - set(wanted.split("+")) else wanted


def recognise(picture: Picture, ocr: Ocr, languages: str) -> Recognised:
    """Reads a page in some languages by tesseract's names. Raises PageNotRecognised."""
    return _joined(_run(picture, ocr, "-l", languages, "tsv"), picture, languages)


def script_of(picture: Picture, ocr: Ocr) -> str:
    """The script of a page by tesseract's name, as in Latin; empty when it cannot tell."""
    try:
        found = _SCRIPT.search(_run(picture, ocr, "--psm", "0", "-l", SCRIPTS))
    except PageNotRecognised:
        return ""
    return found[1] if found else ""


def _run(picture: Picture, ocr: Ocr, *options: str) -> str:
    """What tesseract prints about a page."""
    command = [PROGRAM, "stdin", "stdout", "--dpi", str(picture.dots_per_inch), *options]
    # One thread: files are read beside each other, and a second thread hardly makes one page faster.
    env, most = os.environ | {"OMP_THREAD_LIMIT": "1"}, ocr.page_seconds
    try:
        done = subprocess.run(command, input=picture.data, capture_output=True, timeout=most, env=env, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise PageNotRecognised(f"it took more than {ocr.page_seconds:g} seconds") from None
    except OSError as error:
        raise PageNotRecognised(str(error)) from error
    finally:
        ocr.on_page()
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PageNotRecognised(last or f"{PROGRAM} ended with {done.returncode}")
    return done.stdout.decode(errors="replace")


def _joined(table: str, picture: Picture, languages: str) -> Recognised:
    """The words of tesseract's table, put together."""
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    found = (row for row in rows if row["level"] == "5" and row["text"].strip())
    paragraphs = [list(_lines(group, picture)) for _, group in groupby(found, _place("block_num", "par_num"))]
    lines = tuple(line for paragraph in paragraphs for line in paragraph)
    text = "\n\n".join("\n".join(line.text for line in paragraph) for paragraph in paragraphs)
    confidences = [word.confidence for line in lines for word in line.words]
    return Recognised(text, fmean(confidences) if confidences else 0, languages, lines)


def _lines(words: Iterator[Any], picture: Picture) -> Iterator[Line]:
    for _, group in groupby(words, _place("line_num")):
        line = [_seen(word, picture) for word in group]
        yield Line(_PARTED.sub("", " ".join(word.text for word in line)), tuple(line))


def _seen(word: Any, picture: Picture) -> Seen:
    left, top, width, height = (int(word[column]) for column in ("left", "top", "width", "height"))
    box = (left / picture.width, top / picture.height, (left + width) / picture.width, (top + height) / picture.height)
    return Seen(word["text"], *(min(1.0, max(0.0, share)) for share in (*box, float(word["conf"]) / 100)))


def _place(*columns: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda word: tuple(word[column] for column in columns)
