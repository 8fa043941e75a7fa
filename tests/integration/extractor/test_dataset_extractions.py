"""The dataset's cells as extractions: listed, one by one, and streamed for an export."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit
from coderai.codebook.variable import VariableType
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import Conflict, InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.adapters.tables import jobs
from coderai.services.extractor.domain.dataset.filters import read_filters
from coderai.services.extractor.queries.dataset_extractions import stream_dataset
from coderai.services.extractor.queries.packed_rows import RowsChanged
from tests.support.dataset_by_hand import BY_NAME, FILTERS
from tests.support.dataset_rows import MODEL, Project, reworded, variable
from tests.support.packed_rows import DocumentRows, unpacked
from tests.support.random_dataset import CODEBOOK, fill
from tests.support.stack import ServiceDatabases

PLACE, INJURED = variable("place"), variable("injured", VariableType.NUMBER)


def quote(text: str) -> dict[str, Any]:
    return {"quote": text, "match": "EXACT", "start": 3, "end": 9, "page": 1, "spans": []}


@pytest.fixture
async def project(service_dsns: ServiceDatabases) -> AsyncIterator[Project]:
    db = Database(service_dsns["extractor"].application, "extractor")
    project = Project(db, Codebook("", (PLACE, INJURED), model=MODEL))
    yield project
    async with project.session() as session:
        await session.execute(delete(jobs))
        await session.commit()
    await db.close()


async def listed(project: Project, **fields: Any) -> pb.ListExtractionsResponse:
    request = pb.ListExtractionsRequest(project_id=str(project.id), **fields)
    with identity.acting_as(project.who):
        return await project.extractor.ListExtractions(request, None)


async def got(project: Project, extraction_id: UUID) -> pb.Extraction:
    with identity.acting_as(project.who):
        request = pb.GetExtractionRequest(extraction_id=str(extraction_id))
        return (await project.extractor.GetExtraction(request, None)).extraction


async def streamed(project: Project, **fields: Any) -> tuple[pb.RowsHead, list[DocumentRows]]:
    request = pb.StreamRowsRequest(**{"project_id": str(project.id), **fields})
    with identity.acting_as(project.who):
        head, *parts = [part async for part in project.extractor.StreamRows(request, None)]
    return head.head, [document for part in parts for document in unpacked(part.page)]


async def documents_of(project: Project, at_a_time: int) -> AsyncIterator[DocumentRows]:
    """What the pages of the project's dataset have of the documents, one after the other."""
    open_session = partial(project.open_store, project.who.workspace_id)
    async for page in stream_dataset(open_session, project.id, project.codebook, at_a_time):
        for document in unpacked(page):
            yield document


async def coded(
    project: Project, of: Any, value: Any = None, cell: Mapping[str, Any] | None = None, **extraction: Any
) -> tuple[UUID, UUID, UUID]:
    """A document with one cell and its extraction, which say the same unless told otherwise: document, unit,
    extraction."""
    document_id = await project.document("rally.txt")
    unit_id = await project.unit(document_id, 2, "MV Corvina")
    job_id = await project.job()
    extraction_id = await project.extraction(job_id, unit_id, document_id, of, value, **extraction)
    own = {"extraction_id": extraction_id, "job_id": job_id, **(cell or {})}
    await project.cell(unit_id, document_id, of, own.pop("value", value), **own)
    return document_id, unit_id, extraction_id


async def test_a_cell_is_its_newest_extraction_as_the_dataset_shows_it(project: Project) -> None:
    evidence, candidates = quote("in Aldermoor"), [{"value": "Aldermoor", "confidence": 0.5}]
    shown = {"confidence": 0.75, "status": "VALIDATED", "flags": ["AMBIGUOUS"], "support": "STATED"}
    ids = await coded(
        project, PLACE, "Aldermoor", shown | {"verdict": "CORRECT"}, evidence=evidence, candidates=candidates
    )
    [one] = (await listed(project)).items
    assert await got(project, ids[2]) == one
    plain = to_plain(one)
    assert (plain["document_id"], plain["unit_id"], plain["id"]) == tuple(map(str, ids))
    assert (plain["document_name"], plain["entity_index"], plain["entity_text"]) == ("rally.txt", 2, "MV Corvina")
    assert (plain["variable"], plain["variable_id"], plain["value"]) == ("place", PLACE.id, "Aldermoor")
    assert {name: plain[name] for name in shown} == shown
    assert (plain["verdict"], plain["corrected_by"], plain["stale"]) == ("CORRECT", "", "")
    assert (plain["evidence"]["quote"], plain["explanation"]) == ("in Aldermoor", "it says so")
    assert (plain["raw_value"], plain["model"], plain["model_confidence"]) == ("Aldermoor", MODEL, 0.7)
    assert plain["candidates"][0]["value"] == "Aldermoor" and "model_value" not in plain
    assert plain["job_id"] and plain["prompt_version"] == 1 and plain["prompt_version_id"]


