"""The ledger of units on a real database: what people do to units and take back, and what becomes of the cells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit
from coderai.codebook.variable import VariableType
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.extractor.v1 import dataset_service_pb2_grpc as stubs
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import Forbidden, InvalidInput, NotFound
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from coderai.services.extractor.adapters.dataset_tables import cells, feedback, unit_changes, units
from coderai.services.extractor.domain.dataset.ledger import (
    ChangeBuiltOn,
    UnitExists,
    UnitNotFound,
    UnitNotPresent,
    UnitsAlike,
)
from coderai.services.extractor.usecases.feedback_ports import DocumentNotCoded, NotARow, QuoteNotInText
from coderai.services.extractor.usecases.units import ChangeNotFound, OneRowEach
from tests.support.dataset_rows import MODEL, variable
from tests.support.reviewing import Reviewed
from tests.support.stack import ServiceDatabases

PLACE, INJURED = variable("place"), variable("injured", VariableType.NUMBER)
TEXT = "The Corvina ran aground off Malmö. The Ludmila came to help, and the tug Ida with her. Nobody saw Ida leave."
SHIPS = Codebook("h", (PLACE, INJURED), Unit("one ship", RowsPerDocument.MULTIPLE, "each ship"), model=MODEL)


@pytest.fixture
async def review(service_dsns: ServiceDatabases) -> AsyncIterator[Reviewed]:
    db = Database(service_dsns["extractor"].application, "extractor")
    test = Reviewed(db, SHIPS)
    await test.hear()
    yield test
    await db.close()


async def ship(review: Reviewed, document_id: UUID, name: str, number: int, **columns: Any) -> UUID:
    """A unit that the text names once."""
    start = TEXT.index(name)
    mentions = [{"start": start, "end": start + len(name), "page": 1}]
    return await review.unit(document_id, number, name, **{"mentions": mentions} | columns)


async def harbour(review: Reviewed) -> tuple[UUID, UUID, UUID]:
    """A document with two ships, of which the number of injured was asked: its id and theirs."""
    document_id = await review.document()
    review.texts[document_id] = TEXT
    corvina, ludmila = await ship(review, document_id, "Corvina", 1), await ship(review, document_id, "Ludmila", 2)
    await review.extracted(corvina, document_id, INJURED, 3, entity_index=1)
    await review.extracted(ludmila, document_id, INJURED, 5, entity_index=2)
    return document_id, corvina, ludmila


async def add(review: Reviewed, document_id: UUID, text: str, **rest: Any) -> pb.UnitChange:
    entity = {"text": text} | {name: rest.pop(name) for name in ("quote",) if name in rest}
    return await review.change("AddUnit", project_id=review.id, document_id=document_id, entity=entity, **rest)


async def merge(review: Reviewed, unit_id: UUID, *others: UUID, **rest: Any) -> pb.UnitChange:
    return await review.change("MergeUnits", unit_id=unit_id, unit_ids=others, **rest)


async def split(review: Reviewed, unit_id: UUID, *parts: str) -> pb.UnitChange:
    return await review.change("SplitUnit", unit_id=unit_id, parts=[{"text": part} for part in parts])


async def undo(review: Reviewed, change: pb.UnitChange, **rest: Any) -> pb.UnitChange:
    return await review.change("UndoUnitChange", change_id=change.id, **rest)


async def present(review: Reviewed) -> list[tuple[int, str]]:
    return [(one.entity_index, one.entity_text) for one in (await review.unit_list()).items]


async def injured(review: Reviewed) -> dict[UUID, tuple[Any, str]]:
    """What the cells of that variable show, and why they are outdated, by unit."""
    rows = [row for row in await review.rows(cells) if row.variable_id == UUID(INJURED.id)]
    return {row.unit_id: (row.value, row.outdated) for row in rows}


async def test_an_added_entity_is_a_row_whose_cells_were_never_asked(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    change = await add(review, document_id, " Ida ", quote="the tug Ida", note=" seen twice ")
    plain = to_plain(change)
    assert plain | {"id": "", "created_at": "", "unit_ids": []} == {
        "id": "",
        "created_at": "",
        "unit_ids": [],
        "kind": "ADD",
        "document_id": str(document_id),
        "note": "seen twice",
        "author": str(review.who.user_id),
        "undone_at": "",
    }
    (unit_id,) = change.unit_ids
    assert await present(review) == [(1, "Corvina"), (2, "Ludmila"), (3, "Ida")]
    listed = (await review.unit_list()).items[2]
    assert (listed.id, listed.added, listed.document_name) == (unit_id, True, "a.txt")
    assert [TEXT[span.start : span.end] for span in listed.mentions] == ["the tug Ida"]
    shown = {row.variable_id: row for row in await review.rows(cells) if row.unit_id == UUID(unit_id)}
    assert shown.keys() == {UUID(PLACE.id), UUID(INJURED.id)}
    assert {row.extraction_id for row in shown.values()} == {None}
    await undo(review, change)
    assert await present(review) == [(1, "Corvina"), (2, "Ludmila")]
    assert {row.unit_id for row in await review.rows(cells)} == {corvina, ludmila}


async def test_an_entity_before_the_others_is_the_first_row(review: Reviewed) -> None:
    document_id, _, _ = await harbour(review)
    await add(review, document_id, "the grounding", quote="The Corvina ran")
    assert await present(review) == [(1, "the grounding"), (2, "Corvina"), (3, "Ludmila")]


async def test_an_arabic_entity(review: Reviewed) -> None:
    document_id, _, _ = await harbour(review)
    review.texts[document_id] = "وصلت السفينة «لودميلا» إلى الميناء."
    change = await add(review, document_id, "السفينة لودميلا")
    (row,) = [row for row in await review.rows(units) if str(row.id) == change.unit_ids[0]]
    assert review.texts[document_id][row.mentions[0]["start"] : row.mentions[0]["end"]] == "السفينة «لودميلا"


async def test_what_the_text_does_not_name_is_no_entity(review: Reviewed) -> None:
    document_id, corvina, _ = await harbour(review)
    for text, quote in (("Estonia", ""), ("Ida", "the tug Estonia")):
        with pytest.raises(QuoteNotInText):
            await add(review, document_id, text, quote=quote)
    with pytest.raises(InvalidInput):
        await add(review, document_id, "  ", quote="the tug Ida")
    with pytest.raises(QuoteNotInText):
        await split(review, corvina, "Ida", "Estonia")
    with pytest.raises(UnitExists):
        await add(review, document_id, "corvina")
    with pytest.raises(DocumentNotCoded):
        await add(review, new_id(), "Ida")
    other = Reviewed(review.db, SHIPS, who=review.who, texts=review.texts)
    with pytest.raises(DocumentNotCoded):
        await add(other, document_id, "Ida")
    assert await review.rows(unit_changes) == []


async def test_a_removed_entity_has_no_cells_until_that_is_taken_back(review: Reviewed) -> None:
    _, corvina, ludmila = await harbour(review)
    change = await review.change("RemoveUnit", unit_id=corvina)
    assert await present(review) == [(1, "Ludmila")]
    assert [one.id for one in (await review.unit_list("REMOVED")).items] == [str(corvina)]
    assert await injured(review) == {ludmila: (5, "")}
    with pytest.raises(UnitNotPresent):
        await review.change("RemoveUnit", unit_id=corvina)
    await undo(review, change)
    assert await present(review) == [(1, "Corvina"), (2, "Ludmila")]
    assert await injured(review) == {corvina: (3, ""), ludmila: (5, "")}


async def test_what_people_said_of_a_lost_entity_counts_for_the_one_that_it_is_merged_into(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    ida = await ship(review, document_id, "Ida", 3)
    earlier = await review.extracted(ida, document_id, INJURED, 1, entity_index=3)
    given = await review.give(earlier, "INCORRECT", value=7, quote="Nobody saw Ida")
    own = await review.give(await review.extracted(corvina, document_id, PLACE, "x", entity_index=1), "CORRECT")
    async with review.session() as session:
        await session.execute(units.update().where(units.c.id == ida).values(state="LOST"))
        await session.recast([ida])
        await session.commit()
    assert await injured(review) == {corvina: (3, ""), ludmila: (5, "")}

    change = await merge(review, corvina, ida, note="the same ship")
    assert (change.kind, list(change.unit_ids)) == (pb.UNIT_CHANGE_KIND_MERGE, [str(corvina), str(ida)])
    assert await injured(review) == {corvina: (7, "UNIT_CHANGED"), ludmila: (5, "")}
    (shown,) = [row for row in await review.rows(cells) if str(row.feedback_id) == given.id]
    assert (shown.unit_id, shown.status, shown.origin) == (corvina, "VALIDATED", "CORRECTED")
    (merged,) = (await review.unit_list("MERGED")).items
    assert (merged.id, merged.merged_into) == (str(ida), str(corvina))
    assert [one.id for one in (await review.of_cell(earlier)).items] == [given.id]
    with pytest.raises(NotARow):
        await review.give(earlier, "CORRECT")

    await undo(review, change)
    assert await injured(review) == {corvina: (3, ""), ludmila: (5, "")}
    assert await review.states() == {"Corvina": "PRESENT", "Ludmila": "PRESENT", "Ida": "LOST"}
    of = {str(row.id): row.unit_id for row in await review.rows(feedback)}
    assert of == {given.id: ida, own.id: corvina}


async def test_of_feedback_of_both_the_newest_of_each_person_counts(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    shown = {row.unit_id: row.extraction_id for row in await review.rows(cells)}
    await review.give(shown[ludmila], "INCORRECT", value=50)
    await review.give(shown[corvina], "INCORRECT", value=30)
    await review.give(shown[ludmila], "INCORRECT", review.colleague(), value=40)
    await merge(review, corvina, ludmila)
    (row,) = [row for row in await review.rows(cells) if row.unit_id == corvina and row.value is not None]
    assert (row.value, "DISPUTED" in row.flags) == (40, True)
    assert document_id == row.document_id


async def test_a_merge_makes_the_cells_stale_that_were_asked_before_and_its_undo_those_asked_since(
    review: Reviewed,
) -> None:
    document_id, corvina, ludmila = await harbour(review)
    change = await merge(review, corvina, ludmila)
    assert await injured(review) == {corvina: (3, "UNIT_CHANGED")}
    again = await review.extraction(await review.job(), corvina, document_id, INJURED, 8, entity_index=1)
    async with review.session() as session:
        # As a job does that has asked about the unit anew.
        of_unit = cells.update().where(cells.c.unit_id == corvina, cells.c.variable_id == UUID(INJURED.id))
        await session.execute(of_unit.values(extraction_id=again, value=8, outdated=""))
        await session.commit()
    await undo(review, change)
    assert await injured(review) == {corvina: (8, "UNIT_CHANGED"), ludmila: (5, "")}


async def test_an_earlier_merge_that_stands_keeps_cells_stale_when_a_later_one_is_taken_back(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    ida = await ship(review, document_id, "Ida", 3)
    await merge(review, corvina, ludmila)
    later = await merge(review, corvina, ida)
    await undo(review, later)
    assert (await injured(review))[corvina] == (3, "UNIT_CHANGED")


async def test_a_split_entity_gives_way_to_its_parts_and_keeps_what_was_said_of_it(review: Reviewed) -> None:
    _, corvina, ludmila = await harbour(review)
    shown = {row.unit_id: row.extraction_id for row in await review.rows(cells)}
    given = await review.give(shown[ludmila], "INCORRECT", value=6)
    change = await split(review, ludmila, "Ida", "Ludmila")
    assert await present(review) == [(1, "Corvina"), (2, "Ludmila"), (3, "Ida")]
    assert change.unit_ids[0] == str(ludmila) and len(change.unit_ids) == 3
    assert {of: value for of, (value, _) in (await injured(review)).items() if value is not None} == {corvina: 3}
    assert [one.id for one in (await review.feedback_list(standing=True)).items] == [given.id]
    await undo(review, change)
    assert await present(review) == [(1, "Corvina"), (2, "Ludmila")]
    assert await injured(review) == {corvina: (3, ""), ludmila: (6, "")}
    assert len(await review.rows(units)) == 2
    with pytest.raises(UnitsAlike):
        await split(review, ludmila, "Ida")


async def test_a_part_of_which_people_have_spoken_is_lost_and_not_dropped_when_the_split_is_taken_back(
    review: Reviewed,
) -> None:
    document_id, _, ludmila = await harbour(review)
    change = await split(review, ludmila, "Ida", "Ludmila")
    job_id = await review.job()
    asked = await review.extraction(job_id, UUID(change.unit_ids[1]), document_id, INJURED, 1, entity_index=3)
    given = await review.give(asked, "CORRECT")
    await undo(review, change)
    assert [one.id for one in (await review.unit_list("LOST")).items] == [change.unit_ids[1]]
    assert [one.id for one in (await review.feedback_list(standing=True)).items] == [given.id]


async def test_a_change_that_a_later_one_builds_on_is_not_taken_back(review: Reviewed) -> None:
    document_id, corvina, _ = await harbour(review)
    first = await add(review, document_id, "Ida")
    second = await merge(review, corvina, UUID(first.unit_ids[0]))
    with pytest.raises(ChangeBuiltOn):
        await undo(review, first)
    colleague = review.colleague()
    undone = await undo(review, second, who=colleague)
    assert undone.undone_at
    assert (await undo(review, second)).undone_at == undone.undone_at, "taken back twice, it is taken back once"
    await undo(review, first)
    assert await review.states() == {"Corvina": "PRESENT", "Ludmila": "PRESENT"}
    by = [row.undone_by for row in await review.rows(unit_changes)]
    assert by == [review.who.user_id, colleague.user_id]


async def test_units_of_two_documents_are_not_merged(review: Reviewed) -> None:
    _, corvina, _ = await harbour(review)
    _, _, elsewhere = await harbour(review)
    with pytest.raises(UnitNotFound):
        await merge(review, corvina, elsewhere)


async def test_documents_that_are_one_row_each_have_no_entities_to_change(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    review.codebook = Codebook("h", (PLACE, INJURED), model=MODEL)
    for call in (
        add(review, document_id, "Ida"),
        review.change("RemoveUnit", unit_id=corvina),
        merge(review, corvina, ludmila),
        split(review, corvina, "Corvina", "Ida"),
    ):
        with pytest.raises(OneRowEach):
            await call


async def test_units_and_changes_are_listed_and_paged(review: Reviewed) -> None:
    first, corvina, ludmila = await harbour(review)
    second, _, other = await harbour(review)
    changes = [await merge(review, corvina, ludmila), await review.change("RemoveUnit", unit_id=other)]
    changes.append(await add(review, first, "Ida"))
    pages, token = [], ""
    for _ in range(3):
        page = await review.unit_list(page_size=1, page_token=token)
        pages += [(UUID(one.document_id), one.entity_text) for one in page.items]
        token = page.next_page_token
    assert pages == [(first, "Corvina"), (first, "Ida"), (second, "Corvina")]
    assert [one.entity_text for one in (await review.unit_list(document_id=second)).items] == ["Corvina"]

    async def listed(**wanted: Any) -> Any:
        request = pb.ListUnitChangesRequest(project_id=str(review.id), **wanted)
        with identity.acting_as(review.who):
            return await review.dataset.ListUnitChanges(request, None)

    assert [one.id for one in (await listed()).items] == [one.id for one in reversed(changes)]
    assert [one.id for one in (await listed(document_id=str(second))).items] == [changes[1].id]
    newest = await listed(page_size=2)
    rest = await listed(page_size=2, page_token=newest.next_page_token)
    assert [one.id for one in rest.items] == [changes[0].id]


async def test_another_tenant_sees_and_changes_nothing(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    change = await merge(review, corvina, ludmila)
    stranger = identity.Identity(new_id(), new_id(), identity.Role.OWNER, "test")
    assert (await review.unit_list(who=stranger)).items == []
    with pytest.raises(DocumentNotCoded):
        await add(review, document_id, "Ida", who=stranger)
    for call in (
        review.change("RemoveUnit", stranger, unit_id=corvina),
        review.change("MergeUnits", stranger, unit_id=corvina, unit_ids=[ludmila]),
        review.change("SplitUnit", stranger, unit_id=corvina, parts=[{"text": "Ida"}, {"text": "Corvina"}]),
    ):
        with pytest.raises(UnitNotFound):
            await call
    with pytest.raises(ChangeNotFound):
        await undo(review, change, who=stranger)
    with pytest.raises(NotFound):
        await review.unit_list(who=stranger, project_id=new_id())
    assert await review.states() == {"Corvina": "PRESENT", "Ludmila": "MERGED"}


async def test_a_viewer_sees_units_and_changes_none(review: Reviewed) -> None:
    document_id, corvina, ludmila = await harbour(review)
    key = identity.TokenKey("k" * 32)
    viewer = identity.Identity(review.who.workspace_id, new_id(), identity.Role.VIEWER, "test")
    of_project = {"project_id": str(review.id)}

    def register(server: Any) -> None:
        stubs.add_DatasetServiceServicer_to_server(review.dataset, server)

    async with (
        serving("extractor", "127.0.0.1:0", key, register, []) as port,
        PeerChannel("extractor", f"127.0.0.1:{port}", key) as channel,
    ):
        stub: Any = stubs.DatasetServiceStub(channel)
        with identity.acting_as(viewer):
            assert len((await stub.ListUnits(pb.ListUnitsRequest(**of_project))).items) == 2
            await stub.ListUnitChanges(pb.ListUnitChangesRequest(**of_project))
            for refused in (
                stub.AddUnit(pb.AddUnitRequest(**of_project, document_id=str(document_id))),
                stub.RemoveUnit(pb.RemoveUnitRequest(unit_id=str(corvina))),
                stub.MergeUnits(pb.MergeUnitsRequest(unit_id=str(corvina), unit_ids=[str(ludmila)])),
                stub.SplitUnit(pb.SplitUnitRequest(unit_id=str(corvina))),
                stub.UndoUnitChange(pb.UndoUnitChangeRequest(change_id=str(new_id()))),
            ):
                with pytest.raises(Forbidden):
                    await refused
    assert await review.rows(unit_changes) == []
