"""One decision per unit and variable, which depends on what was found and on nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.coercion import coerce
from coderai.codebook.reply import Answer
from coderai.codebook.variable import (
    Category,
    IfMultipleValues,
    IfUncertain,
    IfUnsupported,
    ValidationRules,
    Variable,
    VariableType,
)
from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.candidates import candidate
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Extraction,
    Flag,
    MissingReason,
    Status,
    Support,
)
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from tests.support.codebooks import variable

DOCUMENT = Document(
    "1",
    "report",
    "Two were hurt at noon. By night 12 were hurt. The police said 1,200 marched; 15 were held. "
    "Nobody died on 3 May 2024.",
)
FINDER = QuoteFinder(DOCUMENT)
HALVES = (Passage(DOCUMENT.text[:70]), Passage(DOCUMENT.text[40:], 40))
QUOTES = (
    "Two were hurt",
    "12 were hurt",
    "1,200 marched",
    "15 were held",
    "Nobody died on 3 May 2024",
    "no such words at all",
    "",
)

values = st.sampled_from(
    ["Two", 12, "12", "1,200", 15.0, "march", "strke", "yes", False, True, "3 May 2024", "2024", "no", "?", 1, 1e40]
)
answers = st.builds(Answer, values, st.sampled_from(QUOTES), st.floats(0, 1), st.sampled_from(["", "so"]))
variables = st.builds(
    lambda type, rest: variable("v", type, **rest),
    st.sampled_from(VariableType),
    st.fixed_dictionaries(
        {
            "categories": st.just((Category("march"), Category("strike"))),
            "if_multiple_values": st.sampled_from(IfMultipleValues),
            "if_uncertain": st.sampled_from(IfUncertain),
            "confidence_threshold": st.sampled_from([0.0, 0.4, 0.7, 1.0]),
            "default_value": st.sampled_from([None, "march", 0, False]),
            "max_values": st.integers(1, 4),
            "required": st.booleans(),
            "validation_rules": st.sampled_from(
                [ValidationRules(), ValidationRules(min=5, max=20), ValidationRules(pattern="m.*")]
            ),
        }
    ),
)


def candidates_of(asked: Variable, given_: list[tuple[Answer, int]]) -> list[Candidate]:
    found = (candidate(asked, answer, HALVES[half], DOCUMENT, FINDER) for answer, half in given_)
    return [one for one in found if one is not None]


def checked(extraction: Extraction, *, failed: bool = False) -> Extraction:
    """Itself, once what holds of every extraction is seen to hold."""
    flags, reason, missing = extraction.flags, extraction.missing_reason, extraction.value is None
    assert missing == (reason is not None) or (Flag.DEFAULT_USED in flags and reason is not None)
    assert 0.0 <= extraction.confidence <= 1.0
    assert list(flags) == sorted(set(flags), key=list(Flag).index)
    failed_as_a_whole = reason is MissingReason.MODEL_FAILED
    assert extraction.status is (Status.FAILED if failed_as_a_whole else Status.FLAGGED if flags else Status.EXTRACTED)
    if missing or Flag.DEFAULT_USED in flags:
        assert extraction.evidence is None
    else:
        evidence = extraction.evidence
        assert evidence is not None
        assert evidence.start is not None, "no value without its place in the document"
        assert DOCUMENT.text[evidence.start : evidence.end] == evidence.quote
        assert (Flag.UNCHECKED in flags) == (extraction.support is Support.UNCHECKED)
    assert (Flag.REQUIRED_MISSING in flags) == (missing and extraction.variable.required)
    assert extraction.support not in (Support.CONTRADICTED, Support.UNGROUNDED) or missing
    assert not failed or reason is MissingReason.MODEL_FAILED or Flag.INCOMPLETE in flags
    return extraction


@given(
    variables,
    st.lists(st.tuples(answers, st.integers(0, 1)), max_size=6),
    st.sampled_from(["", "page 2: cut off"]),
    st.data(),
)
def test_a_decision_makes_sense_and_does_not_depend_on_the_order_of_answers(
    asked: Variable, given_: list[tuple[Answer, int]], failed: str, data: st.DataObject
) -> None:
    candidates = candidates_of(asked, given_)
    decided = checked(decide(asked, candidates, failed), failed=bool(failed))
    assert decide(asked, data.draw(st.permutations(candidates)), failed) == decided


@given(variables, st.lists(st.tuples(answers, st.integers(0, 1)), min_size=1, max_size=4))
def test_saying_the_same_twice_changes_nothing(asked: Variable, given_: list[tuple[Answer, int]]) -> None:
    candidates = candidates_of(asked, given_)
    assert decide(asked, candidates * 2) == decide(asked, candidates)


def found(
    value: Any, at: int, confidence: float = 0.9, passage: int = 0, type: VariableType = VariableType.NUMBER
) -> Candidate:
    one = candidate(variable("v", type), Answer(value, QUOTES[at], confidence), HALVES[passage], DOCUMENT, FINDER)
    assert one is not None
    return one


NUMBER = variable("v", VariableType.NUMBER)


@pytest.mark.parametrize(
    ("policy", "value", "flags"),
    [
        (IfMultipleValues.FIRST, 2, ()),
        (IfMultipleValues.LAST, 15, ()),
        (IfMultipleValues.ALL, [2, 12, 15], ()),
        (IfMultipleValues.CONCATENATE, "2; 12; 15", ()),
        (IfMultipleValues.FLAG, 2, (Flag.MULTIPLE_VALUES,)),
    ],
)
def test_several_values_of_one_passage(policy: IfMultipleValues, value: Any, flags: tuple[Flag, ...]) -> None:
    several = [found("Two", 0), found(12, 1), found(15, 3)]
    decided = decide(replace(NUMBER, if_multiple_values=policy), several)
    assert (decided.value, decided.flags) == (value, flags)
    assert [c.value for c in decided.candidates] == [2, 12, 15]


def test_the_last_value_is_the_one_that_is_stated_last_even_if_it_was_stated_before() -> None:
    last = replace(NUMBER, if_multiple_values=IfMultipleValues.LAST)
    again = [replace(found("Two", 0), value=12), replace(found(12, 1), value=2), replace(found(15, 3), value=12)]
    assert decide(last, again).value == 12
    assert decide(NUMBER, [again[0], again[1], replace(again[2], model_confidence=0.99)]).value == 12


def test_parts_of_a_document_that_contradict_each_other_are_flagged_and_all_values_kept() -> None:
    decided = decide(NUMBER, [found("Two", 0, passage=0), found(15, 3, passage=1)])
    assert (decided.value, decided.flags) == (2, (Flag.AMBIGUOUS,))
    assert [c.value for c in decided.candidates] == [2, 15]
    truth = variable("v", VariableType.BOOLEAN)
    both = [found(True, 0, type=VariableType.BOOLEAN), found(False, 4, passage=1, type=VariableType.BOOLEAN)]
    decided = decide(truth, both)
    assert (decided.value, decided.missing_reason) == (None, MissingReason.AMBIGUOUS)
    assert [c.value for c in decided.candidates] == [True, False]


def test_a_value_without_evidence_never_stands_beside_one_with_it() -> None:
    made_up = found(999, 5, 1.0)
    assert decide(NUMBER, [made_up, found(12, 1, 0.55)]).value == 12
    every = replace(NUMBER, if_multiple_values=IfMultipleValues.ALL)
    assert decide(every, [made_up, found(12, 1, 0.55)]).value == 12
    alone = decide(NUMBER, [made_up])
    assert (alone.value, alone.missing_reason, alone.support) == (None, MissingReason.UNGROUNDED, Support.UNGROUNDED)
    assert [(c.value, c.evidence.quote) for c in alone.candidates] == [(999, "no such words at all")]
    kept = decide(replace(NUMBER, if_unsupported=IfUnsupported.FLAG), [made_up])
    assert (kept.value, kept.status) == (999, Status.FLAGGED) and Flag.UNGROUNDED in kept.flags


def test_a_value_that_its_quote_contradicts_is_withheld_and_kept_as_a_candidate() -> None:
    wrong = found(77777, 3)
    withheld = decide(NUMBER, [wrong])
    assert (withheld.value, withheld.missing_reason) == (None, MissingReason.UNSUPPORTED)
    assert (withheld.flags, withheld.status) == ((Flag.UNSUPPORTED,), Status.FLAGGED)
    assert [(c.value, c.support) for c in withheld.candidates] == [(77777, Support.CONTRADICTED)]
    assert decide(NUMBER, [wrong, found(15, 3, 0.4)]).value == 15


def test_a_part_that_was_not_answered_shows() -> None:
    decided = decide(NUMBER, [found(12, 1)], "page 2: cut off")
    assert (decided.value, decided.flags) == (12, (Flag.INCOMPLETE,))
    assert "page 2: cut off" in decided.explanation
    missing = decide(replace(NUMBER, default_value=0), [], "page 2: cut off")
    assert (missing.value, missing.missing_reason) == (None, MissingReason.MODEL_FAILED)
    assert missing.explanation == "page 2: cut off"


def test_each_of_several_values_is_validated() -> None:
    rules = ValidationRules(max=13)
    several = replace(NUMBER, if_multiple_values=IfMultipleValues.CONCATENATE, validation_rules=rules)
    decided = decide(several, [found("Two", 0), found(15, 3)])
    assert (decided.value, decided.flags) == ("2; 15", (Flag.INVALID,))
    assert "15 is more than 13" in decided.explanation


@pytest.mark.parametrize(("what", "value"), [(IfMultipleValues.ALL, [2, 3]), (IfMultipleValues.CONCATENATE, "2; 3")])
def test_values_beyond_the_most_that_a_cell_keeps_are_said_to_be_there(what: IfMultipleValues, value: Any) -> None:
    candidates = [replace(found(2, 0), value=n, raw=n) for n in (2, 3, 4, 5)]
    cut = decide(variable("v", VariableType.NUMBER, if_multiple_values=what, max_values=2), candidates)
    assert (cut.value, Flag.MULTIPLE_VALUES in cut.flags) == (value, True)
    assert "states 2 more: max_values is 2" in cut.explanation
    assert len(cut.candidates) == 4
    whole = decide(variable("v", VariableType.NUMBER, if_multiple_values=what, max_values=4), candidates)
    assert Flag.MULTIPLE_VALUES not in whole.flags


def test_a_value_that_is_too_long_is_refused_with_a_reason() -> None:
    fits, long = (coerce(variable("v"), "x" * length, "") for length in (2_000, 2_001))
    assert (len(fits.value), fits.problem) == (2_000, "")
    assert long.value is None and "longer than 2,000 characters" in long.problem
