"""Documents are DEV or TEST by halves, each the same at every time."""

from __future__ import annotations

from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.extractor.domain.quality.splits import Split, split_of

ids = st.uuids()


@given(ids, ids)
def test_a_document_is_the_same_each_time(project_id: UUID, document_id: UUID) -> None:
    assert split_of(project_id, document_id) is split_of(UUID(str(project_id)), UUID(str(document_id)))


def test_documents_are_drawn_by_halves() -> None:
    random = Random(14)
    project_id = UUID(int=random.getrandbits(128))
    drawn = [split_of(project_id, UUID(int=random.getrandbits(128))) for _ in range(10_000)]
    # Binomial: a standard deviation is 50.
    assert abs(drawn.count(Split.DEV) - 5_000) < 250


def test_each_project_draws_for_itself() -> None:
    document_id = UUID(int=1)
    assert {split_of(UUID(int=project), document_id) for project in range(30)} == set(Split)


def test_the_draw_is_the_same_in_every_version() -> None:
    drawn = [split_of(UUID(int=1), UUID(int=document)) for document in range(8)]
    assert "".join(split[0] for split in drawn) == "TTTTTDTD"
