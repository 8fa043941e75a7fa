"""A job's life: every document is coded exactly once, whatever fails, and the log tells it without a gap."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput, NotFound, Unavailable
from coderai.kit.ids import new_id
from coderai.kit.model_replies import ModelRefusedRequest, ModelReplyInvalid
from coderai.kit.wire import to_plain
from coderai.services.extractor.adapters.tables import tasks
from coderai.services.extractor.domain.coding.document import Span
from coderai.services.extractor.domain.jobs.job import JobKind, JobNotPaused
from coderai.services.extractor.usecases.choosing import (
    DocumentsNotRead,
    NoDocuments,
    NothingReadable,
    UnknownDocuments,
)
from coderai.services.extractor.usecases.jobs import JobActive, SampleFirst
from coderai.services.extractor.usecases.tasks import MOST_VANISHED
from tests.integration.extractor.conftest import Extractor, Stall
from tests.support.told import told


async def test_a_job_codes_every_document_once_and_logs_it_without_a_gap(extractor: Extractor) -> None:
    extractor.world.add(10)
    job_id = await extractor.start()
    async with extractor.working():
        stream = await extractor.events(job_id, after=0)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 10, 0)
    assert (job.progress, job.tokens_in, job.tokens_out) == (100, 1000, 100)
    assert [r.sequence for r in stream] == list(range(1, 23))
    types = [to_plain(r.event)["event"] for r in stream]
    assert types[0] == "JOB_STARTED" and types[-1] == "JOB_COMPLETED"
    assert types.count("DOC_STARTED") == types.count("DOC_COMPLETED") == 10
    rows = await extractor.rows(job_id)
    assert [document.document_name for document in rows] == [f"d{n}" for n in range(10)]
    for document in rows:
        assert [(e.variable, e.value.string_value) for e in document.extractions] == [
            ("first", "one"),
            ("second", "two"),
        ]
        assert document.extractions[0].evidence.quote == "first is one"
        assert document.extractions[0].prompt_version == 3


async def test_a_stream_resumes_after_any_event_with_what_each_moment_was_like(extractor: Extractor) -> None:
    extractor.world.add(3)
    job_id = await extractor.start()
    async with extractor.working():
        whole = await extractor.events(job_id, after=0)
    for cut in range(len(whole)):
        assert await extractor.events(job_id, after=whole[cut].sequence) == whole[cut + 1 :]
    done = [r.job.documents_processed for r in whole if r.event.event == pb.JOB_EVENT_TYPE_DOC_COMPLETED]
    assert done == [1, 2, 3]
    (snapshot,) = await extractor.events(job_id)
    assert not snapshot.HasField("event") and snapshot.sequence == whole[-1].sequence


async def test_a_passing_fault_is_retried_and_a_lasting_one_recorded(extractor: Extractor) -> None:
    extractor.world.add(5)
    extractor.world.faults = {
        "d1": [Unavailable("away"), Unavailable("away")],
        "d2": [ModelRefusedRequest("the model refuses this")],
        "d3": [ModelReplyInvalid("not JSON"), ModelReplyInvalid("nor now")],
        "d4": [ModelReplyInvalid("not JSON")],
    }
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 5, 2)
    by_name = {document.document_name: document for document in await extractor.rows(job_id)}
    for name in ("d1", "d4"):
        assert by_name[name].extractions[0].value.string_value == "one"
    assert (by_name["d2"].error, by_name["d3"].error) == ("the model refuses this", "nor now")
    for name in ("d2", "d3"):
        for extraction in by_name[name].extractions:
            plain = to_plain(extraction)
            assert (plain["missing_reason"], plain["status"]) == ("MODEL_FAILED", "FAILED")


async def test_a_document_that_could_not_be_read_is_accounted_for(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.world.add(1, "FAILED", "the PDF is encrypted")
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.documents_total, job.documents_processed, job.documents_failed) == (2, 2, 1)
    failed = (await extractor.rows(job_id))[1]
    assert failed.error == "the PDF is encrypted"
    assert {to_plain(e)["missing_reason"] for e in failed.extractions} == {"UNREADABLE"}


async def test_pages_without_text_are_named_wherever_a_document_is_accounted_for(extractor: Extractor) -> None:
    extractor.world.add_texts("Only first is one here.")
    extractor.world.unread_pages = (2, 3)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    (rows,) = await extractor.rows(job_id)
    assert list(rows.unread_pages) == [2, 3]
    with identity.acting_as(extractor.who):
        request = pb.ListExtractionsRequest(project_id=str(extractor.project_id), job_id=str(job_id))
        listed = (await extractor.servicer.ListExtractions(request, None)).items
    first, second = map(to_plain, listed)
    assert first["value"] == "one"
    assert (second["missing_reason"], second["flags"]) == ("UNGROUNDED", ["UNGROUNDED", "INCOMPLETE"])
    assert second["explanation"] == "no text was read of pages 2, 3"


async def test_what_stands_on_a_page_that_may_be_misread_says_so_wherever_it_is_shown(extractor: Extractor) -> None:
    extractor.world.add_texts("Only first is one here.")
    extractor.world.unsure_pages = {1: 0.4}
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    (rows,) = await extractor.rows(job_id)
    assert list(rows.unsure_pages) == [1]
    with identity.acting_as(extractor.who):
        request = pb.ListExtractionsRequest(project_id=str(extractor.project_id), job_id=str(job_id))
        first = to_plain((await extractor.servicer.ListExtractions(request, None)).items[0])
        counted = await extractor.servicer.GetJobStatistics(pb.GetJobStatisticsRequest(job_id=str(job_id)), None)
    assert (first["value"], first["confidence"], first["evidence"]["recognition"]) == ("one", 0.4, 0.4)
    assert first["flags"] == ["LOW_CONFIDENCE", "UNSURE_PAGE"]
    assert [(d.document_name, list(d.pages)) for d in counted.unsure_pages] == [("d0", [1])]


@pytest.mark.parametrize(
    ("model", "settings", "calls"),
    [
        ("openai:gpt-5-mini", {}, 1),
        ("openai:gpt-5-mini", {"chunk_long_documents": True}, 2),
        ("ollama:llama3", {}, 2),
        ("offline", {}, 2),
    ],
)
async def test_a_document_goes_out_whole_where_the_model_takes_it_and_nobody_wants_chunks(
    extractor: Extractor, model: str, settings: dict[str, Any], calls: int
) -> None:
    text = "d0 says first is one and second is two. " * 400
    extractor.world.add_texts(text)
    extractor.world.chunks = (Span(0, 8_000), Span(7_960, len(text)))
    extractor.world.plain |= {"model": model, **settings}
    with identity.acting_as(extractor.who):
        request = pb.PreviewPromptRequest(
            project_id=str(extractor.project_id), document_id=str(extractor.world.heads_[0].id)
        )
        assert len((await extractor.servicer.PreviewPrompt(request, None)).items) == calls
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    assert len(extractor.world.calls) == calls
    (rows,) = await extractor.rows(job_id)
    assert [e.value.string_value for e in rows.extractions] == ["one", "two"]


async def test_documents_that_could_not_be_read_do_not_pause_a_job_before_its_first_call(extractor: Extractor) -> None:
    extractor.world.add(12, "FAILED", "the PDF is encrypted")
    extractor.world.add(2)
    job_id = await extractor.start()
    assert (await extractor.job(job_id)).consecutive_failures == 0
    async with extractor.working():
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 14, 12)


async def test_documents_that_are_gone_when_their_turn_comes_do_not_pause_a_job(extractor: Extractor) -> None:
    extractor.world.add(13)
    extractor.world.gone = {f"d{n}" for n in range(12)}
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    assert (await extractor.job(job_id)).status == pb.JOB_STATUS_COMPLETE
    first = (await extractor.rows(job_id))[0]
    assert {to_plain(e)["missing_reason"] for e in first.extractions} == {"UNREADABLE"}


async def test_a_sample_of_which_nothing_was_coded_has_failed_and_opens_no_full_run(extractor: Extractor) -> None:
    extractor.world.add(2)
    extractor.world.faults = {f"d{n}": [ModelRefusedRequest("the model refuses this")] for n in range(2)}
    async with extractor.working():
        sample = await extractor.start(JobKind.SAMPLE, skip_sample=False)
        stream = await extractor.events(sample)
        assert stream[-1].event.event == pb.JOB_EVENT_TYPE_JOB_FAILED
        job = await extractor.job(sample)
        assert job.status == pb.JOB_STATUS_FAILED
        assert "none of the 2 documents" in job.status_reason and "the model refuses this" in job.status_reason
        with pytest.raises(SampleFirst):
            await extractor.start(skip_sample=False)
        with identity.acting_as(extractor.who):
            await extractor.jobs.retry_failed(extractor.who, sample)
        await extractor.events(sample)
        job = await extractor.job(sample)
        assert (job.status, job.status_reason, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, "", 0)
        await extractor.start(skip_sample=False)


async def test_a_job_whose_last_document_ends_while_it_is_paused_ends_when_it_is_resumed(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.world.hold = asyncio.Event()
    job_id = await extractor.start()
    async with extractor.working(workers=1):
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_DOC_STARTED)
        with identity.acting_as(extractor.who):
            await extractor.jobs.pause(extractor.who, job_id)
            extractor.world.hold.set()
            await extractor.until(job_id, pb.JOB_EVENT_TYPE_DOC_COMPLETED)
            await extractor.jobs.resume(extractor.who, job_id)
        await extractor.events(job_id)
    assert (await extractor.job(job_id)).status == pb.JOB_STATUS_COMPLETE


async def test_the_correlation_id_of_the_request_is_in_the_jobs_log_and_in_each_of_the_workers_lines(
    extractor: Extractor,
) -> None:
    extractor.world.add(6)
    extractor.world.faults = {"d5": [ModelRefusedRequest("no")], "d2": [Unavailable("away")]}
    extractor.who = replace(extractor.who, correlation_id="request-1")
    with capture_logs(processors=[merge_contextvars]) as lines:
        job_id = await extractor.start()
        async with extractor.working():
            stream = await extractor.events(job_id, after=0)
    assert {response.event.correlation_id for response in stream} == {"request-1"}
    # Others' messages may be left in the queue.
    own = [line for line in lines if line.get("correlation_id") == "request-1"]
    handled = [line for line in own if line["event"] in ("message_handled", "message_failed")]
    assert {line["event"] for line in handled} == {"message_handled", "message_failed"}
    assert {line["job_id"] for line in handled} == {str(job_id)}
    assert {line["document_id"] for line in handled} == {str(head.id) for head in extractor.world.heads_}
    with identity.acting_as(replace(extractor.who, correlation_id="request-2")):
        await extractor.jobs.retry_failed(extractor.who, job_id)
    async with extractor.working():
        stream = await extractor.events(job_id, after=len(stream))
    assert {response.event.correlation_id for response in stream} == {"request-2"}


async def test_too_many_failures_in_a_row_pause_the_job_and_a_person_resumes_it(extractor: Extractor) -> None:
    extractor.world.add(14)
    extractor.world.faults = {f"d{n}": [InvalidInput("no such model")] for n in range(14)}
    job_id = await extractor.start()
    async with extractor.working(workers=1):
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        job = await extractor.job(job_id)
        assert "11 documents failed in a row" in job.status_reason
        extractor.world.faults = {}
        with identity.acting_as(extractor.who):
            await extractor.jobs.resume(extractor.who, job_id)
            await extractor.events(job_id)
            failed = (await extractor.job(job_id)).documents_failed
            assert 11 <= failed < 14
            await extractor.jobs.retry_failed(extractor.who, job_id)
            await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 14, 0)
    assert all(document.extractions[0].value.string_value == "one" for document in await extractor.rows(job_id))


async def test_a_paused_job_finishes_what_is_in_hand_and_goes_on_when_resumed(extractor: Extractor) -> None:
    extractor.world.add(8)
    extractor.world.hold = asyncio.Event()
    job_id = await extractor.start()
    async with extractor.working(workers=1):
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_DOC_STARTED)
        with identity.acting_as(extractor.who):
            await extractor.jobs.pause(extractor.who, job_id)
            extractor.world.hold.set()
            await extractor.until(job_id, pb.JOB_EVENT_TYPE_DOC_COMPLETED)
            assert (await extractor.job(job_id)).status == pb.JOB_STATUS_PAUSED
            await extractor.jobs.resume(extractor.who, job_id)
            with pytest.raises(JobNotPaused):
                await extractor.jobs.resume(extractor.who, job_id)
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed) == (pb.JOB_STATUS_COMPLETE, 8)


async def test_a_cancelled_job_keeps_what_is_done_and_makes_room_for_the_next(extractor: Extractor) -> None:
    extractor.world.add(8)
    extractor.world.hold = asyncio.Event()
    job_id = await extractor.start()
    async with extractor.working(workers=1):
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_DOC_STARTED)
        with pytest.raises(JobActive):
            await extractor.start()
        with identity.acting_as(extractor.who):
            await extractor.jobs.cancel(extractor.who, job_id)
        extractor.world.hold.set()
        second = await extractor.start()
        await extractor.events(second)
    assert (await extractor.job(job_id)).status == pb.JOB_STATUS_CANCELLED
    assert (await extractor.job(second)).documents_processed == 8
    recorded = await told(extractor.db, extractor.who.workspace_id)
    assert [(kind, name) for kind, name, _ in recorded] == [
        ("JOB_STARTED", "FULL"),
        ("JOB_CANCELLED", "FULL"),
        ("JOB_STARTED", "FULL"),
    ]
    assert recorded[1][2] == {"status": ("PROCESSING", "CANCELLED")}


async def test_failed_documents_are_not_taken_up_again_beside_an_active_job(extractor: Extractor) -> None:
    extractor.world.add(2)
    extractor.world.faults = {"d1": [ModelRefusedRequest("the model refuses this")]}
    async with extractor.working():
        first = await extractor.start()
        await extractor.events(first)
    await extractor.start()
    with pytest.raises(JobActive), identity.acting_as(extractor.who):
        await extractor.jobs.retry_failed(extractor.who, first)


async def test_a_task_done_twice_changes_nothing(extractor: Extractor) -> None:
    extractor.world.add(1)
    job_id = await extractor.start()
    async with extractor.working():
        stream = await extractor.events(job_id, after=0)
    before = await extractor.rows(job_id)
    async with extractor.db.sweep() as connection:
        task_id = (await connection.execute(select(tasks.c.id).where(tasks.c.job_id == job_id))).scalar_one()
    with identity.acting_as(extractor.who):
        await extractor.tasks.run(extractor.who.workspace_id, task_id)
        await extractor.tasks.give_up(extractor.who.workspace_id, task_id, RuntimeError("late"))
    assert await extractor.rows(job_id) == before
    assert await extractor.events(job_id, after=0) == stream


async def test_a_job_is_refused_with_what_to_do(extractor: Extractor) -> None:
    with pytest.raises(NoDocuments):
        await extractor.start()
    extractor.world.add(1, "UPLOADED")
    with pytest.raises(DocumentsNotRead, match="1 documents are still being read"):
        await extractor.start()
    extractor.world.heads_.clear()
    extractor.world.add(1, "FAILED", "it is empty")
    with pytest.raises(NothingReadable, match="it is empty"):
        await extractor.start()
    extractor.world.add(2)
    with pytest.raises(SampleFirst):
        await extractor.start(skip_sample=False)
    with pytest.raises(UnknownDocuments):
        await extractor.start(document_ids=[extractor.project_id])
    with pytest.raises(InvalidInput):
        await extractor.start(JobKind.SAMPLE, sample_size=0)


async def test_only_a_project_that_there_is_has_lists(extractor: Extractor) -> None:
    requests = (pb.ListJobsRequest, pb.ListExtractionsRequest)
    with identity.acting_as(extractor.who):
        for kind in requests:
            list_all = getattr(extractor.servicer, kind.DESCRIPTOR.name.removesuffix("Request"))
            assert not (await list_all(kind(project_id=str(extractor.project_id)), None)).items
            extractor.world.unknown.add(unknown := new_id())
            with pytest.raises(NotFound):
                await list_all(kind(project_id=str(unknown)), None)


async def test_a_sample_takes_readable_documents_alone_and_opens_the_full_run(extractor: Extractor) -> None:
    extractor.world.add(1, "FAILED", "broken")
    extractor.world.add(5)
    async with extractor.working():
        sample = await extractor.start(JobKind.SAMPLE, sample_size=5, skip_sample=False)
        await extractor.events(sample)
        assert [d.document_name for d in await extractor.rows(sample)] == ["d1", "d2", "d3", "d4", "d5"]
        full = await extractor.start(skip_sample=False)
        await extractor.events(full)
    assert (await extractor.job(full)).documents_processed == 6


async def test_a_document_that_ends_its_workers_fails_and_the_job_goes_on(extractor: Extractor) -> None:
    extractor.world.add(2)
    job_id = await extractor.start()
    task_id, other_id = await extractor.queued(job_id)
    for _ in range(MOST_VANISHED):
        extractor.world.stalls = stall = Stall(len(extractor.world.calls) + 1)
        killed = asyncio.create_task(extractor.run(task_id))
        await asyncio.wait_for(stall.reached.wait(), 20)
        killed.cancel()
        with suppress(asyncio.CancelledError):
            await killed
    calls = len(extractor.world.calls)
    await extractor.run(task_id)
    await extractor.run(other_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 1)
    document, _ = await extractor.rows(job_id)
    assert document.error == "5 workers in a row ended while they coded this document"
    assert len(extractor.world.calls) == calls + 1
