"""How much of the gold corpora's truth the offline engine gets, field by field; nothing when they are not there.

Figures are told for even and odd documents apart; both were seen while the engine was made, so neither is held out.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import regex
import yaml

from benchmarks.line import report
from coderai.codebook.codebook import Codebook
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, IfMultipleValues, Variable, VariableType
from coderai.engines.offline.engine import OfflineEngine
from coderai.language.dates import parse_date
from coderai.language.numbers import parse_number
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.usecases.code_document import code_document
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.domain.reading import Reading

GOLD = (Path(__file__).parents[1] / "../shared/corpora/gold").resolve()
_ASKED = yaml.safe_load(Path(__file__).with_name("gold_questions.yaml").read_text("utf-8"))
RECEIPT, INVOICE, CONTRACT = (_ASKED[kind] for kind in ("receipt", "invoice", "contract"))
CLAUSES, SECTIONS, SAME_HEADING = (_ASKED[kind] for kind in ("clauses", "sections", "same_heading"))
HALVES = ("even", "odd")
_HEADING = regex.compile(
    r"(?:^|\n|\s{2,})(?:Section |SECTION |ARTICLE |Article )?\d{1,2}(?:\.\d{1,2})?[.)]?\s{1,8}"
    r"(?P<heading>\p{Lu}[A-Za-z]+(?:[ /&-]+[A-Za-z]+){0,5})\s{0,3}[.:]\s"
)
_SHORTEST_SECTION = 60


def measure() -> None:
    """Prints each field's measurements by half."""
    if not GOLD.is_dir():
        print(f"no gold corpora at {GOLD}: not measured")
        return
    receipts = [json.loads(line) for line in (GOLD / "sroie-receipts.jsonl").read_text("utf-8").splitlines()]
    _fields("receipts", RECEIPT, "receipts", ((one["text"], "en", one["gold"]) for one in receipts))
    _fields("invoices", INVOICE, "invoices", _invoices())
    contracts = list(read_contracts())
    _fields("contracts", CONTRACT, "contracts", contracts)
    _clauses(contracts)
    _sections(contracts)


def _invoices() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path in sorted((GOLD / "invoices").glob("*.json")):
        file = next(other for other in path.parent.glob(f"{path.stem}.*") if other.suffix in (".pdf", ".txt"))
        (reading,) = read_file(file.read_bytes(), file.name)
        assert isinstance(reading, Reading)
        yield reading.text, reading.language, json.loads(path.read_text("utf-8"))[0]


