"""A job's state machine: which change is allowed where, what it counts, and the events that it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.errors import Conflict
from coderai.kit.model_replies import Usage
from coderai.kit.models import Price
from coderai.services.extractor.domain.jobs.job import (
    ENDED,
    MOST_FAILURES_IN_A_ROW,
    RUNNING,
    Event,
    EventType,
    Job,
    JobEnded,
    JobKind,
    JobNotPaused,
    JobNotRunning,
    JobStatus,
    Level,
    NothingToRetry,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT = uuid4()

Change = tuple[Job, list[Event]]


def job(documents: int = 3, status: JobStatus = JobStatus.PENDING, failed: int = 0) -> Job:
    new = Job(uuid4(), uuid4(), JobKind.FULL, "h", "openai:x", documents, NOW, status)
    return replace(new, documents_processed=failed, documents_failed=failed)


def starts(one: Job) -> Change:
    return one.document_started(DOCUMENT, "d", "", NOW)


def codes(one: Job) -> Change:
    return one.document_done(DOCUMENT, "d", {"entities_found": 2}, NOW)


def fails(one: Job) -> Change:
    return one.document_failed(DOCUMENT, "d", "it is refused", NOW)


def finds_unreadable(one: Job) -> Change:
    return one.document_failed(DOCUMENT, "d", "it is encrypted", NOW, is_unreadable=True)


def pauses(one: Job) -> Change:
    return one.pause("a person wants that")


def resumes(one: Job) -> Change:
    return one.resume(NOW)


def retries(one: Job) -> Change:
    return one.retry(one.documents_failed, NOW)


def cancels(one: Job) -> Change:
    return one.cancel(NOW)


def types(events: list[Event]) -> list[EventType]:
    return [event.type for event in events]


@pytest.mark.parametrize(
    ("change", "allowed", "leads_to", "refusal"),
    [
        (starts, RUNNING, JobStatus.PROCESSING, JobNotRunning),
        (pauses, RUNNING, JobStatus.PAUSED, JobNotRunning),
        (resumes, {JobStatus.PAUSED}, JobStatus.PROCESSING, JobNotPaused),
        (retries, set(JobStatus) - {JobStatus.CANCELLED}, JobStatus.PROCESSING, JobEnded),
        (cancels, set(JobStatus) - ENDED, JobStatus.CANCELLED, JobEnded),
    ],
)
@pytest.mark.parametrize("status", JobStatus)
def test_what_a_person_may_do_in_each_status(
    change: Callable[[Job], Change],
    allowed: set[JobStatus],
    leads_to: JobStatus,
    refusal: type[Conflict],
    status: JobStatus,
) -> None:
    before = job(status=status, failed=1)
    if status in allowed:
        assert change(before)[0].status is leads_to
    else:
        with pytest.raises(refusal):
            change(before)


def test_the_first_document_sets_the_job_going() -> None:
    after, (event,) = starts(job())
    assert (after.status, after.started_at) == (JobStatus.PROCESSING, NOW)
    assert (event.type, event.document_id, event.level) == (EventType.DOC_STARTED, DOCUMENT, Level.INFO)
    later, _ = after.document_started(DOCUMENT, "e", "", NOW + timedelta(seconds=1))
    assert later.started_at == NOW


def test_a_document_that_is_tried_again_says_why() -> None:
    _, (event,) = job().document_started(DOCUMENT, "d", "the model was away", NOW)
    assert (event.level, event.message) == (Level.WARNING, "trying d again: the model was away")


def test_the_last_document_completes_the_job() -> None:
    after, events = codes(job(2))
    assert (after.status, after.progress, types(events)) == (JobStatus.PENDING, 50, [EventType.DOC_COMPLETED])
    after, events = fails(after)
    assert (after.status, after.finished_at, after.progress) == (JobStatus.COMPLETE, NOW, 100)
    assert types(events) == [EventType.DOC_FAILED, EventType.JOB_COMPLETED]
    assert events[-1].message == "2 documents, 1 failed"


@pytest.mark.parametrize("change", [fails, finds_unreadable])
def test_a_job_of_which_no_document_was_coded_has_failed_with_the_reason(change: Callable[[Job], Change]) -> None:
    after, events = change(change(job(2))[0])
    assert (after.status, after.finished_at) == (JobStatus.FAILED, NOW)
    assert types(events) == [EventType.DOC_FAILED, EventType.JOB_FAILED]
    assert events[-1].message == after.status_reason
    assert after.status_reason.startswith("none of the 2 documents could be coded; the last: d: it is ")


def test_a_failed_job_goes_on_with_its_failed_documents() -> None:
    failed, _ = fails(fails(job(2))[0])
    again, (event,) = retries(failed)
    assert (again.status, again.status_reason, again.finished_at) == (JobStatus.PROCESSING, "", None)
    assert (again.documents_processed, again.documents_failed) == (0, 0)
    assert (event.type, event.message) == (EventType.JOB_RESUMED, "trying 2 failed documents again")


def test_there_is_nothing_to_retry_where_nothing_failed() -> None:
    with pytest.raises(NothingToRetry):
        retries(job(status=JobStatus.COMPLETE))


def test_more_than_ten_failures_in_a_row_pause_the_job() -> None:
    one = job(100)
    for _ in range(MOST_FAILURES_IN_A_ROW):
        one, events = fails(one)
    assert (one.is_running, types(events)) == (True, [EventType.DOC_FAILED])
    paused, events = fails(one)
    assert (paused.status, types(events)) == (JobStatus.PAUSED, [EventType.DOC_FAILED, EventType.JOB_PAUSED])
    assert paused.status_reason.startswith("11 documents failed in a row")
    assert resumes(paused)[0].consecutive_failures == 0
    assert fails(codes(one)[0])[0].is_running


def test_unreadable_documents_are_no_failures_in_a_row() -> None:
    one = job(100)
    for _ in range(MOST_FAILURES_IN_A_ROW):
        one = finds_unreadable(fails(one)[0])[0]
    assert (one.is_running, one.documents_failed, one.consecutive_failures) == (True, 20, 10)
    assert fails(one)[0].status is JobStatus.PAUSED


def test_what_ends_after_a_pause_or_a_cancellation_is_counted_and_changes_no_status() -> None:
    for change in (pauses, cancels):
        stopped, _ = change(starts(job(1))[0])
        after, events = codes(stopped)
        assert (after.status, after.documents_processed) == (stopped.status, 1)
        assert types(events) == [EventType.DOC_COMPLETED]


def test_a_job_whose_last_document_ended_during_a_pause_ends_when_it_is_resumed() -> None:
    for document_ends, status in ((codes, JobStatus.COMPLETE), (fails, JobStatus.FAILED)):
        paused, _ = document_ends(pauses(starts(job(1))[0])[0])
        after, events = resumes(paused)
        assert (after.status, after.finished_at) == (status, NOW)
        assert types(events) == [EventType.JOB_RESUMED, LAST_EVENTS[status]]


def test_costs_are_added_up_until_a_price_is_not_known() -> None:
    price = Price(1.0, 10.0, 0.1)
    one = job().spent(Usage(1, 1000, 100, 500), price)
    assert (one.tokens_in, one.tokens_out, one.tokens_cached) == (1000, 100, 500)
    assert one.cost == pytest.approx(price.of(Usage(1, 1000, 100, 500)))
    assert one.spent(Usage(), None) == one
    unknown = one.spent(Usage(1, 10, 1), None)
    assert (unknown.tokens_in, unknown.cost, unknown.spent(Usage(1, 1, 1), price).cost) == (1010, None, None)


CHANGES = (starts, codes, fails, finds_unreadable, pauses, resumes, retries, cancels)
LAST_EVENTS = {
    JobStatus.COMPLETE: EventType.JOB_COMPLETED,
    JobStatus.FAILED: EventType.JOB_FAILED,
    JobStatus.PAUSED: EventType.JOB_PAUSED,
    JobStatus.CANCELLED: EventType.JOB_CANCELLED,
}


@given(st.integers(1, 30), st.lists(st.sampled_from(CHANGES), max_size=60))
def test_whatever_happens_the_counts_and_events_agree(documents: int, changes: list[Callable[[Job], Change]]) -> None:
    """Documents end only while there are some left, as a task ends once; the order is any."""
    one = job(documents)
    for change in changes:
        left = one.documents_total - one.documents_processed
        if change in (starts, codes, fails, finds_unreadable) and (not left or one.status in ENDED):
            continue
        before = one
        try:
            one, events = change(before)
        except Conflict:
            continue
        assert events
        assert 0 <= one.documents_failed <= one.documents_processed <= one.documents_total
        assert 0 <= one.consecutive_failures <= one.documents_failed
        assert 0 <= one.progress <= 100
        assert (one.finished_at is not None) == (one.status in ENDED)
        if one.status in (JobStatus.PAUSED, JobStatus.FAILED):
            assert one.status_reason
        if one.is_running:
            assert not one.status_reason
            assert one.documents_processed < one.documents_total
        if one.status is not before.status and one.status in LAST_EVENTS:
            assert types(events)[-1] is LAST_EVENTS[one.status]
        if before.status in ENDED:
            assert change is retries
            assert before.status is not JobStatus.CANCELLED
