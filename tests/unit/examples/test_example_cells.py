"""No cell that the offline engine gives for the examples is one that a person would call absurd."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import regex
import yaml

from coderai.codebook.codebook import Codebook, Unit
from coderai.codebook.definition import define
from coderai.codebook.plain import read
from coderai.codebook.prompt import generate
from coderai.codebook.variable import VariableType
from coderai.engines.offline.engine import OfflineEngine
from coderai.language.negation import denies
from coderai.language.number_words import find_spelled_numbers
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Extraction
from coderai.services.extractor.usecases.code_document import code_document
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.domain.reading import Reading

EXAMPLES = Path(__file__).parents[3] / "examples"
DOCUMENTS = sorted(EXAMPLES.glob("*/documents/*"))
ABOUT = {
    "injured": r"injur|hurt|wound|herid|verletz|bless|broke",
    "participants": r"march|took part|people|crowd|attend|participa|worker|farmer|demonstrat|protest",
    "litres_spilled": r"lit(?:re|er)s?\b",
}
"""What a quote must speak of for a number of such things."""
COLUMNS_LOST = {("2025-week-06.txt", "Bittern Parted"), ("2025-week-06.txt", "MV Hesper Vale Engine")}
"""Rows of a table in plain text, whose columns are one blank apart once the text is read."""


def _number(cell: Extraction, quote: str, text: str) -> str:
    digits = f"{cell.value:,}".replace(",", "[.,]?")
    if regex.search(rf"(?i)\b(?:in|since|of) {digits}\b(?! \p{{L}}+s\b)", quote) and 1500 <= cell.value < 2100:
        return "a year"
    words = [quote[one.start : one.end] for one in find_spelled_numbers(quote.lower(), "en") if one.value == cell.value]
    written = "|".join([digits, *map(regex.escape, words)])
    if regex.search(rf"(?i)\b(?:{written})(?:-| )years?(?:-| )old|\baged (?:{written})\b|, (?:{written}),", quote):
        return "an age"
    if regex.search(rf"(?i)\b(?:{written}) (?:an?|per) (?:day|week|month|year)", quote):
        return "a rate"
    if regex.search(rf"(?i)\bof the [^,]*, (?:{written})\b", quote) and cell.variable.name == "injured":
        return "a part of those counted"
    about = ABOUT.get(cell.variable.name)
    return "" if about is None or regex.search(f"(?i){about}", quote) else "a number of something else"


def _truth(cell: Extraction, quote: str, text: str) -> str:
    denied = denies(quote) or bool(regex.search(r"(?i)\b(?:no|not|nobody|denied)\b", quote))
    return "" if cell.value is not denied else "the opposite of what is said"


def _text(cell: Extraction, quote: str, text: str) -> str:
    value = str(cell.value)
    if cell.variable.name in ("demand", "cause"):
        return "" if value[-1] in '.!?”"' else "cut off in a sentence"
    found = list(regex.finditer(rf"(?<!\w){regex.escape(value)}(?!\w)", " ".join(text.split())))
    more = [regex.match(r" \p{Lu}\p{Ll}+", " ".join(text.split()), pos=one.end()) for one in found]
    all_nouns = " und " in text  # in German whatever noun follows is written in capitals
    return "a part of another name" if found and all(more) and not all_nouns else _name(value, text)


def _category(cell: Extraction, quote: str, text: str) -> str:
    return "said not to be" if regex.search(rf"(?i)\bno\b[^.,]*\b{cell.value}", " ".join(quote.split())) else ""


def _name(name: str, text: str) -> str:
    words = name.split()
    if regex.fullmatch(r"(?i)one|two|three|four|five|six|\d+", name):
        return "a number for a name"
    if " and " in name:
        return "two names for one"
    runs_on = regex.fullmatch(r"About|Engine|Parted|Struck|The|Three|\p{Lu}\p{L}+innen", words[-1])
    return "a name that runs on" if len(words) > 1 and runs_on else ""


CHECKS = {
    VariableType.NUMBER: _number,
    VariableType.BOOLEAN: _truth,
    VariableType.TEXT: _text,
    VariableType.CATEGORY: _category,
}


@cache
def _codebook(project: Path) -> Codebook:
    plain: dict[str, Any] = yaml.safe_load(project.read_text("utf-8"))
    defined = [define(str(n), "", {"depends_on": [], **one}, n) for n, one in enumerate(plain["variables"])]
    asked = tuple(replace(v, active_prompt=replace(generate(v), id=v.id, version=1)) for v in defined)
    about = {name: plain[name] for name in ("domain", "language", "document_type")}
    described = {"project_name": plain["name"], "project_description": plain["description"]}
    return Codebook("", asked, read(Unit, plain["unit"]), **described, **about)


def absurd(document: Path) -> list[tuple[str, str, Any, str, str]]:
    """Entity, variable, value, quote and why it is absurd, of each cell that is."""
    (reading,) = read_file(document.read_bytes(), document.name)
    assert isinstance(reading, Reading)
    known = Document(document.name, document.name, reading.text, language=reading.language)
    coded = asyncio.run(code_document(OfflineEngine(), _codebook(document.parents[1] / "project.yaml"), known))
    found = []
    for cell in coded.extractions:
        quote = " ".join(cell.evidence.quote.split()) if cell.evidence else ""
        check = CHECKS.get(cell.variable.type)
        why = check(cell, quote, reading.text) if check and cell.value is not None else ""
        named = cell.entity_text and (document.name, cell.entity_text) not in COLUMNS_LOST
        if why := why or (_name(cell.entity_text, reading.text) if named else ""):
            found.append((cell.entity_text, cell.variable.name, cell.value, quote, why))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_no_cell_of_the_examples_is_absurd(document: Path) -> None:
    assert absurd(document) == []
