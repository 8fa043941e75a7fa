"""Gives what was coded the units that it is of, where coding has not done so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from coderai.codebook.variable import Variable
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.extraction import EvidenceSpan, Extraction, Found, MissingReason
from coderai.services.extractor.domain.coding.missing import unreadable
from coderai.services.extractor.domain.dataset.units import Unit, first_id


def with_units(document_id: UUID, coded: Coded, text_version: int) -> Coded:
    """A coded document with a unit for itself, or for each entity that was found in it, by its number."""
    if coded.units or not coded.identified:
        return coded
    entities = {entity.index: entity for entity in coded.receipt.entities}
    numbers = dict.fromkeys(one.entity_index for one in coded.extractions)
    units = {number: _unit(document_id, number, entities.get(number), text_version) for number in numbers}
    of_units = tuple(replace(one, unit_id=units[one.entity_index].id) for one in coded.extractions)
    return replace(coded, extractions=of_units, units=tuple(units.values()))


def unreadable_document(
    variables: Iterable[Variable], document_id: UUID, reason: MissingReason, error: str
) -> list[Extraction]:
    """The extractions of a document that failed as a whole: of the unit that is the document itself."""
    unit_id = first_id(document_id, 0)
    return [replace(unreadable(variable, reason, error), unit_id=unit_id) for variable in variables]


def _unit(document_id: UUID, number: int, entity: Found | None, text_version: int) -> Unit:
    found = [] if entity is None else [span for mention in entity.mentions for span in mention.evidence.spans[:1]]
    mentions = tuple(sorted(found, key=_place))
    text = "" if entity is None else entity.text
    return Unit(first_id(document_id, number), document_id, number, text, mentions, text_version=text_version)


def _place(span: EvidenceSpan) -> tuple[int, int]:
    return span.start, span.end
