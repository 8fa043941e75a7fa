"""Cells are accepted as they are, many at a time: those with an answer and no feedback, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import VariableType
from coderai.kit.db import Database, DatabaseAway
from coderai.kit.errors import InvalidInput
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback
from coderai.services.extractor.usecases import accepting
from tests.support.dataset_rows import MODEL, variable
from tests.support.reviewing import Reviewed
from tests.support.stack import ServiceDatabases

PLACE, INJURED = variable("place"), variable("injured", VariableType.NUMBER)
DOCUMENTS, ROWS = 200, 50


@pytest.fixture
async def review(service_dsns: ServiceDatabases) -> AsyncIterator[Reviewed]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Reviewed(db, Codebook("", (PLACE, INJURED), model=MODEL))
    await db.close()


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Every statement that is sent to the database while the block runs."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(db._engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(db._engine.sync_engine, "before_cursor_execute", note)


async def accept(review: Reviewed, *names: str, **accept: Any) -> int:
    reply = await review.batch(accept={"variables": names} | accept)
    assert (list(reply.items), reply.refused) == ([], 0)
    kept: int = reply.kept
    return kept


async def accepted(review: Reviewed) -> set[tuple[UUID, UUID | None]]:
    """The cells that were accepted, by unit and extraction."""
    rows = await review.rows(feedback)
    return {(row.unit_id, row.extraction_id) for row in rows if row.verdict == "CORRECT"}


async def test_cells_with_an_answer_and_no_feedback_are_accepted_as_the_model_gave_them(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded("x", INJURED, 250, confidence=0.61, prompt_version=7)
    _, other, corrected = await review.coded("x", INJURED, 300)
    given = await review.give(corrected, "INCORRECT", value=310)
    _, again, taken_back = await review.coded("x", INJURED, 5)
    await review.undo((await review.give(taken_back, "CORRECT")).id)
    _, not_named, _ = await review.coded("x", PLACE, "Malmö")
    review.recasts.clear()
    assert await accept(review, "injured", note=" looked through ") == 2
    rows = {row.unit_id: row for row in await review.rows(feedback) if row.note}
    assert rows.keys() == {unit_id, again}
    row = rows[unit_id]
    assert (row.model_value, row.model_missing_reason, row.model_confidence) == (250, "", 0.61)
    assert (row.verdict, row.extraction_id, row.prompt_version) == ("CORRECT", extraction_id, 7)
    assert (row.author, row.note, row.has_correction) == (review.who.user_id, "looked through", False)
    assert [sorted(recast) for recast in review.recasts] == [sorted([unit_id, again])]
    assert await accept(review, "injured") == 0, "what has feedback is not accepted again"
    await review.undo(given.id)
    assert await accept(review, "injured", note="the rest") == 1
    listed = await review.feedback_list(standing=True, verdict="CORRECT")
    assert {one.unit_id for one in listed.items} == {str(unit_id), str(again), str(other)}
    assert str(not_named) not in {one.unit_id for one in listed.items}


@pytest.mark.parametrize(
    ("columns", "is_accepted"),
    [
        ({"missing_reason": "NOT_STATED"}, True),
        ({"missing_reason": "NOT_FOUND"}, True),
        ({"missing_reason": "VAGUE"}, True),
        ({"missing_reason": "NOT_APPLICABLE"}, False),
        ({"missing_reason": "UNSUPPORTED"}, False),
        ({"missing_reason": "BELOW_THRESHOLD"}, False),
        ({"missing_reason": "MODEL_FAILED", "status": "FAILED"}, False),
    ],
)
async def test_what_a_model_answered_is_accepted_and_what_failed_or_was_withheld_is_not(
    review: Reviewed, columns: dict[str, Any], is_accepted: bool
) -> None:
    await review.coded("x", INJURED, **columns)
    assert await accept(review, "injured", "place") == is_accepted


async def test_only_rows_of_the_dataset_are_accepted(review: Reviewed) -> None:
    document_id = await review.document()
    for state in ("PRESENT", "REMOVED", "MERGED", "SPLIT", "LOST"):
        unit_id = await review.unit(document_id, 1, state, state=state)
        await review.extracted(unit_id, document_id, INJURED, 250)
    never_asked = await review.unit(document_id, 2, "never asked")
    await review.cell(never_asked, document_id, INJURED, extraction_id=None)
    assert await accept(review, "injured") == 1


async def test_only_rows_under_all_filters_are_accepted(review: Reviewed) -> None:
    _, sure, _ = await review.coded("x", INJURED, 250, confidence=0.95)
    for value, confidence in ((250, 0.5), (7, 0.95)):
        await review.coded("x", INJURED, value, confidence=confidence)
    async with review.session() as session:
        await session.execute(
            text("update cells set confidence = e.confidence from extractions e where e.id = extraction_id")
        )
        await session.commit()
    assert await accept(review, "injured", filter=["injured.confidence >= 0.9", "injured > 100"]) == 1
    assert {row.unit_id for row in await review.rows(feedback)} == {sure}
    with pytest.raises(InvalidInput):
        await accept(review, "injured", filter=["nothing > 100"])


async def test_accepting_makes_no_document_dev_or_test(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded("x", INJURED, 250)
    assert await accept(review, "injured") == 1
    assert [row.split for row in await review.rows(coded_documents)] == [""]
    given = await review.give(extraction_id, "INCORRECT", value=300)
    assert given.split in ("DEV", "TEST")


async def test_variables_are_named_and_known(review: Reviewed) -> None:
    for names in ([], ["injured", "nothing"]):
        with pytest.raises(InvalidInput):
            await accept(review, *names)
    assert await accept(review, "injured", "injured") == 0


async def test_ten_thousand_cells_are_accepted_by_set(review: Reviewed) -> None:
    review.codebook = Codebook("", (INJURED,), model=MODEL)
    await review.hear()
    await _many(review)
    with statements(review.db) as sent:
        assert await accept(review, "injured") == DOCUMENTS * ROWS
    batches, recasts = DOCUMENTS // accepting.DOCUMENTS_AT_A_TIME, DOCUMENTS * ROWS // accepting.UNITS_AT_A_TIME
    assert len(sent) <= 5 * (batches + 1) + 10 * recasts, "some statements for each batch, and none for a cell"
    assert [len(recast) for recast in review.recasts] == [accepting.UNITS_AT_A_TIME] * recasts
    assert len(await accepted(review)) == DOCUMENTS * ROWS
    shown = Counter((row.status, row.verdict) for row in await review.rows(cells))
    assert shown == {("VALIDATED", "CORRECT"): DOCUMENTS * ROWS}
    assert await accept(review, "injured") == 0


async def test_what_was_broken_off_goes_on_where_it_ended(review: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "DOCUMENTS_AT_A_TIME", 2)
    for _ in range(5):
        await review.coded("x", INJURED, 250)
    review.breaks_after = 2
    with pytest.raises(DatabaseAway):
        await accept(review, "injured")
    assert len(await review.rows(feedback)) == 4
    review.breaks_after = None
    assert await accept(review, "injured") == 1


_DOCUMENTS = text("""
    insert into coded_documents (id, workspace_id, project_id, document_id, document_name, status, error, unread_pages,
        unsure_pages, text_version, split)
    select gen_random_uuid(), :workspace, :project, gen_random_uuid(), 'a', 'DONE', '', '{}', '{}', 0, ''
    from generate_series(1, :documents)
