"""Documents on their way in, through all that runs: many at once, broken off, repeated, guessed and corrected."""

from __future__ import annotations

import asyncio
import csv
import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

from coderai.client import ApiError, CoderAI
from coderai.deploy.stack import LocalStack
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1 import ingest_service_pb2_grpc
from tests.support.leaks import LEAKS
from tests.support.tenant import wait_until

REPORT = " ".join(f"On day {n} the dockers of pier {n * 7} met for the {n}th time in vain." for n in range(40))


@pytest.fixture(scope="module")
def signed_in(stack: LocalStack) -> Iterator[tuple[CoderAI, str]]:
    """The client and its access token."""
    LEAKS.show(REPORT)
    account = {"email": "documents@example.org", "password": "correct horse"}
    token = httpx.post(f"{stack.url}/v1/auth/register", json=account).json()["access_token"]
    with CoderAI(stack.url, token=token) as api:
        yield api, token


@pytest.fixture
def api(signed_in: tuple[CoderAI, str]) -> CoderAI:
    return signed_in[0]


@pytest.fixture
def project(api: CoderAI) -> str:
    return api.create_project(name="Strikes").id


@pytest.fixture
async def grpc_upload(stack: LocalStack, signed_in: tuple[CoderAI, str]) -> AsyncIterator[Any]:
    """Calls UploadDocument at the gateway's gRPC API."""
    metadata = (("authorization", f"Bearer {signed_in[1]}"),)
    async with grpc.aio.insecure_channel(stack.grpc) as channel:
        stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
        yield lambda requests: stub.UploadDocument(requests, metadata=metadata)


def test_five_hundred_files_in_one_request(
    stack: LocalStack, signed_in: tuple[CoderAI, str], api: CoderAI, project: str
) -> None:
    texts = {f"{n:03}.txt": f"Report {n}: the dockers of pier {n} stopped work.".encode() for n in range(500)}
    response = httpx.post(
        f"{stack.url}/v1/projects/{project}/documents",
        files=[("files", file) for file in texts.items()],
        headers={"Authorization": f"Bearer {signed_in[1]}"},
        timeout=300,
    )

    assert (response.status_code, response.json()["errors"]) == (201, [])
    assert api.wait_until_read(project, timeout=300)["READY"] == 500
    listed = list(api.documents(project))
    assert [document.name for document in listed] == list(texts)
    assert [document.id for document in listed] == [item["id"] for item in response.json()["items"]]
    assert api.document_text(listed[499].id).encode() == texts["499.txt"]


async def test_a_whole_upload_over_grpc_is_kept_and_one_broken_off_is_not(
    grpc_upload: Any, api: CoderAI, project: str
) -> None:
    data = REPORT.encode()
    half_is_sent = asyncio.Event()
    whole = ingest.UploadDocumentEnd(size=len(data), sha256=hashlib.sha256(data).hexdigest())

    async def requests(name: str, end: ingest.UploadDocumentEnd | None, waits: bool = False) -> AsyncIterator[Any]:
        yield ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id=project, name=name))
        yield ingest.UploadDocumentRequest(data=data)
        half_is_sent.set()
        if waits:
            await asyncio.Event().wait()
        if end is not None:
            yield ingest.UploadDocumentRequest(end=end)

    broken_off = asyncio.ensure_future(grpc_upload(requests("broken off.txt", None, waits=True)))
    await half_is_sent.wait()
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)
    for name, end in (("no end.txt", None), ("other bytes.txt", ingest.UploadDocumentEnd(size=3, sha256="abc"))):
        with pytest.raises(grpc.aio.AioRpcError, match="send the file again") as refused:
            await grpc_upload(requests(name, end))
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    reply = await grpc_upload(requests("whole.txt", whole))

    assert reply.created
    assert [document.name for document in api.documents(project)] == ["whole.txt"]


