"""Small documents share a turn, as long as they are of one project and request, few, and small together."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.ingest.domain.turns import SMALL_BYTES, TOGETHER, Waiting, shared

WAITING = st.builds(
    Waiting,
    document_id=st.uuids(),
    project_id=st.sampled_from([UUID(int=1), UUID(int=2)]),
    size=st.sampled_from([1, SMALL_BYTES // 2, SMALL_BYTES, SMALL_BYTES + 1]) | st.integers(1, SMALL_BYTES),
    correlation_id=st.sampled_from(["", "a"]),
    traceparent=st.just(""),
    is_alone=st.booleans(),
)


@given(st.lists(WAITING, max_size=80))
def test_turns_keep_order_and_bounds(waiting: list[Waiting]) -> None:
    turns = shared(waiting)
    assert [document for turn in turns for document in turn] == waiting
    for turn in turns:
        assert len(turn) <= TOGETHER
        assert len(turn) == 1 or sum(document.size for document in turn) <= SMALL_BYTES
        assert len({(document.project_id, document.correlation_id) for document in turn}) == 1
        assert len(turn) == 1 or not any(document.is_alone for document in turn)


@given(st.lists(WAITING, max_size=80))
def test_no_turn_could_have_held_the_next_document(waiting: list[Waiting]) -> None:
    for turn, (first, *_) in pairwise(shared(waiting)):
        assert len(shared([*turn, first])) == 2
