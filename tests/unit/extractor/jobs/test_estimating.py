"""What coding takes is foreseen from the calls that are then really made."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.conditions import rounds
from coderai.engines.calls import Entity
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.domain.coding import planning
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.jobs.estimating import AS_PREDICTED, Load, Plan, Size, call_tokens, prompt_tokens
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
    foreseen = Plan(book, estimate_tokens).total([size(chunks)], entities=0)
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
    foreseen = Plan(book, estimate_tokens).total([size(1)], entities)
    assert foreseen.calls == len(calls)
    assert foreseen.tokens_in == pytest.approx(sum(prompt_tokens(call, estimate_tokens) for call in calls), rel=0.05)


@given(st.lists(st.integers(1, 5), max_size=5), st.lists(st.integers(1, 5), max_size=5))
def test_documents_add_up(first: list[int], second: list[int]) -> None:
    plan = Plan(codebook(), estimate_tokens)
    parts = plan.total(map(size, first), 0) + plan.total(map(size, second), 0)
    assert astuple(plan.total(map(size, first + second), 0)) == pytest.approx(astuple(parts))


def test_a_measured_job_corrects_a_prediction() -> None:
    measured, predicted = Load(30, 900, 60), Load(10, 1000, 0)
    assert measured.over(predicted) == Load(3.0, 0.9, 1.0)
    assert Load(1, 10, 100).times(measured.over(predicted)) == Load(3.0, 9.0, 100.0)
    assert measured.times(AS_PREDICTED) == measured


def test_a_reservation_covers_the_prompt_and_a_reply_of_usual_length() -> None:
    asked, listed = extract(codebook(), WORDS), identify(codebook(multiple=True), WORDS)
    for call, reply in ((asked, len(event_variables()) * 45), (listed, 4 * 40)):
        assert call_tokens(call, estimate_tokens) == prompt_tokens(call, estimate_tokens) + reply
        assert prompt_tokens(call, estimate_tokens) > PIECE
