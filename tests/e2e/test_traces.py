"""What a running installation tells a store of traces: one trace from a request on, and one of each document."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import pytest

from coderai.deploy.stack import LocalStack
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1 import ingest_service_pb2_grpc
from tests.support.openai_faults import rate_limited
from tests.support.openai_server import OpenAIServer
from tests.support.otlp import Receiver, Sent, above, edges
from tests.support.tenant import Tenant, wait_until

TEXT = "Weekly bulletin. The ferry Alma struck the quay on 3 May 2024; two passengers were injured."
STRANGERS = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
"""The trace and the span from which a client says it calls."""
NOT_SAMPLED = f"00-{STRANGERS[0]}-{STRANGERS[1]}-00"
EXTRACT = "work.extractor.extract.first"
PROCESS = f"extractor-work: process {EXTRACT}"
JOBS = "gateway: POST /v1/projects/{project_id}/jobs"
START_JOB = "coderai.extractor.v1.ExtractorService/StartJob"
GET_TEXT = "coderai.ingest.v1.IngestService/GetDocumentText"
FREEZE = "coderai.projects.v1.ProjectsService/FreezeCodebook"
HEADS = "coderai.ingest.v1.IngestService/StreamDocumentHeads"
UPLOAD = "coderai.ingest.v1.IngestService/UploadDocument"


@dataclass(frozen=True)
class Ran:
    """A job over two documents, and what was sent of it."""

    id: str
    correlation_id: str
    document_ids: Sequence[str]
    events: Sequence[Any]
    request: Sequence[Sent]
    """The trace of the request that started it."""
    documents: Sequence[Sequence[Sent]]
    """The trace of each document."""


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def project(tenant: Tenant) -> str:
    fields = {"name": "Bulletins", "model": "openai:gpt-4.1-mini", "verify": "NONE"}
    made: str = tenant.post("projects", fields)["id"]
    tenant.post(f"projects/{made}/variables", {"name": "injured", "type": "NUMBER", "instructions": "how many"})
    return made


@pytest.fixture(scope="module")
def ran(tenant: Tenant, project: str, chat_model: OpenAIServer, traces: Receiver) -> Ran:
    """The provider is busy at the first question; the client says that its own trace is not recorded."""
    path = f"projects/{project}/documents"
    documents = [tenant.post(path, {"name": f"{n}.txt", "text": f"{n}. {TEXT}"})["items"][0]["id"] for n in range(2)]
    wait_until(lambda: tenant.get(path)["counts"].get("READY") == len(documents))
    chat_model.reset()
    chat_model.faults.when(lambda _: True, rate_limited(0.05), times=1)
    correlation_id = str(uuid4())
    headers = {"X-Correlation-Id": correlation_id, "traceparent": NOT_SAMPLED}
    body = {"kind": "FULL", "skip_sample": True}
    started = tenant.http.post(f"/v1/projects/{project}/jobs", json=body, headers=headers).raise_for_status()
    job = started.json()["id"]
    events = list(tenant.follow(job))
    request = traces.wait_for(lambda spans: _request(spans, correlation_id, len(documents)))
    done = traces.wait_for(lambda spans: _processed(spans, job, documents))
    return Ran(job, correlation_id, documents, events, request, [traces.trace(span.trace_id) for span in done])


def _request(spans: Sequence[Sent], correlation_id: str, documents: int) -> list[Sent] | None:
    """The trace of a request, once all processes have told what they did of it."""
    root = next((s for s in spans if _began(s, correlation_id)), None)
    trace = sorted(_of(spans, root), key=lambda span: span.began) if root else []
    told = Counter(span.label for span in trace)
    is_whole = (
        told[f"extractor: send {EXTRACT}"] == documents and told["ingest: " + HEADS] and told["projects: " + FREEZE]
    )
    return trace if is_whole else None


def _began(span: Sent, correlation_id: str) -> bool:
    return span.process == "gateway" and span.attributes.get("coderai.correlation_id") == correlation_id


def _processed(spans: Sequence[Sent], job: str, documents: Sequence[str]) -> list[Sent] | None:
    """The last span of each of a job's documents, once all are there, ingest's too."""
    found = {
        s.attributes["coderai.document_id"]: s
        for s in spans
        if s.label == PROCESS and s.attributes.get("coderai.job_id") == job
        if any(other.label == f"ingest: {GET_TEXT}" for other in _of(spans, s))
    }
    return [found[document] for document in documents] if found.keys() == set(documents) else None


def _only(spans: Sequence[Sent], label: str) -> Sent:
    (found,) = (span for span in spans if span.label == label)
    return found


def test_the_request_that_starts_a_job_is_one_trace_through_all_that_it_has_done(ran: Ran) -> None:
    service = f"extractor: {START_JOB}"
    inside = edges(ran.request)
    assert inside["", JOBS] == 1 and sum(count for (parent, _), count in inside.items() if not parent) == 1
    assert inside[JOBS, f"gateway: {START_JOB}"] == inside[f"gateway: {START_JOB}", service] == 1
    assert inside[service, "extractor: transaction extractor"] >= 2
    assert inside[service, f"extractor: send {EXTRACT}"] == len(ran.document_ids)
    for peer, method in (("projects", FREEZE), ("ingest", HEADS)):
        assert inside[service, f"extractor: {method}"] == inside[f"extractor: {method}", f"{peer}: {method}"] == 1
        assert inside[f"{peer}: {method}", f"{peer}: transaction {peer}"] >= 1


def test_its_spans_say_what_was_called_and_how_it_ended(ran: Ran) -> None:
    http = _only(ran.request, JOBS)
    assert (http.kind, http.is_error) == ("SERVER", False)
    ids = {name: http.attributes[name] for name in ("coderai.workspace_id", "coderai.project_id")}
    assert http.attributes == ids | {
        "http.request.method": "POST",
        "http.route": "/v1/projects/{project_id}/jobs",
        "http.response.status_code": 201,
        "coderai.correlation_id": ran.correlation_id,
    }
    asked, answered = _only(ran.request, f"gateway: {START_JOB}"), _only(ran.request, f"extractor: {START_JOB}")
    assert (asked.kind, answered.kind) == ("CLIENT", "SERVER")
    assert answered.attributes.items() >= {"rpc.method": START_JOB, "rpc.response.status_code": "OK"}.items()
    sent = next(span for span in ran.request if span.name == f"send {EXTRACT}")
    assert (sent.kind, sent.attributes["messaging.destination.name"]) == ("PRODUCER", EXTRACT)
    assert sent.attributes["coderai.correlation_id"] == ran.correlation_id
    stored = next(span for span in ran.request if span.name == "transaction extractor")
    assert (stored.kind, stored.attributes) == (
        "CLIENT",
        {"db.system.name": "postgresql", "db.namespace": "extractor"},
    )


def test_a_client_s_own_trace_is_linked_to_and_does_not_decide_what_is_recorded(ran: Ran) -> None:
    root = ran.request[0]
    assert root.parent_id == "" and root.trace_id != STRANGERS[0]
    assert root.links == [STRANGERS]


def test_each_document_is_a_trace_of_its_own_linked_to_the_request(ran: Ran) -> None:
    request = {span.span_id for span in ran.request}
    assert len({trace[0].trace_id for trace in ran.documents}) == len(ran.document_ids)
    for document_id, trace in zip(ran.document_ids, ran.documents, strict=True):
        received, processed = trace[0], _only(trace, PROCESS)
        inside = edges(trace)
        assert inside["", f"extractor-work: receive {EXTRACT}"] == inside[received.label, PROCESS] == 1
        assert inside[PROCESS, "extractor-work: transaction extractor"] == 2
        asked, chat = "extractor-work: ask EXTRACT", "extractor-work: chat gpt-4.1-mini"
        assert inside[PROCESS, asked] == inside[asked, chat] == 1
        got = f"extractor-work: {GET_TEXT}"
        assert inside[PROCESS, got] == inside[got, f"ingest: {GET_TEXT}"] == 1
        assert inside[f"ingest: {GET_TEXT}", "ingest: transaction ingest"] == 1
        ((trace_id, span_id),) = received.links
        assert trace_id == ran.request[0].trace_id and span_id in request
        assert (
            processed.attributes.items()
            >= {
                "coderai.job_id": ran.id,
                "coderai.document_id": document_id,
                "coderai.correlation_id": ran.correlation_id,
                "coderai.delivery.attempt": 1,
                "coderai.outcome": "done",
            }.items()
        )


def test_a_question_to_a_model_says_which_what_it_took_and_each_retry(ran: Ran, chat_model: OpenAIServer) -> None:
    chats = [span for trace in ran.documents for span in trace if span.name.startswith("chat ")]
    for chat in chats:
        assert (chat.kind, chat.is_error) == ("CLIENT", False)
        assert (
            chat.attributes.items()
            >= {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4.1-mini",
                "gen_ai.output.type": "json",
            }.items()
        )
        assert chat.attributes["gen_ai.response.finish_reasons"] == ["stop"]
    used = [
        sum(chat.attributes[f"gen_ai.usage.{name}"] for chat in chats)
        for name in ("input_tokens", "cache_read.input_tokens", "output_tokens")
    ]
    stats = chat_model.stats
    assert used == [stats.prompt_tokens, stats.cached_tokens, stats.completion_tokens]
    assert sorted([name for name, _ in chat.events] for chat in chats) == [[], ["retry"]]
    assert sorted(chat.attributes["coderai.model.requests"] for chat in chats) == [1, 2]


def test_the_rows_that_the_client_sees_of_the_job_name_the_traces(ran: Ran) -> None:
    rows = [event["event"] for event in ran.events if event.get("event")]
    started = next(row for row in rows if row["event"] == "JOB_STARTED")
    assert started["trace_id"] == ran.request[0].trace_id
    traces = {row["document_id"]: row["trace_id"] for row in rows if row["event"] == "DOC_COMPLETED"}
    ids = [trace[0].trace_id for trace in ran.documents]
    assert traces == dict(zip(ran.document_ids, ids, strict=True))


def _over_http(stack: LocalStack, tenant: Tenant, project: str, text: str) -> tuple[str, str]:
    added = tenant.post(f"projects/{project}/documents", {"name": "one.txt", "text": text})
    return added["items"][0]["id"], "gateway: POST /v1/projects/{project_id}/documents"


def _over_grpc(stack: LocalStack, tenant: Tenant, project: str, text: str) -> tuple[str, str]:
    data = text.encode()
    requests = (
        ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id=project, name="one.txt")),
        ingest.UploadDocumentRequest(data=data),
        ingest.UploadDocumentRequest(
            end=ingest.UploadDocumentEnd(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        ),
    )
    metadata = (("authorization", tenant.http.headers["Authorization"]), ("traceparent", NOT_SAMPLED))
    with grpc.insecure_channel(stack.grpc) as channel:
        stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
        added = stub.UploadDocument(iter(requests), metadata=metadata, timeout=30)
    return added.document.id, f"gateway: {UPLOAD}"


@pytest.mark.parametrize("upload", [_over_http, _over_grpc], ids=["http", "grpc"])
def test_the_trace_of_an_upload_goes_on_until_the_document_is_read(
    stack: LocalStack, tenant: Tenant, traces: Receiver, upload: Any
) -> None:
    project = tenant.post("projects", {"name": "Uploads"})["id"]
    document, root = upload(stack, tenant, project, f"By {upload.__name__}: {TEXT}")

    def read(spans: Sequence[Sent]) -> Sent | None:
        return next((s for s in spans if "process work.ingest" in s.name and _is_about(s, document)), None)

    processed = traces.wait_for(read)
    way = traces.wait_for(lambda spans: _way(spans, processed, root))
    trace = traces.trace(processed.trace_id)
    queue = processed.attributes["messaging.destination.name"]
    *called, service, sent, received = way
    assert called == [root] if root.endswith(UPLOAD) else [root, f"gateway: {UPLOAD}"]
    assert (service, sent, received) == (f"ingest: {UPLOAD}", f"ingest: send {queue}", f"ingest-work: receive {queue}")
    assert edges(trace)[f"ingest-work: process {queue}", "ingest-work: transaction ingest"] >= 1
    assert (trace[0].label, trace[0].parent_id) == (root, "")
    assert trace[0].links == ([STRANGERS] if upload is _over_grpc else [])


def _way(spans: Sequence[Sent], span: Sent, root: str) -> list[str] | None:
    """What a span is within, once all of that has been told, from `root` on."""
    found = above(_of(spans, span), span)
    return found if found[:1] == [root] else None


def _is_about(span: Sent, document: str) -> bool:
    return span.attributes.get("coderai.document_id") == document


def _of(spans: Sequence[Sent], other: Sent) -> Iterator[Sent]:
    """The spans of its trace."""
    return (span for span in spans if span.trace_id == other.trace_id)