def read_contracts() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each contract's text and language, with its gold."""
    for line in (GOLD / "contracts" / "gold.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        yield (GOLD / "contracts" / one["file"]).read_text("utf-8"), "en", one["gold"]


def _fields(
    name: str,
    fields: Mapping[str, tuple[str, str]],
    document_type: str,
    documents: Iterable[tuple[str, str, Mapping[str, Any]]],
) -> None:
    asked = [variable(field, *question) for field, question in fields.items()]
    counts = Counter[tuple[str, str]]()
    for number, (text, language, gold) in enumerate(documents):
        given = ask(text, language, asked, document_type)
        for field in fields:
            right = gold.get(field)
            if right not in (None, "") and not (isinstance(right, Mapping) and right["iso"] is None):
                key = (field, HALVES[number % 2])
                counts[key] += 1
                counts[(*key, "right")] += is_right(field, given[_column(field)], right)  # type: ignore[index]
    for (field, half), total in [item for item in counts.items() if len(item[0]) == 2]:
        right_ones = counts[(field, half, "right")]  # type: ignore[index]
        report(f"gold.{name}.{_column(field)}", right_ones / total, "share right", f"{half}, {total} documents")


def _clauses(contracts: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    asked = [variable(clause, "BOOLEAN", question) for clause, question in CLAUSES.items()]
    counts = Counter[tuple[str, bool, Any]]()
    for number, (text, language, gold) in enumerate(contracts):
        given = ask(text, language, asked, "contracts")
        for clause in CLAUSES:
            counts[(HALVES[number % 2], gold[clause], given[_column(clause)])] += 1
    for half in HALVES:
        hits = counts[(half, True, True)]
        said = hits + counts[(half, False, True)]
        true = sum(count for (which, right, _), count in counts.items() if which == half and right)
        total = sum(count for (which, *_), count in counts.items() if which == half)
        noes = {right: counts[(half, right, False)] for right in (True, False)}
        how = f"{half}, {total} clauses; said yes {said}, no {noes[False] + noes[True]} ({noes[False]} rightly)"
        report("gold.contracts.clauses", 2 * hits / max(1, said + true), "micro F1 of yes", how)
        report("gold.contracts.clauses.always_yes", 2 * true / (total + true), "micro F1 of yes", half)


def _sections(contracts: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    categories = tuple(Category(heading, described) for heading, described in SECTIONS.items())
    asked = [variable("section", "CATEGORY", "What the section is about.", categories=categories)]
    for half in HALVES:
        found = [
            (heading, ask(body, language, asked, "contracts")["section"])
            for number, (text, language, _) in enumerate(contracts)
            if HALVES[number % 2] == half
            for heading, body in sections(text)
        ]
        answered = sum(given is not None for _, given in found)
        how = f"{half}, {len(found)} sections of {len(SECTIONS)} kinds, {answered} answered"
        report("gold.contracts.sections", _weighted_f1(found), "weighted F1", how)


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The sections of a contract whose heading is a kind that is asked for, each without its heading."""
    matches = list(_HEADING.finditer(text))
    for at, match in enumerate(matches):
        heading = " ".join(match["heading"].lower().split())
        heading = SAME_HEADING.get(heading, heading)
        end = matches[at + 1].start() if at + 1 < len(matches) else match.end() + 1500
        body = text[match.end() : min(end, match.end() + 1500)].strip(" -\n")
        if heading in SECTIONS and len(body) >= _SHORTEST_SECTION:
            yield heading, body


def ask(
    text: str, language: str, variables: Iterable[Variable], document_type: str, project_name: str = ""
) -> dict[str, Any]:
    """The value of each variable by its column, as a job would store it."""
    codebook = Codebook("hash", tuple(variables), document_type=document_type, project_name=project_name)
    coded = asyncio.run(code_document(OfflineEngine(), codebook, Document("1", "document", text, language=language)))
    return {one.variable.name: one.value for one in coded.extractions}


def is_right(field: str, given: Any, right: Any) -> bool:
    """Whether a value is the gold one: dates (in either order of day and month) and numbers equal, names the same.

    An address is right from a token F1 of 0.8 on, a document's name and a law where one has the other; of the parties,
    each must be named.
    """
    if given is None:
        return False
    if isinstance(right, Mapping):
        return bool(given == right["iso"])
    if "date" in field.lower():
        return given in (parse_date(str(right), "en"), parse_date(str(right), "fr"))
    if isinstance(right, int | float) or field == "total":
        value = parse_number(str(right), "en")
        return value is not None and abs(float(given) - float(value)) < 0.005
    if field == "address":
        return _token_f1(str(given), str(right)) >= 0.8
    if field == "Parties":
        names = [_letters(party.split("(")[0]) for party in str(right).split(";") if party.split("(")[0].strip()]
        said = _letters(given if isinstance(given, str) else " ".join(given))
        return all(name[:20] in said for name in names)
    one, other = _letters(str(given)), _letters(str(right))
    if field in ("Governing Law", "Document Name"):
        return bool(one) and (one in other or other in one)
    return one == other


def variable(field: str, kind: str, instructions: str, categories: tuple[Category, ...] = ()) -> Variable:
    """A variable as a project defines it."""
    several = IfMultipleValues.ALL if field == "Parties" else IfMultipleValues.FIRST
    return Variable(
        field,
        _column(field),
        VariableType(kind),
        PromptVersion("p", 1, "", 0.1, 100),
        display_name=field.replace("_", " ").capitalize(),
        instructions=instructions,
        categories=categories,
        if_multiple_values=several,
        max_values=20,
    )


def _column(field: str) -> str:
    return regex.sub(r"\W+", "_", field.lower()).strip("_")


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _token_f1(one: str, other: str) -> float:
    first, second = (Counter(regex.findall(r"\w+", text.casefold())) for text in (one, other))
    shared = (first & second).total()
    return 2 * shared / max(1, first.total() + second.total())


def _weighted_f1(found: Iterable[tuple[str, Any]]) -> float:
    pairs = list(found)
    hits = Counter(right for right, given in pairs if given == right)
    right, said = Counter(right for right, _ in pairs), Counter(given for _, given in pairs)
    return sum(right[one] * 2 * hits[one] / (right[one] + said[one]) for one in right) / max(1, len(pairs))


if __name__ == "__main__":
    measure()
