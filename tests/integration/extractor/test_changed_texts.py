"""Documents whose texts change when they are read again: what was extracted from them is counted, and goes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coderai.codebook.codebook import read_codebook
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.ingest.v1.events_pb2 import ChangedText, DocumentsReread
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.staleness import stale_cells
from coderai.services.extractor.entrypoints import consumer
from tests.integration.extractor.conftest import Extractor, Stall
from tests.integration.extractor.dataset import cells, say


async def reread(extractor: Extractor, document_ids: Sequence[UUID], version: int = 1) -> None:
    """Has the extractor hear that documents have other texts, as it may twice."""
    texts = [ChangedText(document_id=str(document_id), text_version=version) for document_id in document_ids]
    payload = DocumentsReread(project_id=str(extractor.project_id), texts=texts).SerializeToString()
    envelope = Envelope(new_id(), "event.ingest.documents_reread", payload, extractor.who.workspace_id, "test")
    for _ in range(2):
        with identity.acting_as(extractor.who):
            await consumer.documents_reread(extractor.open_store, extractor.now).handle(envelope)


async def count(extractor: Extractor, document_ids: Sequence[UUID]) -> pb.CountCodingsResponse:
    named = [str(document_id) for document_id in document_ids]
    request = pb.CountCodingsRequest(project_id=str(extractor.project_id), document_ids=named)
    with identity.acting_as(extractor.who):
        counted: pb.CountCodingsResponse = await extractor.servicer.CountCodings(request, None)
    return counted


async def test_what_models_extracted_is_counted_and_goes_with_the_text_and_corrections_stay(
    extractor: Extractor,
) -> None:
    extractor.world.add(3)
    ids = [head.id for head in extractor.world.heads_]
    assert await count(extractor, ids) == pb.CountCodingsResponse()
    async with extractor.working():
        job_ids = [await extractor.start()]
        await extractor.events(job_ids[0])
        job_ids.append(await extractor.start(document_ids=ids[:2]))
        await extractor.events(job_ids[1])
    for value in ("another", "a third"):
        await say(extractor, ids[0], "first", correction=value, author=job_ids[0])
    counted = await count(extractor, [*ids[:2], new_id()])
    assert (counted.documents, counted.extractions, counted.corrections) == (2, 8, 1)
    assert list(counted.job_ids) == [str(job_id) for job_id in job_ids]

    await reread(extractor, ids[:2])

    kept = [[e.variable for e in document.extractions] for document in await extractor.rows(job_ids[0])]
    assert kept == [[], [], ["first", "second"]]
    shown = {(name, cell.value): cell.outdated for (_, name), cell in (await cells(extractor, ids[0])).items()}
    assert shown == {("first", "a third"): "REREAD", ("second", None): "REREAD"}
    assert {cell.outdated for cell in (await cells(extractor, ids[2])).values()} == {""}
    variables = read_codebook(extractor.world.plain)
    async with extractor.open_store(extractor.who.workspace_id) as store:
        stale = (await store.execute(stale_cells(extractor.project_id, variables))).all()
    assert sorted((row.document_id, row.reason) for row in stale) == sorted((id, "REREAD") for id in ids[:2] * 2)
    (first, *_) = await extractor.rows(job_ids[0])
    assert (first.status, "its text has changed" in first.error) == (pb.TASK_STATUS_FAILED, True)
    assert [(await extractor.job(job_id)).documents_failed for job_id in job_ids] == [2, 2]
    with identity.acting_as(extractor.who):
        log = await extractor.servicer.ListJobLog(pb.ListJobLogRequest(job_id=str(job_ids[0])), None)
    assert [e.message[:42] for e in log.items if e.event == pb.JOB_EVENT_TYPE_DOCS_REREAD] == [
        "2 coded documents were read again and have"
    ]
    assert (await count(extractor, ids[:2])).documents == 0


async def test_the_documents_are_coded_again_with_the_failed_ones(extractor: Extractor) -> None:
    extractor.world.add(2)
    read_again = extractor.world.heads_[1].id
    async with extractor.working():
        job_id = await extractor.start()
        await extractor.events(job_id)
        extractor.world.texts[read_again] = "d1 now says first is one; second is two."
        extractor.world.text_versions[read_again] = 1
        await reread(extractor, [read_again])
        extractor.world.calls.clear()
        with identity.acting_as(extractor.who):
            await extractor.jobs.retry_failed(extractor.who, job_id)
        await extractor.events(job_id)
    assert extractor.world.calls == ["d1"]
    (_, coded) = await extractor.rows(job_id)
    assert (coded.status, coded.extractions[0].evidence.start) == (pb.TASK_STATUS_DONE, 12)
    assert (await extractor.job(job_id)).documents_failed == 0
    await reread(extractor, [read_again])
    assert (await extractor.rows(job_id))[1] == coded


async def test_what_is_found_in_an_earlier_text_is_not_saved(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    stall = extractor.world.stalls = Stall(1)
    async with extractor.working():
        job_id = await extractor.start()
        await stall.reached.wait()
        extractor.world.texts[head.id] = "d0 now says first is one; second is two."
        extractor.world.text_versions[head.id] = 1
        await reread(extractor, [head.id])
        stall.released.set()
        await extractor.events(job_id)
    (coded,) = await extractor.rows(job_id)
    assert extractor.world.calls == ["d0", "d0"]
    assert (coded.status, coded.extractions[0].evidence.start) == (pb.TASK_STATUS_DONE, 12)
    assert (await extractor.job(job_id)).tokens_in == 2 * extractor.world.usage.tokens_in
