"""What is kept of a decision is enough to take it again, under the same settings or any others."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from coderai.codebook.codebook import Unit
from coderai.codebook.conditions import with_dependents
from coderai.codebook.fingerprints import asked
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.reply import Answer
from coderai.codebook.variable import (
    Category,
    Condition,
    IfMultipleValues,
    IfUncertain,
    IfUnsupported,
    ValidationRules,
    Variable,
    VariableType,
)
from coderai.engines.calls import Passage
from coderai.services.extractor.adapters.rows import extractions_values, read_basis
from coderai.services.extractor.domain.coding.candidates import candidate
from coderai.services.extractor.domain.coding.cells import Cell, Row
from coderai.services.extractor.domain.coding.confidence import rated
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Evidence,
    EvidenceSpan,
    Extraction,
    Match,
    MissingReason,
    Support,
)
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.replay import needed, redecide
from coderai.services.extractor.domain.jobs.job import TaskStatus
from coderai.services.extractor.usecases.ports import Task

TEXT = (
    "Two were hurt at noon. By night 12 were hurt. The police said 1,200 marched; 15 were held. "
    "Nobody died on 3 May 2024. Later 12 were hurt again, and two were hurt at sea. Dozens fled."
)
DOCUMENT = Document("1", "report", TEXT)
FINDER = QuoteFinder(DOCUMENT)
PARTS = tuple(Passage(TEXT[start:end], start) for start, end in ((0, 70), (40, 120), (90, len(TEXT))))
QUOTES = ("Two were hurt", "12 were hurt", "two were hurt at sea", "12 were hurt again", "15 were held", "Dozens", "so")
IDS = [UUID(int=n) for n in range(3)]
TASK = Task(IDS[0], IDS[1], IDS[2], "report", TaskStatus.QUEUED)

values = st.sampled_from(["Two", 2, 12, "12", "1,200", 15.0, "march", "strke", "yes", False, True, "no", "dozens", "?"])
figures = st.sampled_from([0.5, 0.9, 0.95])
answers = st.builds(Answer, values, st.sampled_from(QUOTES), figures, st.sampled_from(["", "so"]))
probabilities = st.sampled_from([None, 0.4, 0.99])
"""Few of each, so that candidates often have the same strength."""
settings_ = st.fixed_dictionaries(
    {
        "if_multiple_values": st.sampled_from(IfMultipleValues),
        "if_uncertain": st.sampled_from(IfUncertain),
        "if_unsupported": st.sampled_from(IfUnsupported),
        "confidence_threshold": st.sampled_from([0.0, 0.4, 0.7, 1.0]),
        "default_value": st.sampled_from([None, "march", 0, False]),
        "max_values": st.integers(1, 4),
        "required": st.booleans(),
        "validation_rules": st.sampled_from(
            [ValidationRules(), ValidationRules(min=5), ValidationRules(pattern="m.*")]
        ),
    }
)
gaps = st.fixed_dictionaries(
    {
        "failed": st.sampled_from(["", "page 2: cut off"]),
        "absent": st.sampled_from([MissingReason.NOT_STATED, MissingReason.NOT_FOUND]),
        "unread": st.sampled_from(["", "no text was read of page 3"]),
        "unsure": st.sampled_from(["", "text recognition is unsure of page 4"]),
        "answered": st.booleans(),
    }
)


def of_type(type_: VariableType, **rest: Any) -> Variable:
    categories = (Category("march"), Category("strike")) if type_ is VariableType.CATEGORY else ()
    return Variable(str(IDS[0]), "v", type_, PromptVersion(str(IDS[1]), 1, "v", 0.1, 99), categories=categories, **rest)


@st.composite
def candidates(draw: st.DrawFn, variable: Variable) -> list[Candidate]:
    """Candidates as answers give them, some judged, and one perhaps preferred."""
    found = []
    for answer, part in draw(st.lists(st.tuples(answers, st.sampled_from(PARTS)), max_size=7)):
        one = candidate(variable, answer, part, DOCUMENT, FINDER)
        if one is None:
            continue
        one = replace(one, probability=draw(probabilities))
        if one.support is Support.UNCHECKED and draw(st.booleans()):
            states = draw(st.booleans())
            one = replace(one, judged=states, support=Support.JUDGED if states else Support.CONTRADICTED)
        found.append(rated(one))
    if found and draw(st.booleans()):
        found[0] = replace(found[0], preferred=True, explanation="preferred")
    return found


def stored(variable: Variable, cell: Cell) -> tuple[Extraction, Any]:
    """The extraction of a cell, and its row as the database gives it back."""
    row = Row([variable], PARTS)
    row.cells[variable.name] = cell
    [extraction] = row.extractions()
    [values_] = extractions_values(TASK, [extraction])
    return extraction, SimpleNamespace(**json.loads(json.dumps(values_, default=str)))


@given(st.sampled_from(VariableType), settings_, settings_, gaps, st.data())
def test_a_decision_is_taken_again_from_what_was_kept(
    type_: VariableType, then: dict[str, Any], now: dict[str, Any], gaps: dict[str, Any], data: st.DataObject
) -> None:
    variable = of_type(type_, **then)
    found = data.draw(candidates(variable))
    gaps = dict(gaps)
    failed, absent = gaps.pop("failed"), gaps.pop("absent")
    cell = Cell(variable, candidates=found, failed=[failed] if failed else [], absent=absent, **gaps)
    extraction, row = stored(variable, cell)
    basis = read_basis(row, variable)
    assert basis is not None and basis.candidates == needed(found)
    assert redecide(variable, basis) == decide(variable, found, failed, absent, **gaps) == extraction
    other = of_type(type_, **now)
    assert redecide(other, basis) == decide(other, found, failed, absent, **gaps)
    assert asked(variable, Unit()) == asked(other, Unit()), "only settings were changed"


def placed(
    value: int, place: tuple[int, int] | None, support: Support = Support.STATED, sure: float = 0.9
) -> Candidate:
    """A candidate at a place in the text, or somewhere behind all others."""
    spans = (EvidenceSpan(*place, 1),) if place else ()
    quote = Evidence(f"quote {place}", Match.EXACT, spans)
    passage = place[0] // 40 * 40 if place else 90
    return rated(Candidate(value, 0.0, quote, value, passage=passage, support=support, model_confidence=sure))


REFUSED, STATED = Support.CONTRADICTED, Support.STATED
crowded = st.builds(
    placed,
    st.sampled_from([1, 2]),
    st.sampled_from([(0, 50), (10, 20), (30, 45), (60, 80), None]),
    st.sampled_from([STATED, STATED, REFUSED]),
    st.sampled_from([0.9, 0.95]),
)
"""Of two values, at few places: many are as strong as others."""
EQUALS_INSIDE = [placed(1, (10 * n, 10 * n + 5), STATED, sure) for n, sure in enumerate((0.9, 0.95, 0.95, 0.9))]
FIRST_USABLE_INSIDE = [
    *(placed(1, (0, 5), REFUSED), placed(1, (20, 60)), placed(2, (26, 29))),
    *(placed(1, (30, 35), STATED, 0.95), placed(1, (40, 45), REFUSED)),
]


@example({"if_multiple_values": IfMultipleValues.FIRST}, EQUALS_INSIDE, False)
@example({"if_multiple_values": IfMultipleValues.LAST}, EQUALS_INSIDE, False)
@example({"if_multiple_values": IfMultipleValues.ALL}, FIRST_USABLE_INSIDE, False)
@settings(max_examples=200)
@given(settings_, st.lists(crowded, min_size=3, max_size=9), st.booleans())
def test_what_is_not_kept_decides_nothing(rest: dict[str, Any], found: list[Candidate], preferring: bool) -> None:
    found = [replace(found[0], preferred=preferring), *found[1:]]
    kept = needed(found)
    assert needed(kept) == kept
    variable = of_type(VariableType.NUMBER, **rest)
    assert decide(variable, kept) == decide(variable, found)


def test_a_cell_with_one_answer_is_kept_in_a_few_bytes() -> None:
    variable = of_type(VariableType.NUMBER)
    one = candidate(variable, Answer("15", "15 were held", 0.9, "It says so."), PARTS[1], DOCUMENT, FINDER)
    assert one is not None
    extraction, row = stored(variable, Cell(variable, candidates=[rated(replace(one, probability=0.8))], answered=True))
    assert extraction.value == 15
    assert row.basis == {"candidates": [{"probability": 0.8, "passage": 40}], "answered": True}


def test_what_conditions_ruled_out_after_it_was_asked_is_kept_and_what_was_never_asked_is_not() -> None:
    first, second = variable_of("first"), variable_of("second", depends_on=(Condition("first"),))
    row = Row([first, second], PARTS)
    one = candidate(second, Answer("15", "15 were held", 0.9), PARTS[1], DOCUMENT, FINDER)
    assert one is not None
    row.cells["second"].asked, row.cells["second"].candidates = True, [one]
    bases = {e.variable.name: e.basis for e in row.extractions()}
    assert bases["first"] is None and bases["second"] is not None
    assert redecide(second, bases["second"]).value == 15
    assert {e.missing_reason for e in row.extractions()} == {MissingReason.NOT_APPLICABLE}


def variable_of(name: str, **rest: Any) -> Variable:
    return replace(of_type(VariableType.NUMBER, **rest), name=name)


def test_dependents_are_those_of_dependents_too() -> None:
    a, b = variable_of("a"), variable_of("b", depends_on=(Condition("a"),))
    c, d = variable_of("c", depends_on=(Condition("b"),)), variable_of("d", depends_on=(Condition("x"),))
    assert with_dependents([c, b, a, d], ["a"]) == ("c", "b", "a")
    assert with_dependents([c, b, a, d], ["b"]) == ("c", "b")
    assert with_dependents([c, b, a, d], ["d"]) == ("d",)