@pytest.mark.parametrize(("gave_quote", "by_model"), [(False, 25), (True, 0)])
async def test_a_corrected_cell_has_the_person_s_value_and_evidence(
    project: Project, gave_quote: bool, by_model: int
) -> None:
    corrected = {"value": 250, "origin": "CORRECTED", "corrected_by": project.who.user_id, "verdict": "INCORRECT"}
    document_id, unit_id, extraction_id = await coded(
        project, INJURED, by_model, corrected, evidence=quote("25 people")
    )
    said = await project.said(unit_id, document_id, INJURED, evidence=quote("250 people") if gave_quote else None)
    async with project.session() as session:
        await session.execute(update(cells).where(cells.c.unit_id == unit_id).values(feedback_id=said))
        await session.commit()
    one = to_plain(await got(project, extraction_id))
    assert (one["value"], one["model_value"], one["origin"]) == (250, by_model, "CORRECTED")
    assert (one["corrected_by"], one["verdict"]) == (str(project.who.user_id), "INCORRECT")
    assert one["evidence"]["quote"] == "250 people" if gave_quote else "evidence" not in one
    _, [document] = await streamed(project)
    [row] = map(to_plain, document.extractions)
    for name in ("value", "model_value", "origin", "verdict", "confidence", "status"):
        assert row[name] == one[name]
    assert row.get("evidence") == one.get("evidence")


async def test_a_value_that_was_decided_anew_has_its_own_candidate_s_evidence(project: Project) -> None:
    candidates = [{"value": n, "evidence": quote(f"{n} people")} for n in (25, 40)]
    own = {"evidence": quote("25 people"), "candidates": candidates}
    _, _, other = await coded(project, INJURED, 25, {"value": 40}, **own)
    _, _, ruled_out = await coded(project, INJURED, 25, {"value": None, "missing_reason": "NOT_APPLICABLE"}, **own)
    _, _, below = await coded(project, INJURED, 25, {"value": None, "missing_reason": "BELOW_THRESHOLD"}, **own)
    assert (await got(project, other)).evidence.quote == "40 people"
    assert not (await got(project, ruled_out)).HasField("evidence")
    assert (await got(project, below)).evidence.quote == "25 people"


async def test_an_extraction_that_is_not_the_newest_is_as_its_job_gave_it(project: Project) -> None:
    document_id, unit_id, newest = await coded(project, PLACE, "Aldermoor", {"status": "VALIDATED"})
    older = await project.extraction(await project.job(), unit_id, document_id, PLACE, "Brackwater")
    of_trial = await project.extraction(await project.job(), None, document_id, PLACE, "Brackwater")
    for extraction_id in (older, of_trial):
        plain = to_plain(await got(project, extraction_id))
        assert (plain["value"], plain["status"], plain["stale"]) == ("Brackwater", "EXTRACTED", "")
    assert [one.id for one in (await listed(project)).items] == [str(newest)]
    with pytest.raises(NotFound):
        await got(project, new_id())


async def test_a_cell_without_an_extraction_is_there_once_a_person_has_said_what_is_right(project: Project) -> None:
    document_id = await project.document()
    unit_id = await project.unit(document_id)
    nothing = {"extraction_id": None, "job_id": None}
    await project.cell(unit_id, document_id, PLACE, **nothing)
    said = await project.said(unit_id, document_id, INJURED)
    by = {"origin": "CORRECTED", "feedback_id": said, "corrected_by": project.who.user_id, "status": "VALIDATED"}
    await project.cell(unit_id, document_id, INJURED, 3, **nothing, **by)
    [one] = (await listed(project)).items
    assert (one.id, one.variable, one.stale) == ("", "injured", "NEVER_ASKED")
    _, [document] = await streamed(project)
    assert [row.variable for row in document.extractions] == ["injured"]


