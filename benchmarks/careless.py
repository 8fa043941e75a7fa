"""A scripted model that is good but careless, and the gold that it answers from; it needs no network and no chance.

Of its answers 80 % are right, with the sentence of the document that holds the gold value; 10 % are wrong with a real
quote (half of them another value of the document with its own sentence, half a made-up value with the right sentence);
10 % are wrong with an invented quote. It says that it is 80 to 100 % sure when it is right and 70 to 100 % when not.
Where it gives probabilities of its tokens, those are invented, too: noise whose mean is 0.89 for right values and 0.75
for wrong ones. Nothing that is measured with it says how well a real model's figures are calibrated.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from coderai.client.truth import is_right
from coderai.codebook.codebook import Codebook, Verify
from coderai.codebook.definition import define
from coderai.codebook.prompt import generate
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Variable, VariableType
from coderai.engines.calls import Call, CallKind, Claim, Passage, Reply
from coderai.kit.model_replies import NOTHING_USED
from coderai.language.dates import find_dates
from coderai.language.numbers import find_numbers
from coderai.language.sentences import split_sentences
from coderai.services.extractor.domain.coding.document import Document, Span

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared" / "corpora" / "gold"
RIGHT, REAL_QUOTE = 0.8, 0.9
"""Below the first an answer is right, below the second it is wrong with a real quote."""
_RECEIPT = {"company": "TEXT", "date": "DATE", "total": "NUMBER"}
_CONTRACT = {
    "agreement_date": ("DATE", "Agreement Date"),
    "expiration_date": ("DATE", "Expiration Date"),
    "governing_law": ("TEXT", "Governing Law"),
    "exclusivity": ("BOOLEAN", "Exclusivity"),
    "non_compete": ("BOOLEAN", "Non-Compete"),
    "audit_rights": ("BOOLEAN", "Audit Rights"),
    "insurance": ("BOOLEAN", "Insurance"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A document with the right values of its variables (several, where each is right); others are not asked."""

    document: Document
    gold: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents with gold under one codebook."""

    name: str
    codebook: Codebook
    cases: Sequence[Case]


@dataclass(slots=True)
class Careless:
    """The model of one document; `judge` is the share of its verdicts that are right, None for no verdicts."""

    case: Case
    judge: float | None
    given: dict[str, bool] = field(default_factory=dict)
    """Which variables it answered, and whether the answer was right."""
    judged: list[Call] = field(default_factory=list)
    gives_probabilities: bool = False
    draw: int = 0
    """Which of its answers to the same questions it gives; each has chances of its own."""

    @property
    def _seed(self) -> str:
        return f"{self.case.document.id}{f' {self.draw}' if self.draw else ''}"

    async def ask(self, call: Call) -> Reply:
        """Answers as an Engine does."""
        if call.kind is CallKind.JUDGE:
            self.judged.append(call)
            said = {place: self._verdict(claim) for place, claim in enumerate(call.claims)}
            return Reply(verdicts={} if self.judge is None else said, usage=replace(NOTHING_USED, calls=1))
        answers = {v.name: tuple(self._answers(v, call.passage)) for v in call.variables}
        return Reply(answers, usage=replace(NOTHING_USED, calls=1))

    def _verdict(self, claim: Claim) -> bool:
        truth = is_right(claim.variable.type, claim.value, self.case.gold[claim.variable.name])
        drawn = Random(f"judge {self._seed} {claim.variable.name} {claim.value}").random()
        return truth if drawn < (self.judge or 0) else not truth

    def _answers(self, variable: Variable, passage: Passage) -> Iterator[Answer]:
        """One answer of each passage that holds a gold value, right or wrong whatever others answer."""
        gold = self.case.gold.get(variable.name, ())
        sentence = next((s for s in _sentences_of(passage.text) if _holds(variable.type, s, gold)), None)
        if not gold or sentence is None:
            return
        of_passage = f" {passage.start}" if passage.start else ""
        draw = Random(f"{self._seed} {variable.name}{of_passage}")
        share = draw.random()
        self.given[variable.name] = self.given.get(variable.name, False) or share < RIGHT
        if share < RIGHT:
            yield self._sure(Answer(_said(variable, gold[0]), sentence, draw.uniform(0.8, 1.0)), 8, of_passage)
            return
        value, own_sentence = self._wrong(variable, gold, draw, passage)
        quote = own_sentence or sentence
        if share >= REAL_QUOTE:
            quote = f"According to the records kept by the parties the {variable.name} has since been set at {value}."
        yield self._sure(Answer(value, quote, draw.uniform(0.7, 1.0)), 3, of_passage)

    def _sure(self, answer: Answer, shape: float, of_passage: str) -> Answer:
        """The answer with an invented probability of its tokens: Beta(shape, 1), of mean shape / (shape + 1)."""
        if not self.gives_probabilities:
            return answer
        draw = Random(f"tokens {self._seed} {answer.quote} {answer.value}{of_passage}")
        return replace(answer, probability=draw.betavariate(shape, 1))

    def _wrong(self, variable: Variable, gold: Sequence[str], draw: Random, passage: Passage) -> tuple[Any, str]:
        """A wrong value; half the time another of the passage's, with its own sentence."""
        if variable.type is VariableType.BOOLEAN:
            return gold[0] != "true", draw.choice(_sentences_of(passage.text))
        if variable.type is VariableType.CATEGORY:
            return draw.choice([c.value for c in variable.categories if c.value not in gold]), ""
        stated = _values(variable.type, passage)
        others = [(v, s) for v, s in stated if not is_right(variable.type, v, gold)]
        if others and draw.random() < 0.5:
            return draw.choice(others)
        if variable.type is VariableType.NUMBER:
            return draw.randint(11_111, 99_999), ""
        if variable.type is VariableType.DATE:
            return (date(1990, 1, 1) + timedelta(draw.randint(0, 9_000))).isoformat(), ""
        return draw.choice(["Whitcombe and Daughters", "Northern Lakes", "the Easterly Union"]), ""


