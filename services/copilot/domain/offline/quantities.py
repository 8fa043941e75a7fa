"""Finds what documents count: numbers with a noun, an outcome or a currency that recur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.offline.finding import Finding, enough
from coderai.services.copilot.domain.offline.value_types import DATE
from coderai.services.copilot.domain.offline.words import WORD, says_nothing, stem
from coderai.services.copilot.domain.question import Document

_WORDS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|dos|tres|deux|trois|zwei|drei|vier|dois|duas"
_MAGNITUDE = "hundred|thousand|million|billion|mil|mille|Millionen|millones|milhões"
_DIGITS = r"\d+(?:[.,'\u00a0\u202f ]\d{3})*(?:[.,]\d+)?"
_NUMBER = rf"(?<![\p{{L}}\d.,:/-])(?:{_DIGITS}|{_WORDS})(?![\p{{L}}\d-])(?: (?:{_MAGNITUDE})\b)?+"
_NONE = "nobody|no one|none|no|niemand|personne|nadie|ninguém"
_COUNTED = regex.compile(_NUMBER + r" (?P<words>[\p{L}\p{M}'’-]+(?: [\p{L}\p{M}'’-]+)?)")
_CURRENCY = r"(?P<unit>\p{Sc}|\b(?:EUR|USD|GBP|CHF|JPY|INR|CNY|BRL|euros?|dollars?|pounds?)\b)"
_SUM = rf"(?<![\d.,])\d[\d.,]*+(?: (?:{_MAGNITUDE}))?"
_MONEY = regex.compile(rf"{_CURRENCY} ?{_SUM}|{_SUM} ?{_CURRENCY}")
_OUTCOMES: Mapping[str, str] = {
    "injured": "injur|wounded|hurt|verletz|bless[ée]|herid|ferid",
    "killed": "killed|dead|died|deaths|getötet|tote|tués?|mort|muert",
    "arrested": "arrest|detained|festgenommen|detenid|detid",
    "missing": "missing|vermisst|disparu|desaparecid",
    "evacuated": "evacuat|evakuiert|évacué|evacuad",
}
_OF_TIME = """
second seconds minute minutes hour hours day days week weeks month months year years am pm o'clock percent time times
january february march april may june july august september october november december
"""
_TIMES = frozenset(map(stem, _OF_TIME.split()))
_COUNT = "How many {what} the document gives for {{row}}; number words count. 0 only if it says that there were none."


def quantities(documents: Sequence[Document]) -> Iterator[Finding]:
    """Numbers of something that several documents count, outcomes first."""
    undated = [Document(document.name, DATE.sub(" . ", document.text)) for document in documents]
    yield from _outcomes(undated)
    yield from _nouns(undated)
    yield from _money(undated)


def _outcomes(documents: Sequence[Document]) -> Iterator[Finding]:
    for outcome, words in _OUTCOMES.items():
        said = regex.compile(rf"(?i)(?:{_NUMBER}|\b(?:{_NONE})\b)[^.\n]{{0,40}}?\b(?:{words})\p{{L}}*")
        seen = {d.name: match.group() for d in documents if (match := said.search(d.text))}
        if len(seen) >= enough(documents):
            yield _counted(f"number of people {outcome}", f"people {outcome}", seen, 0.9)


def _nouns(documents: Sequence[Document]) -> Iterator[Finding]:
    seen: dict[str, dict[str, tuple[str, str]]] = {}
    for document in documents:
        for match in _COUNTED.finditer(document.text):
            for word in WORD.findall(match["words"]):
                if says_nothing(word) or stem(word) in _TIMES or len(word) < 3:
                    break
                seen.setdefault(stem(word), {}).setdefault(document.name, (word, match.group()))
    outcomes = regex.compile(rf"(?i)(?:{'|'.join(_OUTCOMES.values())})\p{{L}}*")
    for places in seen.values():
        noun = next(iter(places.values()))[0]
        if len(places) >= enough(documents, 0.25) and not outcomes.fullmatch(noun):
            examples = {name: example for name, (_, example) in places.items()}
            yield _counted(f"number of {noun}", noun, examples, 0.8)


def _money(documents: Sequence[Document]) -> Iterator[Finding]:
    seen = {d.name: match for d in documents if (match := _MONEY.search(d.text))}
    if len(seen) >= enough(documents, 0.25):
        units = ", ".join(dict.fromkeys(match["unit"] for match in seen.values()))
        yield Finding(
            label="amount",
            type=VariableType.NUMBER,
            instructions=f"The amount of money that the document gives for {{row}}, seen in {units}. The number alone.",
            seen={name: match.group() for name, match in seen.items()},
            promise=0.7,
        )


def _counted(label: str, what: str, seen: Mapping[str, str], promise: float) -> Finding:
    return Finding(label, VariableType.NUMBER, _COUNT.format(what=what), seen, promise)