async def test_variables_that_are_gone_and_units_that_are_none_are_left_out(project: Project) -> None:
    await coded(project, PLACE, "Aldermoor")
    document_id, unit_id, extraction_id = await coded(project, INJURED, 3)
    project.codebook = replace(project.codebook, variables=(reworded(PLACE),))
    assert [(one.variable, one.stale) for one in (await listed(project)).items] == [("place", "ASKED_OTHERWISE")]
    assert (await got(project, extraction_id)).stale == ""
    project.codebook = replace(project.codebook, variables=(PLACE, INJURED))
    async with project.session() as session:
        await session.execute(update(units).where(units.c.id == unit_id).values(state="LOST"))
        await session.commit()
    assert [one.variable for one in (await listed(project)).items] == ["place"]
    _, [first, second] = await streamed(project)
    assert (second.document_id, second.extractions) == (str(document_id), [])
    assert [row.stale for row in first.extractions] == [""]


async def grid(project: Project, documents: int = 3, per_document: int = 2) -> list[tuple[str, int, str]]:
    """Documents with rows of two cells; document, row and variable of each in the order of the list."""
    job_id, made = await project.job(), []
    for n in range(documents):
        document_id = await project.document(f"{n}.txt")
        for index in range(1, per_document + 1):
            unit_id = await project.unit(document_id, index, f"entity {index}")
            for of, value in ((PLACE, f"town {n}"), (INJURED, n)):
                extraction_id = await project.extraction(job_id, unit_id, document_id, of, value, entity_index=index)
                status = "FLAGGED" if n == 1 else "EXTRACTED"
                own = {"extraction_id": extraction_id, "status": status, "confidence": n / 4}
                await project.cell(unit_id, document_id, of, value, **own)
                made.append((str(document_id), index, of.name))
    return made


def places(found: Any) -> list[tuple[str, int, str]]:
    return [(one.document_id, one.entity_index, one.variable) for one in found]


async def test_cells_are_listed_by_document_row_and_column_page_by_page(project: Project) -> None:
    made = await grid(project)
    for size in (1, 5, 12, 13):
        token, found = "", list[Any]()
        while True:
            page = await listed(project, page_size=size, page_token=token)
            found += page.items
            token = page.next_page_token
            if not token:
                break
        assert places(found) == made
    with pytest.raises(InvalidInput):
        await listed(project, page_token="nonsense")


async def test_cells_are_filtered_as_extractions_are(project: Project) -> None:
    made = await grid(project)
    documents = list(dict.fromkeys(document_id for document_id, _, _ in made))
    expected: list[tuple[dict[str, Any], Any]] = [
        ({"document_id": documents[2]}, lambda d, v: d == 2),
        ({"variable": "injured"}, lambda d, v: v == "injured"),
        ({"status": pb.EXTRACTION_STATUS_FLAGGED}, lambda d, v: d == 1),
        ({"min_confidence": 0.25, "max_confidence": 0.3}, lambda d, v: d == 1),
        ({"variable": "hurt"}, lambda d, v: False),
    ]
    for fields, holds in expected:
        found = places((await listed(project, **fields)).items)
        assert found == [one for one in made if holds(documents.index(one[0]), one[2])], fields


async def test_one_job_is_listed_on_request(project: Project) -> None:
    _, unit_id, newest = await coded(project, PLACE, "Aldermoor")
    async with project.session() as session:
        await session.execute(update(cells).where(cells.c.unit_id == unit_id).values(value="Brackwater"))
        await session.commit()
    job_id = (await got(project, newest)).job_id
    assert [to_plain(one)["value"] for one in (await listed(project, job_id=job_id)).items] == ["Aldermoor"]
    assert [to_plain(one)["value"] for one in (await listed(project)).items] == ["Brackwater"]


async def test_the_stream_begins_with_the_codebook_and_has_every_document(project: Project) -> None:
    made = await grid(project)
    failed = await project.document("scan.pdf", status="FAILED", error="it is empty", unread_pages=[1, 2])
    unsure = await project.document("fax.pdf", unsure_pages=[3])
    head, documents = await streamed(project)
    assert not head.HasField("job") and head.documents == len(documents)
    assert [v.name for v in head.codebook.variables] == ["place", "injured"]
    assert [one.document_id for one in documents][-2:] == [str(failed), str(unsure)]
    assert (documents[-2].status, documents[-2].error) == (pb.TASK_STATUS_FAILED, "it is empty")
    assert (documents[-2].unread_pages, documents[-1].unsure_pages) == ([1, 2], [3])
    assert [(d.document_id, e.entity_index, e.variable) for d in documents for e in d.extractions] == made
    with pytest.raises(NotFound):
        await streamed(project, project_id=str(new_id()))
    project.codebook = Codebook("", ())
    with pytest.raises(Conflict):
        await streamed(project)


