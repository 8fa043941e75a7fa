"""What raises the confidence in a value and what lowers it, in whichever order the answers come."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from coderai.codebook.reply import Answer
from coderai.codebook.variable import IfMultipleValues, IfUnsupported, Variable, VariableType
from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.candidates import candidate
from coderai.services.extractor.domain.coding.cells import Cell
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Candidate, Extraction
from coderai.services.extractor.domain.coding.judging import apply
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from tests.support.codebooks import variable

FIRST, OVERLAP, LAST = "Police counted 12 injured. ", "The clinic spoke of 12 injured. ", "Later 15 were injured."
TEXT = FIRST + OVERLAP + LAST
PASSAGES = (Passage(FIRST + OVERLAP, 0, "en"), Passage(OVERLAP + LAST, len(FIRST), "en"))
DOCUMENT = Document("1", "report", TEXT, language="en")
FINDER = QuoteFinder(DOCUMENT)
INJURED = variable("injured", VariableType.NUMBER)
FORCE = variable("force", VariableType.BOOLEAN)


def given(value: Any, quote: str, passage: int = 0, of: Variable = INJURED, **rest: Any) -> Candidate:
    answer = Answer(value, quote, **({"confidence": 0.9} | rest))
    found = candidate(of, answer, PASSAGES[passage], DOCUMENT, FINDER)
    assert found is not None
    return found


def decided(*candidates: Candidate, of: Variable = INJURED) -> Extraction:
    """The extraction, which is the same in whatever order the candidates come."""
    [found] = {decide(of, order).confidence: decide(of, order) for order in permutations(candidates)}.values()
    return found


ONCE = given(12, FIRST)
ALONE = decided(ONCE).confidence


def test_a_value_that_another_place_states_too_is_surer() -> None:
    twice = decided(ONCE, given(12, OVERLAP, 1))
    assert twice.confidence > ALONE and twice.model_confidence == 0.9
    assert decided(ONCE, given(12, OVERLAP, 0)).confidence == twice.confidence, "whoever read it"


def test_two_chunks_that_show_the_same_words_are_one_place() -> None:
    seen_twice = decided(given(12, OVERLAP, 0), given(12, OVERLAP, 1), given(12, OVERLAP.split(" of ")[1], 1))
    assert seen_twice.confidence == ALONE


def test_a_chunk_that_lacks_the_value_disagrees_with_nothing() -> None:
    for lacking in (None, ""):
        assert candidate(INJURED, Answer(lacking, "", 0.9), PASSAGES[1], DOCUMENT, FINDER) is None
    no = given(False, "The clinic spoke", 1, of=FORCE)
    yes = given(True, "Police counted", of=FORCE)
    assert decided(yes, no, of=FORCE).confidence == decided(yes, of=FORCE).confidence


def test_a_value_is_less_sure_where_another_is_stated_as_well() -> None:
    assert decided(ONCE, given(15, LAST, 1)).confidence < ALONE
    assert decided(ONCE, given(15, LAST, 1, confidence=0.5)).confidence < ALONE


@pytest.mark.parametrize("other", [given(14, LAST, 1), given(15, "Nobody knows why.", 1), given("many", LAST, 1)])
def test_what_its_quote_does_not_state_disagrees_with_nothing(other: Candidate) -> None:
    assert decided(ONCE, other).confidence == ALONE


def test_several_values_of_a_variable_that_keeps_them_do_not_disagree() -> None:
    several = variable("injured", VariableType.NUMBER, if_multiple_values=IfMultipleValues.ALL)
    found = decided(ONCE, given(15, LAST, 1), of=several)
    assert (found.value, found.confidence) == ([12, 15], ALONE)


def test_a_verdict_raises_it_and_a_refused_value_keeps_little() -> None:
    cell = Cell(INJURED, candidates=[ONCE])
    apply([(cell, ONCE)], {0: True})
    assert decided(*cell.candidates).confidence > ALONE
    flagged = variable("injured", VariableType.NUMBER, if_unsupported=IfUnsupported.FLAG)
    for confidence in (0.1, 0.9, 1.0):
        refused = decided(given(14, LAST, 1, confidence=confidence), of=flagged)
        assert (refused.value, refused.model_confidence) == (14, confidence)
        assert refused.confidence < 0.25, "whoever quotes what is not so is no witness"


def test_an_improbable_token_lowers_it_and_a_probable_one_changes_nothing() -> None:
    figures = [decided(given(12, FIRST, probability=p)).confidence for p in (0.0, 0.3, 0.8, 0.95, 1.0, None)]
    assert figures == sorted(figures) and len(set(figures[:3])) == 3
    assert figures[3:] == [ALONE] * 3
    assert given(12, FIRST, probability=0.3).probability == 0.3


@pytest.mark.parametrize("model", [0.0, 0.5, 1.0])
def test_it_is_a_share_whatever_the_model_says(model: float) -> None:
    for probability in (None, 0.0, 1.0):
        assert 0.0 < given(12, FIRST, confidence=model, probability=probability).confidence < 1.0
