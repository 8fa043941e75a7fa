"""What must not be in a log line or span is found there, with the place and the test; ordinary lines are let pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.leaks import Leaks
from tests.support.otlp import Sent

TEXT = "Weekly bulletin. The ferry Alma struck the quay on 3 May 2024; two passengers were injured."
SPAN = Sent("worker", "chat", "CLIENT", "t", "s", "", [], {"coderai.outcome": "done"}, [], is_error=False, seconds=1)


@pytest.fixture
def leaks() -> Leaks:
    leaks = Leaks(on=True)
    leaks.show(TEXT)
    leaks.keep_secret({"p4ssw0rd-of-the-database"})
    leaks.begin("test_one")
    return leaks


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('error="no value in: the ferry alma  struck the quay on"', "a document's text"),
        ("login_failed email=ann.lee+x@example.org", "an e-mail address"),
        ("calling url=https://api.example.org key=sk-proj-0123456789", "a provider's key"),
        ("denied key=ck_0123456789abcdefghij", "an API key"),
        ("headers={'authorization': 'Bearer eyJhbGciOi.eyJzdWIi.c2ln'}", "a token"),
        ("connecting to postgresql://coderai_gateway:hunter2@127.0.0.1:5432/coderai", "a password"),
        ("body=correct horse battery", "a password"),
        ("environ=p4ssw0rd-of-the-database", "a secret of the stack"),
    ],
)
def test_a_planted_leak_is_found(leaks: Leaks, tmp_path: Path, line: str, what: str) -> None:
    log = tmp_path / "lines"
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    log.write_text(f"{now} [info     ] request status=200\n{now} [warning  ] {line}\n")

    (in_log,) = leaks.in_files([log])
    (in_span,) = leaks.in_spans([SPAN, replace(SPAN, attributes={"coderai.note": line})])

    assert (in_log.what, in_log.where, in_log.test) == (what, f"{log}:2", "test_one")
    assert (in_span.what, in_span.where) == (what, "a span of worker")


def test_spans_are_searched_in_their_names_events_and_states(leaks: Leaks) -> None:
    told = (
        replace(SPAN, name="GET /v1/users/ann@example.org"),
        replace(SPAN, status="unknown user ann@example.org"),
        replace(SPAN, events=[("retry", {"because": "ann@example.org"})]),
        replace(SPAN, attributes={"gen_ai.response.finish_reasons": ["stop", "ann@example.org"]}),
    )
    assert [finding.what for finding in leaks.in_spans(told)] == ["an e-mail address"] * len(told)


def test_ordinary_lines_are_let_pass(leaks: Leaks) -> None:
    lines = [
        "2026-11-25T23:40:44Z [info ] request ms=25.3 project_id=01a21515-38c0-7393-a1d2-f6366291842f status=200",
        "serving address=127.0.0.1:8080 url=postgresql://127.0.0.1:5432/coderai?user=coderai_gateway",
        "refused reason='authorization: Bearer with a valid access token is missing' seconds=3",
        "the ferry Alma struck a rock",
    ]
    assert list(leaks.in_lines(lines, "gateway.log")) == []
