"""An ETA goes by the throughput of late; pauses do not count, and while nothing is finished it grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.extractor.domain.jobs.job import Job, JobKind

START = datetime(2026, 1, 1, tzinfo=UTC)


def started(documents: int = 1000) -> Job:
    job = Job(uuid4(), uuid4(), JobKind.FULL, "h", "openai:x", documents, START)
    return job.document_started(uuid4(), "d", "", START)[0]


def after(job: Job, documents: int, seconds_each: float, now: datetime) -> tuple[Job, datetime]:
    for _ in range(documents):
        now += timedelta(seconds=seconds_each)
        job, _ = job.document_done(uuid4(), "d", {}, now)
    return job, now


def test_nothing_is_known_before_a_document_is_finished() -> None:
    assert started().eta_seconds(START) is None


@given(st.integers(1, 300), st.floats(0.01, 1000))
def test_at_an_even_pace_the_eta_is_exact(documents: int, seconds_each: float) -> None:
    job, now = after(started(), documents, seconds_each, START)
    assert job.eta_seconds(now) == pytest.approx((1000 - documents) * seconds_each, rel=1e-3)


def test_the_last_documents_count_not_the_first() -> None:
    job, now = after(started(), 300, 10.0, START)
    job, now = after(job, 200, 1.0, now)
    assert job.eta_seconds(now) == pytest.approx(500 * 1.0, rel=0.1)


def test_a_pause_does_not_count() -> None:
    job, now = after(started(), 100, 2.0, START)
    paused, _ = job.pause("lunch")
    assert paused.eta_seconds(now) is None
    resumed, _ = paused.resume(now := now + timedelta(hours=8))
    assert resumed.eta_seconds(now) == pytest.approx(900 * 2.0)
    job, now = after(resumed, 100, 2.0, now)
    assert job.eta_seconds(now) == pytest.approx(800 * 2.0)


def test_while_nothing_is_finished_the_eta_grows() -> None:
    job, now = after(started(), 100, 2.0, START)
    soon, later, much_later = (job.eta_seconds(now + timedelta(seconds=s)) for s in (2, 600, 6000))
    assert soon == pytest.approx(900 * 2.0)
    assert 900 * 2.0 < (later or 0) < (much_later or 0)


def test_many_at_a_time_count_together() -> None:
    job, now = started(), START
    for _ in range(10):
        now += timedelta(seconds=1)
        for _ in range(32):
            job, _ = job.document_done(uuid4(), "d", {}, now)
    assert job.eta_seconds(now) == pytest.approx((1000 - 320) / 32, rel=0.4)


def test_documents_that_failed_before_the_start_say_nothing_about_the_pace() -> None:
    job = replace(Job(uuid4(), uuid4(), JobKind.FULL, "h", "openai:x", 100, START))
    for _ in range(50):
        job, _ = job.document_failed(uuid4(), "d", "broken", START, is_unreadable=True)
    job, _ = job.document_started(uuid4(), "d", "", START)
    assert job.eta_seconds(START + timedelta(seconds=5)) is None