async def test_a_streamed_cell_says_who_answered_and_whose_word_stands(project: Project) -> None:
    document_id = await project.document()
    unit_id, job_id = await project.unit(document_id, 1, "MV Corvina"), await project.job()
    found = await project.extraction(job_id, unit_id, document_id, PLACE, "Aldermoor", model="openai:small")
    person = new_id()
    said = await project.said(unit_id, document_id, PLACE, author=person, verdict="CORRECT", has_correction=False)
    await project.cell(
        unit_id, document_id, PLACE, "Aldermoor", extraction_id=found, feedback_id=said, verdict="CORRECT"
    )
    await project.cell(
        unit_id, document_id, INJURED, extraction_id=await project.extraction(job_id, unit_id, document_id, INJURED)
    )
    _, [part] = await streamed(project)
    place, injured = part.extractions
    assert (place.model, place.reviewed_by, place.verdict) == ("openai:small", str(person), pb.VERDICT_CORRECT)
    assert (injured.model, injured.reviewed_by) == (MODEL, "")
    assert not part.weights
    assert [one.reviewed_by for one in (await listed(project)).items] == [str(person), ""]


@pytest.mark.parametrize("at_a_time", [1, 2, 100])
async def test_entities_have_the_places_where_the_text_mentions_them_first(project: Project, at_a_time: int) -> None:
    several = Unit("one ship", RowsPerDocument.MULTIPLE)
    project.codebook = replace(project.codebook, unit=several)
    document_id, job_id = await project.document(text_version=2), await project.job()
    mentions = [{"start": 9, "end": 19, "page": 1}, {"start": 40, "end": 50, "page": 2}]
    named = [("MV Corvina", mentions, 2), ("added by a person", [], 2), ("in an older text", mentions, 1)]
    for number, (name, places, version) in enumerate(named, start=1):
        unit_id = await project.unit(document_id, number, name, mentions=places, text_version=version)
        for of in (PLACE, INJURED):
            found = await project.extraction(job_id, unit_id, document_id, of, entity_index=number)
            await project.cell(unit_id, document_id, of, extraction_id=found)
    parts = [d async for d in documents_of(project, at_a_time)]
    told = {(one.entity_index, one.start, one.end, one.page) for part in parts for one in part.entities}
    assert told == {(1, 9, 19, 1)}
    assert sum(len(part.extractions) for part in parts) == 6


@pytest.mark.parametrize("at_a_time", [1, 2, 3, 4, 5, 11, 12, 13])
async def test_pages_of_every_size_give_the_same_rows(project: Project, at_a_time: int) -> None:
    await project.document("empty.txt")
    made = await grid(project)
    await project.document("last.txt")
    found = [d async for d in documents_of(project, at_a_time)]
    assert all(len(document.extractions) <= at_a_time for document in found)
    assert [(d.document_id, e.entity_index, e.variable) for d in found for e in d.extractions] == made
    names = [d.document_name for d in found]
    assert list(dict.fromkeys(names)) == ["empty.txt", "0.txt", "1.txt", "2.txt", "last.txt"]
    assert names == sorted(names, key=list(dict.fromkeys(names)).index)


@pytest.mark.parametrize("at_a_time", [7, 8, 9, 10])
async def test_a_document_over_several_pages_stands_between_others(project: Project, at_a_time: int) -> None:
    """Three or four documents are read together, of which the second has more rows than a page."""
    made = await grid(project, documents=1, per_document=1)
    made += await grid(project, documents=1, per_document=12)
    made += await grid(project, documents=4, per_document=1)
    found = [d async for d in documents_of(project, at_a_time)]
    assert all(len(document.extractions) <= at_a_time for document in found)
    assert [(d.document_id, e.entity_index, e.variable) for d in found for e in d.extractions] == made
    assert len({d.document_id for d in found}) == 6


async def test_documents_that_are_removed_before_their_page_is_read_are_not_there(project: Project) -> None:
    made = await grid(project, documents=6, per_document=1)
    ids = list(dict.fromkeys(document_id for document_id, _, _ in made))
    # A document is a page: after the first one, two may have been read.
    stream = documents_of(project, 3)
    found = [(await anext(stream)).document_id]
    async with project.session() as session:
        gone = [UUID(ids[3]), UUID(ids[5])]
        await session.execute(delete(coded_documents).where(coded_documents.c.document_id.in_(gone)))
        await session.commit()
    found += [document.document_id async for document in stream]
    assert found == [ids[0], ids[1], ids[2], ids[4]]