@cache
def _sentences_of(text: str) -> Sequence[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def _values(type_: VariableType, passage: Passage) -> Iterator[tuple[Any, str]]:
    """Values of a type that a passage states, each with its sentence."""
    for sentence in _sentences_of(passage.text):
        if type_ is VariableType.NUMBER:
            yield from ((number.value, sentence) for number in find_numbers(sentence, passage.language))
        elif type_ is VariableType.DATE:
            yield from ((d.iso, sentence) for d in find_dates(sentence, passage.language) if d.exact)
        elif len(words := sentence.split()) > 1:
            yield " ".join(words[:3]), sentence


def _holds(type_: VariableType, sentence: str, gold: Sequence[str]) -> bool:
    """Whether a sentence has a gold value; for yes/no and categories gold names none, so that any will do."""
    if type_ in (VariableType.BOOLEAN, VariableType.CATEGORY):
        return len(sentence) > len("a heading of a section")
    if type_ is VariableType.TEXT:
        return any(value.casefold() in sentence.casefold() for value in gold)
    found = find_numbers(sentence) if type_ is VariableType.NUMBER else find_dates(sentence)
    return any(is_right(type_, one.value if hasattr(one, "value") else one.iso, gold) for one in found)


def _said(variable: Variable, gold: str) -> Any:
    return gold == "true" if variable.type is VariableType.BOOLEAN else gold


def corpora(verify: Verify) -> Iterator[Corpus]:
    """The corpora that are there."""
    if GOLD.exists():
        yield _receipts(verify)
        yield _contracts(verify)
    yield _events(verify)


def in_passages(verify: Verify) -> Iterator[Corpus]:
    """The contracts again, in passages that are asked one by one, and overlap."""
    if GOLD.exists():
        whole = _contracts(verify)
        cases = [replace(c, document=replace(c.document, chunks=_chunks(c.document.text))) for c in whole.cases]
        yield replace(whole, name="contracts-in-passages", cases=cases)


def _chunks(text: str) -> list[Span]:
    return [Span(start, min(len(text), start + 6_000)) for start in range(0, len(text), 5_500)]


def _receipts(verify: Verify) -> Corpus:
    cases = []
    for line in (GOLD / "sroie-receipts.jsonl").read_text().splitlines():
        entry = json.loads(line)
        gold = {name: [entry["gold"][name]] for name in _RECEIPT}
        gold["date"] = [d.iso for d in find_dates(gold["date"][0], "ms")][:1]
        gold["total"] = [str(number.value) for number in find_numbers(gold["total"][0])][:1]
        cases.append(Case(Document(entry["id"], entry["id"], entry["text"], language="en"), gold))
    return Corpus("receipts", _codebook(_RECEIPT, verify), cases)


def _contracts(verify: Verify) -> Corpus:
    cases = []
    for line in (GOLD / "contracts" / "gold.jsonl").read_text().splitlines():
        entry = json.loads(line)
        text = (GOLD / "contracts" / entry["file"]).read_text()
        gold = {name: _plain(entry["gold"].get(of)) for name, (_, of) in _CONTRACT.items()}
        cases.append(Case(Document(entry["file"], entry["file"], text, language="en"), gold))
    return Corpus("contracts", _codebook({name: type_ for name, (type_, _) in _CONTRACT.items()}, verify), cases)


def _plain(gold: Any) -> list[str]:
    value = gold.get("iso") if isinstance(gold, Mapping) else gold
    return [] if value is None else [str(value).lower() if isinstance(value, bool) else str(value)]


def _events(verify: Verify) -> Corpus:
    home = ROOT / "examples" / "public-events"
    plain = yaml.safe_load((home / "project.yaml").read_text())
    variables = [define(v["name"], "", {**v, "depends_on": []}, n) for n, v in enumerate(plain["variables"])]
    cases = []
    with (home / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = row.pop("document")
            folder = home / ("documents" if name.endswith(".txt") else "pdf-sources")
            document = Document(name, name, (folder / name).with_suffix(".txt").read_text(), language="en")
            cases.append(Case(document, {v: cell.split("|") for v, cell in row.items() if cell}))
    return Corpus("public-events", _with_prompts(variables, verify), cases)


def _codebook(types: Mapping[str, str], verify: Verify) -> Codebook:
    asked = [define(name, "", {"name": name, "type": type_}, n) for n, (name, type_) in enumerate(types.items())]
    return _with_prompts(asked, verify)


def _with_prompts(variables: Sequence[Variable], verify: Verify) -> Codebook:
    book = Codebook("", (), verify=verify)
    asked = tuple(replace(v, active_prompt=replace(generate(v), id=v.id, version=1)) for v in variables)
    return replace(book, variables=asked)
