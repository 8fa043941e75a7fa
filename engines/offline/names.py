"""Finds names by their capitals and the words that go with them, listed places, and postal addresses by their lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import pycountry
import regex

from coderai.engines.offline.reading import Sentence
from coderai.engines.offline.words import EMPTY_WORDS
from coderai.language.sentences import Span

PLACE, ORGANISATION, ANY = range(3)
"""What a name may name."""
_CAPITAL = r"(?:\p{Lu}\.(?:\ ?\p{Lu}\.)*|(?:St|Mt|Dr|Jr|Mr|Mrs|Ms)\.|[\p{Lu}\p{Lt}][\p{L}\p{M}\p{N}'’&-]*(?:\.\p{L}+)*)"
_LINK = r"(?:of|for|the|and|de|del|de la|della|di|da|do|dos|du|des|van|von|der|für|bin|al|el|le|por|&)"
_LEGAL = (
    r"(?:(?i:inc|ltd|limited|llc|llp|l\.l\.c|l\.p|corp|corporation|company|plc|gmbh|pty|pvt|bhd|sdn|s\.a|s\.r\.l|s\.p\.a|b\.v|n\.v"
    r"|d\.o\.o)|Co|CO|LP|AG|KG|SE|SA|SAS|SARL|SpA|BV|NV|AB|AS|Oy|ООО|ОАО)(?!\p{L}|\.?\ ?(?:NO|No|REG|Reg)\b)"
)
_NAME = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}]){_CAPITAL}(?:\ (?:{_LINK}\ ){{0,2}}(?!{_LEGAL}){_CAPITAL}"
    rf"|\ \(\p{{Lu}}[\p{{L}}. ]{{0,20}}\)(?=\ \p{{Lu}}))*(?:,?\ {_LEGAL}\.?)*"
)
LEGAL_FORM = regex.compile(rf"(?<!\p{{L}}){_LEGAL}")
ORGANISATION_WORD = regex.compile(
    r"(?i)\b(?:bank|universit\w+|college|school|ministry|department|institute|agency|authority|commission|committee|council|union|party"
    r"|association|federation|confederation|league|group|holdings?|enterprises?|trading|services|hospital|church|restaurant|restoran"
    r"|hotel|mart|stores?|shop|supermarket|pharmacy|insurance|students|residents|tenants|coordinadora|associa\w+|bündnis|verein)\b"
)
_IN = regex.compile(
    r"(?i)(?<!\p{L})(?:in|at|near|from|to|through|en|à|au|dans|por|bei|aus|nach|em|no|na|a|nel|в|на|في)\s+(?:the\s+)?$"
)
_SMALL_WORD = regex.compile(r"(?<!\p{L})\p{Ll}[\p{L}\p{M}'’-]*")
_OPENERS = """
two three four five six seven eight nine ten nobody another some he she we but after before our about january february
march april may june july august september october november december monday tuesday wednesday thursday friday saturday
sunday
"""
_NEVER = EMPTY_WORDS | set(_OPENERS.split())
_LARGE = "State|Province|Territory|Region|Emirate|Prefecture|Canton|Country|Republic|Land|Governorate"


class Name(NamedTuple):
    """A name at text[start:end], with what speaks for each kind, 0..1."""

    start: int
    end: int
    evidence: tuple[float, float, float]


@lru_cache(maxsize=8)
def find_names(text: str) -> tuple[Name, ...]:
    """Finds the names in `text`, in order."""
    small = frozenset(_SMALL_WORD.findall(text))
    return tuple(name for match in _NAME.finditer(text) if (name := _name(text, *match.span(), small)))


@cache
def places() -> frozenset[str]:
    """The names of countries, states and provinces, in lower case (ISO 3166)."""
    parts = (one for one in pycountry.subdivisions if regex.search(_LARGE, one.type))
    return frozenset(str(one.name).lower() for one in (*pycountry.countries, *parts))


def find_places(sentence: Sentence, text: str) -> list[Name]:
    """Finds the countries, states and provinces that a sentence of `text` names, whatever stands around."""
    found = []
    for at, first in enumerate(sentence.words):
        for words in (sentence.words[at : at + length] for length in range(4, 0, -1)):
            if text[first.start].isupper() and " ".join(word.form for word in words) in places():
                found.append(Name(first.start, words[-1].end, (0.9, 0.1, 0.8)))
                break
    return found


def _name(text: str, start: int, end: int, small: frozenset[str]) -> Name | None:
    """The name without first words that only open a sentence, and without a full stop or a possessive at its end."""
    while (first := text[start:end].split(maxsplit=1)) and first[0].strip(".'’,-").lower() in _NEVER:
        start = end - len(first[1]) if len(first) > 1 else end
    if not LEGAL_FORM.search(text, start, end):
        end = start + len(regex.sub(r"(?:['’][sS]?|[.\-&'’]+)$", "", text[start:end]))
    if end - start < 2:
        return None
    words = (name := text[start:end]).split()
    legal = len(words) > 1 and LEGAL_FORM.search(name) is not None
    organised, placed = legal or ORGANISATION_WORD.search(name), _IN.search(text, max(0, start - 30), start)
    common = 0.4 if len(words) > 9 or all(word.strip(".,").lower() in small for word in words) else 1.0
    place = 0.1 if legal else 0.2 if organised else 0.9 if placed else 0.4
    organisation = 1.0 if legal else 0.85 if organised else 0.3 if placed else 0.5
    return Name(start, end, (common * place, common * organisation, common * 0.8))


_SIGN = regex.compile(
    r"(?i:\b(?:street|st|road|rd|avenue|ave|lane|drive|boulevard|blvd|highway|place|square|jalan|jln|jl|lorong|taman|persiaran|kampung"
    r"|rue|chemin|calle|avenida|plaza|rua|via|piazza|straat|laan|plein|platz|ul|улица|no|lot|unit|suite|floor|level|block)\b"
    r"|\p{L}{3}(?:stra(?:ß|ss)e|str\.|weg|gasse|straat|laan))|路|街|号|丁目|^\W{0,3}\d{1,5}\p{L}?,?(?:\s\p{Lu}\p{L}{2}|\W*$)"
    r"|\b\d{5}\b(?=\W{0,3}\p{L}|\W{0,3}$)|\b\p{Lu}{1,2}\d\p{L}?\d?\ \d\p{Lu}{2}\b|\b\d{4}\ ?\p{Lu}{2}\b|\b\d{2}-\d{3}\b"
)
_OTHER = regex.compile(
    r"(?i)\b(?:tel|phone|fax|e-?mail|www|http|gst|vat|tax|reg|date|time|invoice|receipt|bill|cashier|id|total|qty|iban|co|ltd|bhd|inc|gmbh)\b"
    r"|@|\d:\d\d|\p{Sc}|\d\.\d\d\b|\d/\d+/\d|\(.*\d.*\)\W*$"
)


def find_addresses(text: str) -> Iterator[Span]:
    """Finds addresses: short lines in a row from a first to a last that shows a street, a number or a postcode."""
    run: list[tuple[Span, bool]] = []
    for match in regex.finditer(r"[^\n]+|$", text):
        short = 0 < len(line := match.group().strip()) <= 90 and not _OTHER.search(line)
        sign, start = short and bool(_SIGN.search(line)), match.start() + match.group().find(line[:1])
        if sign or (run and short and len(line) <= 40):
            run.append((Span(start, start + len(line)), sign))
            continue
        last = min(max((at for at, (_, signed) in enumerate(run) if signed), default=-1) + 1, len(run) - 1)
        if sum(signed for _, signed in run) > 1 and run[last][0].end - run[0][0].start <= 200:
            yield Span(run[0][0].start, run[last][0].end)
        run = []