async def test_no_connection_waits_for_the_receiver(project: Project, service_dsns: ServiceDatabases) -> None:
    await grid(project)
    one_connection = Database(service_dsns["extractor"].application, "extractor", pool_size=1)
    open_session = partial(Project(one_connection, project.codebook).open_store, project.who.workspace_id)
    async with asyncio.timeout(10):
        async for _ in stream_dataset(open_session, project.id, project.codebook, 1):
            await one_connection.ping()
    await one_connection.close()


async def test_a_document_that_a_job_codes_again_between_two_of_its_pages_is_not_mixed(project: Project) -> None:
    await grid(project, documents=1)
    stream = documents_of(project, 1)
    await anext(stream)
    async with project.session() as session:
        await session.execute(update(coded_documents).values(job_id=new_id()))
        await session.commit()
    # The page that follows may have been read before.
    with pytest.raises(RowsChanged):
        _ = [part async for part in stream]


async def test_what_a_person_says_between_two_pages_does_not_stop_the_stream(project: Project) -> None:
    made = await grid(project, documents=1)
    stream = documents_of(project, 1)
    rows = list((await anext(stream)).extractions)
    async with project.session() as session:
        await session.execute(update(cells).values(value=99, origin="CORRECTED", verdict="INCORRECT"))
        await session.commit()
    async for document in stream:
        rows += document.extractions
    assert [(one.entity_index, one.variable) for one in rows] == [(index, name) for _, index, name in made]
    assert [to_plain(one)["value"] for one in rows][-1] == 99


async def test_every_filter_leaves_all_cells_of_the_rows_that_a_look_at_each_finds(project: Project) -> None:
    project.codebook = CODEBOOK
    rows = await fill(project, Random(5), 15)
    job_id = await project.job()
    for row in rows:
        for name, cell in row.cells.items():
            if extraction_id := cell["extraction_id"]:
                own = {"id": extraction_id, "entity_index": row.entity_index}
                await project.extraction(job_id, row.unit_id, row.document_id, BY_NAME[name], cell["value"], **own)
    two = "place.flag!=AMBIGUOUS", "injured.missing!=NONE"
    for text, holds in {**FILTERS, "": lambda row: all(FILTERS[one](row) for one in two)}.items():
        head, documents = await streamed(project, filter=[text] if text else two)
        assert head.rows == len(rows)
        assert len({one.document_id for one in documents}) == head.documents, "all documents, with rows or without"
        made = {
            (str(row.document_id), row.entity_index, name)
            for row in filter(holds, rows)
            for name, cell in row.cells.items()
            if cell["extraction_id"]
        }
        assert {(d.document_id, e.entity_index, e.variable) for d in documents for e in d.extractions} == made, text
    with pytest.raises(InvalidInput) as refused:
        await streamed(project, filter=["nowhere=1"])
    assert list(refused.value.fields) == ["filter"]


@pytest.mark.parametrize("at_a_time", [1, 3, 5])
async def test_pages_of_every_size_give_the_rows_under_a_filter(project: Project, at_a_time: int) -> None:
    made = await grid(project)
    open_session = partial(project.open_store, project.who.workspace_id)
    filters = read_filters(["entity!=entity 2", "injured>=1"], project.codebook)
    pages = stream_dataset(open_session, project.id, project.codebook, at_a_time, filters=filters)
    found = [d async for page in pages for d in unpacked(page)]
    ids = list(dict.fromkeys(document_id for document_id, _, _ in made))
    wanted = [one for one in made if one[0] != ids[0] and one[1] != 2]
    assert [(d.document_id, e.entity_index, e.variable) for d in found for e in d.extractions] == wanted
    assert list(dict.fromkeys(d.document_id for d in found)) == ids


async def test_other_workspaces_see_nothing(project: Project) -> None:
    _, _, extraction_id = await coded(project, PLACE, "Aldermoor")
    elsewhere = Project(project.db, project.codebook, id=project.id)
    assert not (await listed(elsewhere)).items
    assert not (await streamed(elsewhere))[1]
    head, documents = await streamed(elsewhere, filter=["place=Aldermoor"])
    assert (head.rows, documents) == (0, [])
    with pytest.raises(NotFound):
        await got(elsewhere, extraction_id)


async def test_a_dataset_without_extractions_is_streamed_document_by_document(project: Project) -> None:
    rows = await fill(project, Random(1), 5)
    _, documents = await streamed(project)
    assert {document.document_id for document in documents} >= {str(row.document_id) for row in rows}
    assert not any(document.extractions for document in documents)
