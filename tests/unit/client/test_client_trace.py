"""A document's course is read off the job's log, with links to the traces of its attempts."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from coderai.client.models import Job, JobEvent, Receipt, Task
from coderai.client.screen import Screen
from coderai.client.trace import Course, Followed, show_courses

START = datetime(2026, 11, 25, 10, tzinfo=UTC)


def event(seconds: float, kind: str, message: str = "", trace_id: str = "") -> JobEvent:
    when = START + timedelta(seconds=seconds)
    return JobEvent(event=kind, message=message, created_at=when, correlation_id="request-1", trace_id=trace_id)


def test_attempts_are_told_with_how_long_they_waited_and_worked_and_links_to_their_traces() -> None:
    task = Task(document_id="d1", document_name="a.txt", status="FAILED", error="no", receipt=Receipt(calls=2))
    events = [
        event(2.5, "DOC_STARTED", "started a.txt", "aa"),
        event(4, "DOC_STARTED", "trying a.txt again: throttled", "aa"),
        event(4.25, "DOC_FAILED", "a.txt: no", "bb"),
    ]
    course = Course(task, events, [START, START + timedelta(seconds=2), START + timedelta(seconds=9)])
    assert (course.seconds_waiting, course.seconds_working) == (0.5, 0.25)
    assert Course(task, events[:2], []).seconds_working is None

    shown = io.StringIO()
    job = Job(id="j1", kind="FULL", status="COMPLETE", documents_total=1)
    show_courses(Followed(job, [], [course]), "http://traces/{trace_id}", Screen(shown))
    lines = shown.getvalue().splitlines()
    assert "a.txt (document d1): FAILED, 2 attempts; waited 0.50 s; worked 0.25 s; 2 requests to the model" in lines[1]
    assert [line.strip() for line in lines if "http" in line] == ["http://traces/aa", "http://traces/bb"]
    assert "2026-11-25 10:00:02.500  DOC_STARTED  started a.txt" in lines[2]
