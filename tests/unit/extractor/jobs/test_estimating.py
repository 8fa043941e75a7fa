"""What coding takes is foreseen from the calls that are then really made."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.codebook import Verify
from coderai.codebook.conditions import rounds
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType
from coderai.engines.calls import Call, CallKind, Claim, Entity, Passage
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.domain.coding import planning
from coderai.services.extractor.domain.coding.cells import Cell
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Candidate, Support
from coderai.services.extractor.domain.coding.judging import judge_calls, undecided
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.jobs.estimating import AS_PREDICTED, Load, Plan, Size, prompt_tokens, usual_reply
from tests.support.codebooks import codebook, event_variables, extract, identify, variable

WORDS = "About 350 dock workers marched to the harbour. " * 12
PIECE = estimate_tokens(WORDS)


def document(chunks: int) -> Document:
    spans = [Span(n * len(WORDS), (n + 1) * len(WORDS)) for n in range(chunks)]
    return Document("1", "d", WORDS * chunks, chunks=spans)


def size(chunks: int) -> Size:
    """Of `document(chunks)`, whose chunks share nothing."""
    return Size(chunks * PIECE - (chunks - 1) * 250, chunks)


@given(st.integers(1, 5), st.integers(1, 120), st.booleans())
def test_a_document_s_calls_are_foreseen(chunks: int, variables: int, each_alone: bool) -> None:
    book = codebook(*(variable(f"v{n}") for n in range(variables)), ask_per_variable=each_alone)
    calls = [
        call
        for asked in rounds(book.variables)
        for call in planning.extract_calls(book, document(chunks).passages(), asked)
    ]
    foreseen = Plan(book, estimate_tokens).parts([size(chunks)], entities=0).asking
    assert foreseen.calls == len(calls)
    assert foreseen.tokens_in == pytest.approx(sum(prompt_tokens(call, estimate_tokens) for call in calls), rel=0.01)


@given(st.integers(1, 30))
def test_several_rows_take_a_list_and_then_each_entity(entities: int) -> None:
    book = codebook(multiple=True)
    passages = document(1).passages()
    calls = planning.identify_calls(book, passages)
    for number in range(entities):
        entity = Entity(f"the dock workers' march number {number} in town", "About 350 dock workers marched to the sea")
        calls += planning.extract_calls(book, passages, book.variables, entity)
    foreseen = Plan(book, estimate_tokens).parts([size(1)], entities).asking
    assert foreseen.calls == len(calls)
    assert foreseen.tokens_in == pytest.approx(sum(prompt_tokens(call, estimate_tokens) for call in calls), rel=0.05)


@given(st.lists(st.integers(1, 5), max_size=5), st.lists(st.integers(1, 5), max_size=5))
def test_documents_add_up(first: list[int], second: list[int]) -> None:
    plan = Plan(codebook(), estimate_tokens)
    apart = [plan.parts([size(n) for n in chunks], 0).total for chunks in (first, second)]
    assert astuple(plan.parts([size(n) for n in first + second], 0).total) == pytest.approx(astuple(sum(apart, Load())))


def test_a_measured_job_corrects_a_prediction() -> None:
    measured, predicted = Load(30, 900, 60), Load(10, 1000, 0)
    assert measured.over(predicted) == Load(3.0, 0.9, 1.0)
    assert Load(1, 10, 100).times(measured.over(predicted)) == Load(3.0, 9.0, 100.0)
    assert measured.times(AS_PREDICTED) == measured


def test_a_reply_of_usual_length_answers_all_that_is_asked() -> None:
    asked, listed = extract(codebook(), WORDS), identify(codebook(multiple=True), WORDS)
    for call, reply in ((asked, len(event_variables()) * 45), (listed, 4 * 40)):
        assert usual_reply(call) == reply
        assert prompt_tokens(call, estimate_tokens) > PIECE
    judged = Call(CallKind.JUDGE, codebook(), Passage(""), claims=(Claim(variable("v"), "a", WORDS, ""),) * 3)
    assert usual_reply(judged) == 3 * 12


@given(st.integers(1, 8), st.integers(1, 40))
def test_the_judge_is_foreseen_as_the_calls_that_put_every_answer_to_it(entities: int, variables: int) -> None:
    book = codebook(*(variable(f"v{n}") for n in range(variables)), multiple=True, verify=Verify.ALL)
    quote = "About 350 dock workers marched through Portavel on Tuesday"
    text = f"{quote}, as the harbour office said. Their union had called for it the week before."
    whole = Document("1", "d", text)
    finder = QuoteFinder(whole)
    one = Candidate("350", 0.9, finder.find(quote), "350", support=Support.STATED)
    cells = [Cell(v, candidates=[one]) for v in book.variables for _ in range(entities)]
    calls = [call for call, _ in judge_calls(book, undecided(cells, book.verify), whole, finder)]
    foreseen = Plan(book, estimate_tokens).parts([size(1)], entities).judge
    assert foreseen.calls == len(calls)
    assert foreseen.tokens_in == pytest.approx(sum(prompt_tokens(call, estimate_tokens) for call in calls), rel=0.3)


def test_deciding_is_foreseen_for_long_documents_and_telling_apart_where_a_document_has_several_rows() -> None:
    book = codebook(variable("v", if_multiple_values=IfMultipleValues.FIRST))
    plan = Plan(book, estimate_tokens)
    assert plan.parts([size(1)] * 9, 0).deciding == Load()
    assert plan.parts([size(2)] * 10 + [size(1)] * 9, 0).deciding.calls == pytest.approx(0.5)
    several = Plan(codebook(variable("v"), multiple=True), estimate_tokens)
    assert plan.parts([size(1)], 0).same == several.parts([size(1)], 1).same == Load()
    assert 0 < several.parts([size(1)], 4).same.calls < 1
    every = Plan(codebook(variable("v", if_multiple_values=IfMultipleValues.ALL)), estimate_tokens)
    assert every.parts([size(3)], 0).deciding == Load()


def test_each_call_thinks() -> None:
    book = codebook(multiple=True, verify=Verify.ALL)
    for name in ("asking", "judge", "deciding", "same"):
        plain, thought = (getattr(Plan(book, estimate_tokens, n).parts([size(3)], 4), name) for n in (0, 1000))
        assert (thought.calls, thought.tokens_in) == (plain.calls, plain.tokens_in)
        assert thought.tokens_out == pytest.approx(plain.tokens_out + 1000 * plain.calls)


def test_what_is_judged_depends_on_the_project_and_on_how_variables_are_read() -> None:
    stated, inferred = (variable("v", type) for type in (VariableType.NUMBER, VariableType.BOOLEAN))

    def claims(verify: Verify, *variables: Variable) -> float:
        return Plan(codebook(*variables, verify=verify), estimate_tokens).parts([size(1)], 0).judge.tokens_out / 12

    assert claims(Verify.NONE, stated, inferred) == 0
    assert claims(Verify.ALL, stated, inferred) == pytest.approx(2)
    assert 0 < claims(Verify.DOUBTFUL, stated) < claims(Verify.DOUBTFUL, inferred) < 1
