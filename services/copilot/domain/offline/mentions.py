"""Finds dates, places, organisations and people in a role that documents mention again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.offline.finding import Finding, enough
from coderai.services.copilot.domain.offline.value_types import DATE
from coderai.services.copilot.domain.offline.words import says_nothing
from coderai.services.copilot.domain.question import Document

_NAME = r"\p{Lu}[\p{L}\p{M}'’-]+"
_PLACE = regex.compile(rf"\b(?:in|at|near|en|em|à|bei|nach) (?P<place>{_NAME}(?:[ -]{_NAME}){{0,2}})(?! ?\d)")
_BODIES = "Union|Association|Committee|Council|Ministry|Company|Agency|Institute|University|Ltd|Inc|GmbH"
_ORGANISATION = regex.compile(
    rf"\b{_NAME}(?: (?:(?:of|for|the|and|de|la|für|der) )*{_NAME}){{0,5}} \(\p{{Lu}}{{2,8}}\)"
    rf"|\b(?:{_NAME} ){{1,4}}(?:{_BODIES})\b"
)
_ROLE = regex.compile(rf"(?<=[\s(])(?P<role>\p{{Ll}}{{4,}}),? (?:{_NAME}) (?:{_NAME})")
_BEFORE_NAMES = "with from when that named called former late while under before after wrote where into mit"
_NOT_ROLES = frozenset(_BEFORE_NAMES.split())


def mentions(documents: Sequence[Document]) -> Iterator[Finding]:
    """What most documents mention, and roles that several name a person in."""
    dated = {d.name: match for d in documents if (match := DATE.search(d.text))}
    if len(dated) >= enough(documents, 0.5):
        seen = {name: match.group() for name, match in dated.items()}
        yield Finding("date", VariableType.DATE, _DATE, seen, 0.9)
    months = {month for d in documents for match in DATE.finditer(d.text) for month in match.captures("month")}
    placed = {d.name: place for d in documents if (place := _place(d.text, months))}
    if len(placed) >= enough(documents, 0.5):
        yield Finding("location", VariableType.TEXT, _LOCATION, placed, 0.7)
    organised = {d.name: match.group() for d in documents if (match := _ORGANISATION.search(d.text))}
    if len(organised) >= enough(documents, 0.25):
        yield Finding("organisation", VariableType.TEXT, _ORGANISED, organised, 0.6)
    yield from _roles(documents)


_DATE = "The date that the document gives for {row}, as precise as it is stated. Not the date of the document itself."
_LOCATION = "The place that the document gives for {row}, by its name only, spelled as in the document."
_ORGANISED = "The organisation that the document connects with {row}, by its name as the document gives it."


def _place(text: str, months: set[str]) -> str:
    found = (match for match in _PLACE.finditer(text) if match["place"].split()[0] not in months)
    return next((match.group() for match in found), "")


def _roles(documents: Sequence[Document]) -> Iterator[Finding]:
    seen: dict[str, dict[str, str]] = {}
    for document in documents:
        for match in _ROLE.finditer(document.text):
            role = match["role"]
            if not says_nothing(role) and role not in _NOT_ROLES:
                seen.setdefault(role, {}).setdefault(document.name, match.group())
    for role, places in seen.items():
        if len(places) >= enough(documents):
            instructions = f"The name of the {role} that the document connects with {{row}}."
            yield Finding(role, VariableType.TEXT, instructions, places, 0.5)
