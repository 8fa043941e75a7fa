"""What a killed worker had in hand can be seen in its document's trace, beside what another made of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from coderai.deploy.stack import LocalStack
from tests.faults.scenario import Corpus, Watcher, check
from tests.faults.test_faults import WORKERS
from tests.support.openai_server import OpenAIServer
from tests.support.otlp import Receiver, Sent
from tests.support.tenant import wait_until


@pytest.mark.long
def test_a_killed_worker_s_document_has_both_attempts_in_its_trace(
    faulty: LocalStack, corpus: Corpus, slow_model: OpenAIServer, traces: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(slow_model, "latency", 60.0)
        watcher = Watcher(corpus.tenant, corpus.start(document_ids=corpus.document_ids[:1]))
        request = corpus.tenant.get(f"jobs/{watcher.job}/log")["items"][0]["trace_id"]
        wait_until(lambda: slow_model.stats.in_flight == 1)
        lost = traces.wait_for(lambda spans: _received(spans, request))
        for worker in WORKERS:
            faulty.kill(worker)
    list(watcher.events())

    assert check(corpus, watcher, documents=1) == {2: 1}
    processed = traces.wait_for(lambda spans: [s for s in spans if s.name.startswith("process") and _is_in(s, lost)])
    received = _received(traces.trace(lost.trace_id), request, attempt=2)
    assert received is not None and received.links == lost.links
    ended = [(span.attributes["coderai.delivery.attempt"], span.attributes["coderai.outcome"]) for span in processed]
    assert ended == [(2, "done")]
    assert [span.parent_id for span in processed] == [received.span_id]


def _received(spans: Sequence[Sent], request: str, attempt: int = 1) -> Sent | None:
    """The span of a delivery of a document of the job that a request started."""
    return next((s for s in spans if _is_delivery(s, attempt) and s.links and s.links[0][0] == request), None)


def _is_delivery(span: Sent, attempt: int) -> bool:
    return span.name.startswith("receive work.extractor") and span.attributes["coderai.delivery.attempt"] == attempt


def _is_in(span: Sent, other: Sent) -> bool:
    return span.trace_id == other.trace_id
