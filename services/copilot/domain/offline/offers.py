"""How what is stated of a kind is asked for: as which variable, with which instructions, how likely it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coderai.codebook.variable import VariableType
from coderai.engines.offline.words import stems
from coderai.services.copilot.domain.offline.traits import Kind


@dataclass(frozen=True, slots=True)
class Offer:
    """How what is stated of a kind is asked for."""

    promise: float
    """How likely it is wanted where every document has it, 0..1."""
    least: float
    """Share of the documents that must have it."""
    type: VariableType
    name: str
    instructions: str
    """With {what} for what the documents call it, {row} for what a row is, {event} for the event that it tells of."""


_OFFERS: Mapping[Kind, Offer] = {
    Kind.LABEL: Offer(1.0, 0.1, VariableType.TEXT, "{what}", "What the document gives as “{what}” for {row}."),
    Kind.EVENT: Offer(
        0.95,
        0.15,
        VariableType.CATEGORY,
        "kind of event",
        "Which kind of event {row} is, by what the document says that was organised, called or joined.",
    ),
    Kind.DATE: Offer(
        0.9,
        0.3,
        VariableType.DATE,
        "date",
        "The date of {row}, as precise as it is stated; not that of the document itself, nor that of something earlier"
        " or later that it mentions.",
    ),
    Kind.OUTCOME: Offer(
        1.0,
        0.2,
        VariableType.NUMBER,
        "number of {what}",
        "How many were {what} in {row}, all together; 0 only if the document says that nobody was. Not those of another"
        " occasion that it mentions.",
    ),
    Kind.COUNT: Offer(
        0.9,
        0.2,
        VariableType.NUMBER,
        "number of {what}",
        "How many {what} the document gives for {row}; 0 only if it says that there were none. Of a range, both ends.",
    ),
    Kind.CLAUSE: Offer(
        0.9,
        0.25,
        VariableType.TEXT,
        "{what}",
        "The {what} that the document states for {row}, in its own words, as short as they tell it.",
    ),
    Kind.DONE_BY: Offer(
        1.5,
        0.12,
        VariableType.TEXT,
        "{what}",
        "Who it was {what}, for {row}: the name as the document gives it. Not those who only took part or spoke.",
    ),
    Kind.PLACE: Offer(
        0.85,
        0.5,
        VariableType.TEXT,
        "location",
        "The place (town, region or country) of {row}, by its name alone, as the document spells it.",
    ),
    Kind.ISSUER: Offer(
        0.8,
        0.4,
        VariableType.TEXT,
        "organisation",
        "The organisation that the document names at its head, by its whole name.",
    ),
    Kind.AMOUNT: Offer(
        0.7,
        0.25,
        VariableType.NUMBER,
        "amount",
        "The fee, price, cost or total that the document gives for {row}: the amount of money alone.",
    ),
    Kind.DENIED: Offer(
        0.9,
        0.25,
        VariableType.BOOLEAN,
        "{what}",
        "Whether the document says “{what}” of {row}: true if so, false only if it denies it.",
    ),
    Kind.FORM: Offer(0.6, 0.4, VariableType.TEXT, "{what}", "The {what} that the document gives for {row}, as it is."),
}
_EVENT_DATE = Offer(
    0.9,
    0.3,
    VariableType.DATE,
    "event date",
    "The date on which {event} happened, as precise as it is stated; not that of the document itself, nor"
    " that of an earlier or a later event that it mentions. Of several days, the first.",
)
_PARTICIPANTS = Offer(
    0.9,
    0.2,
    VariableType.NUMBER,
    "number of participants",
    "How many people took part in {event}: participants, by the number that the document gives. Not those"
    " who were only expected, nor those of another occasion.",
)
_PEOPLE = frozenset(stems("people persons"))
FORM_OF = {
    VariableType.NUMBER: " Give the number alone, without its unit.",
    VariableType.DATE: " Give it as precisely as it is stated.",
    VariableType.CATEGORY: " Choose from the values listed.",
    VariableType.BOOLEAN: " True or false, only if the document says so.",
}
"""What a labelled field's instructions end with."""


def offer_of(kind: Kind, key: str, *, about_events: bool) -> Offer:
    """The offer for what is stated of a kind about something; documents about events tell of their date and crowd."""
    if about_events and kind is Kind.DATE:
        return _EVENT_DATE
    if about_events and kind is Kind.COUNT and key in _PEOPLE:
        return _PARTICIPANTS
    return _OFFERS[kind]