def test_a_guessed_column_is_told_and_can_be_corrected(api: CoderAI, project: str, tmp_path: Path) -> None:
    table = tmp_path / "calls.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("question", "answer"), *((f"Is it {n}? " * 9, f"It is {n}.") for n in range(3))])

    (guessed,) = api.upload(project, [table])
    api.wait_until_read(project, timeout=60)
    (told,) = api.documents(project, sources=True)
    (corrected,) = api.upload(project, [table], text_column="answer")
    api.wait_until_read(project, timeout=60)
    (source,) = api.documents(project, sources=True)

    assert guessed.document is not None and corrected.document is not None
    assert told.id == guessed.document.id
    assert (told.text_column, told.document_count) == ("question", 3)
    assert "also has answer; to take one of these, upload it again with text_column" in told.report.warnings[0]
    assert (source.id, source.text_column, source.report.warnings) == (corrected.document.id, "answer", [])
    rows = [document for document in api.documents(project) if document.source_document_id]
    assert [api.document_text(row.id) for row in rows] == ["It is 0.", "It is 1.", "It is 2."]
    assert api.document_counts(project)["READY"] == 3


def test_what_was_extracted_is_not_lost_without_being_asked_for(api: CoderAI, project: str, tmp_path: Path) -> None:
    table = tmp_path / "calls.csv"
    table.write_text('question,answer\nHow many came to the pier?,"12 people came."\nWho?,The dockers.\n')
    (uploaded,) = api.upload(project, [table], text_column="answer")
    assert uploaded.document is not None
    api.wait_until_read(project, timeout=60)
    api.create_variable(project, name="people", type="NUMBER", instructions="How many people came?")
    job = api.start_job(project, "FULL", skip_sample=True)
    list(api.watch_job(job.id, after=0))

    (refused,) = api.upload(project, [table], text_column="question")
    with pytest.raises(ApiError, match=r"2 of the 2 documents of calls\.csv are coded, by 1 job") as reread:
        api.reread(uploaded.document.id)
    same = api.reread(uploaded.document.id, replace=True)
    api.wait_until_read(project, timeout=60)
    kept = list(api.extractions(project))
    (replaced,) = api.upload(project, [table], text_column="question", replace=True)
    api.wait_until_read(project, timeout=60)
    wait_until(lambda: not list(api.extractions(project)))
    again = api.retry_failed(job.id)
    list(api.watch_job(again.id))

    assert (refused.document, refused.code, reread.value.code) == (None, *("codings_would_be_lost",) * 2)
    assert "send replace: true" in refused.error
    assert (same.id, len(kept), api.reading(same.id).text_column) == (uploaded.document.id, 2, "question")
    assert replaced.document is not None and (replaced.document.id, replaced.reread) == (same.id, True)
    assert len(list(api.extractions(project))) == 2


def test_what_repeats_another_is_marked_and_can_be_left_out(api: CoderAI, project: str, tmp_path: Path) -> None:
    for name, text in {"a": REPORT, "b": f"UPDATED. {REPORT}", "c": " ".join(reversed(REPORT.split()))}.items():
        (tmp_path / f"{name}.txt").write_text(text)
        api.upload(project, [tmp_path / f"{name}.txt"])
        api.wait_until_read(project, timeout=60)
    api.create_variable(project, name="pier", type="NUMBER", instructions="Which pier?")

    corpus = api.corpus(project)
    job = api.start_job(project, "FULL", skip_sample=True, leave_out_duplicates=True)
    updates = list(api.watch_job(job.id, after=0))

    assert [document.name for document in api.documents(project, duplicates=True)] == ["b.txt"]
    assert (corpus.duplicate_count, corpus.suggested_language) == (1, "English")
    assert [task.document_name for task in api.tasks(job.id)] == ["a.txt", "c.txt"]
    started = updates[0].event
    assert started is not None
    assert started.message.startswith("FULL job over 2 documents; 1 that repeat another are left out")
    assert started.metadata["duplicates_left_out"] == 1
