"""The shared dataset has what it is there for."""

from __future__ import annotations

from coderai.codebook.variable import VariableType
from coderai.services.export.adapters.messages import WORDS
from coderai.services.export.domain.coded import cell
from tests.unit.export.everything import AWKWARD_TEXTS, TEXTS, awkward, everything


def test_every_type_and_every_missing_reason_is_there() -> None:
    made = everything()
    cells = [(v, cell(unit, v)) for unit in made.units() for v in made.codebook.variables]
    assert {v.type for v, found in cells if found.values} == set(VariableType)
    assert {v.type for v, found in cells if len(found.values) > 1} == set(VariableType)
    assert {found.missing_reason for _, found in cells} == {"", *WORDS.reasons} - {"NOT_SELECTED"}


def test_its_quotes_stand_in_its_texts() -> None:
    spans = [
        (found.evidence.quote, TEXTS[unit.document.id][span.start : span.end])
        for unit in everything().units()
        for found in unit.extractions.values()
        for span in found.evidence.spans
    ]
    assert len(spans) > 20
    assert all(quote == text for quote, text in spans)


def test_every_awkward_text_is_a_row() -> None:
    assert [row[3] for row in awkward().rows()] == list(AWKWARD_TEXTS)