""")
_UNITS = text("""
    insert into units (id, workspace_id, project_id, document_id, number, text, mentions, state, added, text_version)
    select gen_random_uuid(), workspace_id, project_id, document_id, n, 'x', '[]', 'PRESENT', false, 0
    from coded_documents, generate_series(1, :rows) n
""")
_EXTRACTIONS = text("""
    insert into extractions (id, workspace_id, project_id, job_id, document_id, document_name, variable_id, variable,
        position, entity_index, entity_text, value, confidence, status, flags, missing_reason, explanation, support,
        origin, model_confidence, prompt_version, prompt_version_id, model, unit_id)
    select gen_random_uuid(), workspace_id, project_id, :job, document_id, 'a', :variable, 'injured', 0, number, text,
        '250', 0.9, 'EXTRACTED', '{}', '', '', '', 'EXTRACTED', 0.9, 1, :job, '', id
    from units
""")
_CELLS = text("""
    insert into cells (id, workspace_id, project_id, document_id, unit_id, variable_id, extraction_id, value, label,
        confidence, status, flags, missing_reason, support, origin, verdict, asked, settings, model, outdated)
    select gen_random_uuid(), workspace_id, project_id, document_id, unit_id, variable_id, id, value, '250',
        confidence, status, flags, '', '', origin, '', '', '', '', ''
    from extractions
""")


async def _many(review: Reviewed) -> None:
    """DOCUMENTS documents of ROWS rows with a cell each; they are the workspace's only ones."""
    job_id = await review.job()
    owned = {"workspace": review.who.workspace_id, "project": review.id}
    async with review.session() as session:
        await session.execute(_DOCUMENTS, {"documents": DOCUMENTS} | owned)
        await session.execute(_UNITS, {"rows": ROWS})
        await session.execute(_EXTRACTIONS, {"job": job_id, "variable": UUID(INJURED.id)})
        await session.execute(_CELLS)
        await session.commit()
