"""`coderai init`: writes the beginning of a project file for some documents, for somebody to go on with."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from coderai.client.documents import find_documents, project_name
from coderai.client.errors import UsageError
from coderai.client.exit_status import exit_status
from coderai.client.options import Documents
from coderai.client.screen import Screen, counted, printable
from coderai.codebook.project_yaml import to_yaml
from coderai.codebook.yaml_text import YamlUnreadable, decode

_PLAIN_TEXT = frozenset({".txt", ".md", ".htm", ".html", ".csv", ".tsv", ".json", ".jsonl", ".eml", ".rst"})
_MOST_READ = 50
"""Files of which the language is looked at."""
_CHARACTERS = 20_000
"""Of each of them."""
_HEAD = """\
# A project: what the documents are, what one row of the dataset is, which variables to code.
# Remove the # before a line to use it; docs/guides/project-file.md has all keys.
# `coderai new` proposes all of this from the documents themselves, and asks you of each.
#
# Then:  {command}
"""
_CONTEXT = """\
# What the research asks: each call to a model tells it.
# description: Which protests do local newspapers report, and how large are they?
# domain: news articles
# document_type: newspaper reports
"""
_NO_LANGUAGE = """\
# language: English
"""
_UNIT = """\
# What one row of the dataset stands for. Where a document gives several rows, say how to recognise one:
# unit:
#   row_is: one protest
#   rows_per_document: multiple
#   entity_identification_pattern: Every protest that took place, by its date and town.
unit: one document

# Who codes the documents: without this line the built-in offline engine, which needs no key and finds less.
# model: openai:gpt-5-mini

# Documents that are tried first.
sample_size: 5

# Each variable is one column; type is text, number, date, category or boolean.
variables:
"""
_VARIABLES = """\
#  - name: event_date
#    type: date
#    instructions: The day on which the event took place, not that of the report.
#
#  - name: event_type
#    type: category
#    instructions: The form of the event.
#    categories: [march, rally, strike, other]
#
#  - name: participants
#    type: number
#    instructions: How many people took part.
#
#  - name: police_used_force
#    type: boolean
#    instructions: Whether the police used force against people at the event.
#
#  - name: organiser
#    type: text
#    instructions: Who called the event, by name.
"""


class FileInTheWay(UsageError):
    """The file that would be written exists already."""


def init(
    documents: Documents,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The project file to write.")] = Path("project.yaml"),
) -> None:
    """Write the beginning of a project file for some documents, with comments that say how to go on.

    Nothing is started or sent anywhere; an existing file is never overwritten. `coderai new` proposes unit and
    variables as well.

    Example:

    - `coderai init reports/ --out strikes.yaml`
    """
    with exit_status():
        screen, files = Screen(), find_documents(documents)
        text = skeleton(documents, files, out)
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise FileInTheWay(f"{out} exists already: remove it, or name another with --out") from None
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror}") from None
        screen.done(f"wrote {out} for {counted(len(files), 'document')}")
        named = " ".join(map(shlex.quote, documents))
        screen.note("fill it in, or have unit and variables proposed:")
        screen.detail(f"coderai new {named}")


def skeleton(named: Sequence[str], files: Sequence[Path], out: Path) -> str:
    """The text of a project file for these documents; `named`: what the user called them."""
    command = printable(shlex.join(["coderai", "run", str(out), *named, "--out", "out"]))
    language, read = language_of(files)
    why = f"The language of {counted(read, 'document')} that could be looked at; Mixed when they have several."
    return "\n".join(
        [
            _HEAD.format(command=command),
            to_yaml({"name": project_name(named)}),
            _CONTEXT,
            to_yaml({"language": language}, {"language": why}) if language else _NO_LANGUAGE,
            _UNIT.rstrip(),
            _VARIABLES,
        ]
    )


def language_of(files: Sequence[Path]) -> tuple[str, int]:
    """The language of what is plain text among the files ("Arabic", "Mixed", or empty), and how many files tell it."""
    # Imported here, as it takes a tenth of a second that the other commands need not wait.
    from coderai.language.detection import detect_language, main_language

    counts = Counter(code for text in _texts(files) if (code := detect_language(text)))
    return main_language(counts), counts.total()


def _texts(files: Sequence[Path]) -> Iterator[str]:
    plain = [file for file in files if file.suffix.lower() in _PLAIN_TEXT]
    step = max(1, len(plain) // _MOST_READ)
    for file in plain[::step][:_MOST_READ]:
        try:
            with file.open("rb") as stream:
                yield _decoded(stream.read(_CHARACTERS))
        except OSError:
            continue


def _decoded(data: bytes) -> str:
    """The text, as far as it can be read; what is cut off in the middle of a character is left out."""
    try:
        return decode(data)
    except YamlUnreadable:
        return data.decode("utf-8", "replace") if data.count(b"\x00") == 0 else ""
