"""Uploads that go on after a break, by tus 1.0.0: over real HTTP, at any gateway, with the real ingest behind them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from tests.integration.gateway.raw_http import Connection, connect
from tests.integration.gateway.running import (
    INTERNAL_KEY,
    PASSWORD,
    Person,
    RunningGateway,
    Starter,
    client_of,
    invited,
    register,
)
from tests.integration.gateway.services import Services
from tests.support.stack import ServiceDatabases

MIB = 2**20
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}
ORIGIN = "https://app.example.org"


@dataclass
class IngestProcess:
    """The ingest service, which can be killed."""

    group: ProcessGroup
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            command = (sys.executable, "-m", "coderai.services.ingest", "serve")
            self.process = self.group.popen(command, env=self.env, cwd=Path.cwd(), output=output)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(20)


@pytest.fixture(scope="module")
def ingest(
    service_dsns: ServiceDatabases,
    nats: EmbeddedNats,
    process_group: ProcessGroup,
    services: Services,
    server_dir: Path,
) -> Iterator[IngestProcess]:
    settings = {
        "CODERAI_INGEST_DATABASE_URL": service_dsns["ingest"].application,
        "CODERAI_NATS_URL": nats.url,
        "CODERAI_INTERNAL_TOKEN_KEY": INTERNAL_KEY,
        "CODERAI_BLOB_URL": (server_dir / "uploaded").as_uri(),
        "CODERAI_PROJECTS_ADDRESS": services.addresses["projects"],
        "CODERAI_EXTRACTOR_ADDRESS": services.addresses["extractor"],
        "CODERAI_INGEST_LISTEN": f"127.0.0.1:{free_port()}",
        "CODERAI_INGEST_MOST_UNFINISHED_UPLOADS": "5",
    }
    running = IngestProcess(process_group, {**os.environ, **settings}, server_dir / "ingest.log")
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
async def gateways(
    ingest: IngestProcess, services: Services, starter: Starter
) -> AsyncIterator[tuple[RunningGateway, RunningGateway]]:
    """Two, before the same services."""
    addresses = services.addresses | {"ingest": ingest.env["CODERAI_INGEST_LISTEN"]}
    async with AsyncExitStack() as stack:
        first = starter.run("uploading", addresses, cors_origins=ORIGIN)
        second = starter.run("uploading too", addresses)
        yield await stack.enter_async_context(first), await stack.enter_async_context(second)


@pytest.fixture
async def person(gateways: tuple[RunningGateway, RunningGateway]) -> Person:
    async with client_of(gateways[0].url) as http:
        return await register(http)


@pytest.fixture
async def https(
    gateways: tuple[RunningGateway, RunningGateway], person: Person
) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """A client of each gateway, signed in."""
    async with AsyncExitStack() as stack:
        clients = [client_of(gateway.url, headers=person.headers | TUS) for gateway in gateways]
        first, second = [await stack.enter_async_context(client) for client in clients]
        yield first, second


@pytest.fixture
def http(https: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> httpx.AsyncClient:
    return https[0]


@pytest.fixture
async def project(http: httpx.AsyncClient) -> str:
    return str((await http.post("/v1/projects", json={"name": "Strikes"})).json()["id"])


def metadata(name: str, **more: str) -> dict[str, str]:
    pairs = [f"{key} {b64encode(value.encode()).decode()}" for key, value in {"filename": name, **more}.items()]
    return {"Upload-Metadata": ",".join(pairs)}


def some_bytes(size: int) -> bytes:
    """That no other test has."""
    return (uuid4().bytes * (size // 16 + 1))[:size]


async def begin(http: httpx.AsyncClient, project: str, length: int, name: str = "a.txt", **more: str) -> str:
    headers = {"Upload-Length": str(length), **metadata(name, **more)}
    response = await http.post(f"/v1/projects/{project}/uploads", headers=headers)
    assert response.status_code == 201, response.text
    return str(response.headers["Location"])


async def patch(http: httpx.AsyncClient, upload: str, offset: int, data: bytes) -> httpx.Response:
    return await http.patch(upload, content=data, headers=BYTES | {"Upload-Offset": str(offset)})


async def offset_of(http: httpx.AsyncClient, upload: str) -> int:
    response = await http.head(upload)
    assert response.status_code == 200
    return int(response.headers["Upload-Offset"])


async def reaches(http: httpx.AsyncClient, upload: str, offset: int) -> None:
    """Waits until so many bytes are kept; a 423 says to ask again."""
    async with asyncio.timeout(60):
        while int((await http.head(upload)).headers.get("Upload-Offset", 0)) < offset:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def sending(gateway: RunningGateway, person: Person, upload: str, data: bytes, length: int) -> Connection:
    """A connection on which the first of `length` bytes have been sent."""
    connection = await connect(gateway.url)
    head = {**person.headers, **TUS, **BYTES, "Upload-Offset": "0", "Content-Length": str(length), "Host": "localhost"}
    lines = [f"PATCH {upload} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    await connection.send("\r\n".join(lines).encode() + data)
    return connection


async def test_a_file_goes_on_at_another_gateway_and_becomes_a_document(
    https: tuple[httpx.AsyncClient, httpx.AsyncClient], project: str
) -> None:
    http, other = https
    data, name = some_bytes(2 * MIB + 77), "تقرير عن الإضراب.pdf"
    said = metadata(name, filetype="application/pdf")
    begun = await http.post(f"/v1/projects/{project}/uploads", headers={"Upload-Length": str(len(data)), **said})
    assert (begun.status_code, begun.json()["name"], begun.json()["state"]) == (201, name, "RECEIVING")
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    upload = begun.headers["Location"]

    some = await patch(http, upload, 0, data[: MIB + 5])
    assert (some.status_code, some.headers["Upload-Offset"]) == (204, str(MIB + 5))
    assert "Upload-Document-Id" not in some.headers
    where = await other.head(upload)
    assert where.status_code == 200
    assert where.headers["Upload-Offset"] == str(MIB + 5)
    assert where.headers["Upload-Length"] == str(len(data))
    assert where.headers["Upload-Metadata"] == said["Upload-Metadata"]
    assert where.headers["Cache-Control"] == "no-store"
    assert where.headers["Upload-Expires"].endswith("GMT")
    rest = await patch(other, upload, MIB + 5, data[MIB + 5 :])
    assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, str(len(data)))

    document = (await http.get(f"/v1/documents/{rest.headers['Upload-Document-Id']}")).json()
    assert (document["name"], document["size"]) == (name, len(data))
    assert document["sha256"] == hashlib.sha256(data).hexdigest()
    shown = (await http.get(upload)).json()
    assert (shown["state"], shown["offset"], shown["length"]) == ("STORED", len(data), len(data))
    assert (shown["document_id"], shown["created"], shown["error"]) == (document["id"], True, None)
    assert (await other.head(upload)).headers["Upload-Document-Id"] == document["id"]

    again = await begin(other, project, len(data))
    known = await patch(other, again, 0, data)
    assert known.headers["Upload-Document-Id"] == document["id"]
    assert (await http.get(again)).json()["created"] is False


async def test_a_connection_that_is_cut_loses_nothing_that_came(
    gateways: tuple[RunningGateway, RunningGateway],
    https: tuple[httpx.AsyncClient, httpx.AsyncClient],
    person: Person,
    project: str,
) -> None:
    data, other = some_bytes(3 * MIB), https[1]
    upload, sent = await begin(https[0], project, len(data)), MIB + 12_345
    connection = await sending(gateways[0], person, upload, data[:sent], len(data))
    await reaches(other, upload, MIB)
    connection.writer.transport.abort()
    await reaches(other, upload, sent)
    done = await patch(other, upload, sent, data[sent:])
    document = (await other.get(f"/v1/documents/{done.headers['Upload-Document-Id']}")).json()
    assert document["sha256"] == hashlib.sha256(data).hexdigest()


async def test_an_upload_goes_on_after_ingest_was_killed(
    gateways: tuple[RunningGateway, RunningGateway],
    http: httpx.AsyncClient,
    person: Person,
    project: str,
    ingest: IngestProcess,
) -> None:
    data = some_bytes(3 * MIB)
    upload = await begin(http, project, len(data))
    connection = await sending(gateways[0], person, upload, data[: MIB + 12_345], len(data))
    await reaches(http, upload, MIB)
    ingest.kill()
    assert (await http.head(upload)).status_code == 423, "a 5xx would have tus clients begin anew"
    assert await _status_of(connection) == 503
    connection.close()
    ingest.start()
    await reaches(http, upload, MIB)
    assert await offset_of(http, upload) == MIB
    done = await patch(http, upload, MIB, data[MIB:])
    document = (await http.get(f"/v1/documents/{done.headers['Upload-Document-Id']}")).json()
    assert document["sha256"] == hashlib.sha256(data).hexdigest()


async def _status_of(connection: Connection) -> int:
    async with asyncio.timeout(20):
        return int((await connection.reader.readline()).split()[1])


async def test_the_largest_file_takes_no_more_memory_than_others(
    gateways: tuple[RunningGateway, RunningGateway], http: httpx.AsyncClient, project: str, ingest: IngestProcess
) -> None:
    assert ingest.process is not None
    processes = [psutil.Process(pid) for pid in (gateways[0].pid, ingest.process.pid)]
    upload = await begin(http, project, 1)
    await patch(http, upload, 0, some_bytes(1))
    before, most = [process.memory_info().rss for process in processes], [0, 0]

    async def watch() -> None:
        while True:
            most[:] = [max(was, process.memory_info().rss) for was, process in zip(most, processes, strict=True)]
            await asyncio.sleep(0.005)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield some_bytes(MIB)

    upload = await begin(http, project, 50 * MIB)
    watching = asyncio.create_task(watch())
    done = await http.patch(upload, content=pieces(), headers=BYTES | {"Upload-Offset": "0"})
    watching.cancel()
    assert done.headers["Upload-Document-Id"]
    for grown in (now - was for now, was in zip(most, before, strict=True)):
        assert grown < 40 * MIB


async def test_bytes_go_where_the_upload_goes_on_and_nowhere_else(http: httpx.AsyncClient, project: str) -> None:
    data = some_bytes(1000)
    upload = await begin(http, project, len(data))
    await patch(http, upload, 0, data[:500])
    for offset in (0, 499, 501, 2**40):
        wrong = await patch(http, upload, offset, data[500:])
        assert (wrong.status_code, wrong.json()["code"]) == (409, "offset_wrong")
        assert wrong.headers["Tus-Resumable"] == "1.0.0"
    too_many = await patch(http, upload, 500, data)
    assert (too_many.status_code, too_many.json()["code"]) == (413, "upload_overrun")
    assert (await patch(http, upload, 500, data[500:])).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "application/json"}, 415, "wrong_media_type"),
        ({"Upload-Offset": "x"}, 422, "invalid_input"),
        ({"Upload-Offset": "-1"}, 422, "invalid_input"),
        ({"Upload-Offset": str(10**30)}, 422, "invalid_input"),
        ({"Tus-Resumable": "0.2.2"}, 412, "tus_version_unknown"),
    ],
)
async def test_what_is_no_tus_is_told(
    http: httpx.AsyncClient, project: str, headers: dict[str, str], status: int, code: str
) -> None:
    upload = await begin(http, project, 10)
    response = await http.patch(upload, content=b"x", headers=BYTES | {"Upload-Offset": "0"} | headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Tus-Version"] == "1.0.0"
    assert await offset_of(http, upload) == 0


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        (metadata("a.txt"), 422, "invalid_input"),
        ({"Upload-Length": "10"}, 422, "invalid_input"),
        ({"Upload-Length": "-1", **metadata("a.txt")}, 422, "invalid_input"),
        ({"Upload-Length": "0", **metadata("a.txt")}, 422, "file_empty"),
        ({"Upload-Length": str(50 * MIB + 1), **metadata("a.txt")}, 413, "file_too_large"),
        ({"Upload-Length": "10", "Upload-Metadata": ""}, 422, "metadata_invalid"),
        ({"Upload-Length": "10", "Upload-Metadata": "filename ***"}, 422, "metadata_invalid"),
        ({"Upload-Length": "10", "Upload-Metadata": "filename /w=="}, 422, "metadata_invalid"),
        ({"Upload-Length": "10", **metadata("a.txt", text_column="\0")}, 422, "invalid_input"),
        ({"Upload-Length": "10", **metadata("a.txt", column="body")}, 422, "metadata_invalid"),
        ({"Upload-Length": "10", **metadata("a.txt", replace="maybe")}, 422, "metadata_invalid"),
        ({"Upload-Length": "10", **metadata("..")}, 422, "upload_invalid"),
    ],
)
async def test_what_cannot_become_a_document_is_not_begun(
    http: httpx.AsyncClient, project: str, headers: dict[str, str], status: int, code: str
) -> None:
    response = await http.post(f"/v1/projects/{project}/uploads", headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_how_a_table_is_read_can_be_said(http: httpx.AsyncClient, project: str) -> None:
    data = some_bytes(100)
    upload = await begin(http, project, len(data), "t.csv", text_column="نص", replace="true")
    assert (await http.get(upload)).json()["text_column"] == "نص"
    done = await patch(http, upload, 0, data)
    document = (await http.get(f"/v1/documents/{done.headers['Upload-Document-Id']}")).json()
    assert document["text_column"] == "نص"


async def test_a_refused_file_is_told_also_later(http: httpx.AsyncClient, project: str) -> None:
    data = some_bytes(100)
    upload = await begin(http, project, len(data))
    assert (await http.delete(f"/v1/projects/{project}")).status_code == 204
    refused = await patch(http, upload, 0, data)
    assert (refused.status_code, refused.json()["code"]) == (404, "project_not_found")
    assert (await http.head(upload)).status_code == 404
    shown = (await http.get(upload)).json()
    assert (shown["state"], shown["document_id"], shown["error"]["code"]) == ("REFUSED", "", "project_not_found")


async def test_nobody_else_sees_or_changes_an_upload(
    http: httpx.AsyncClient, project: str, gateways: tuple[RunningGateway, RunningGateway], person: Person
) -> None:
    upload = await begin(http, project, 10)
    path = f"/v1/projects/{project}/uploads"
    headers = {"Upload-Length": "10", **metadata("a.txt")} | BYTES | {"Upload-Offset": "0"}
    calls = [("POST", path), ("HEAD", upload), ("PATCH", upload), ("DELETE", upload), ("GET", upload)]
    async with client_of(gateways[1].url) as client:
        stranger = await register(client)
        viewer = await invited(client, person, person.workspace, await register(client), "VIEWER")
        for who, status in ((None, 401), (stranger, 404), (viewer, 403)):
            for method, url in calls:
                as_them = who.headers if who else {}
                content = b"x" if method == "PATCH" else None
                response = await client.request(method, url, headers=headers | as_them, content=content)
                may_see = who is viewer and method == "GET"
                assert response.status_code == (200 if may_see else status), (method, url, status)
    assert await offset_of(http, upload) == 0


async def test_an_upload_ends_when_told_to(http: httpx.AsyncClient, project: str) -> None:
    upload = await begin(http, project, 10)
    await patch(http, upload, 0, b"x")
    assert (await http.delete(upload)).status_code == 204
    assert (await http.head(upload)).status_code == 404
    assert (await http.delete(upload)).status_code == 404
    assert (await http.head(f"/v1/uploads/{uuid4()}")).status_code == 404


async def test_unfinished_uploads_are_bounded(http: httpx.AsyncClient, project: str) -> None:
    uploads = [await begin(http, project, 10) for _ in range(5)]
    headers = {"Upload-Length": "10", **metadata("a.txt")}
    refused = await http.post(f"/v1/projects/{project}/uploads", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_uploads")
    await patch(http, uploads[0], 0, some_bytes(10))
    await begin(http, project, 10)


async def test_a_repeated_beginning_is_one_upload(http: httpx.AsyncClient, project: str) -> None:
    headers = {"Upload-Length": "10", **metadata("a.txt"), "Idempotency-Key": str(uuid4())}
    first, again = [await http.post(f"/v1/projects/{project}/uploads", headers=headers) for _ in range(2)]
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await http.post(f"/v1/projects/{project}/uploads", headers=headers | {"Upload-Length": "11"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_what_uploads_can_is_told(http: httpx.AsyncClient, project: str) -> None:
    for path in (f"/v1/projects/{project}/uploads", f"/v1/uploads/{uuid4()}"):
        told = await http.options(path)
        assert told.status_code == 204
        assert told.headers["Tus-Version"] == "1.0.0"
        assert told.headers["Tus-Extension"] == "creation,expiration,termination"
        assert told.headers["Tus-Max-Size"] == str(50 * MIB)


async def test_a_page_of_an_allowed_origin_may_upload(gateways: tuple[RunningGateway, RunningGateway]) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,tus-resumable,upload-offset",
    }
    async with httpx.AsyncClient(base_url=gateways[0].url, headers={"Origin": ORIGIN}) as client:
        assert (await client.options("/v1/uploads/x", headers=asked)).status_code == 200
        creation = asked | {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "tus-resumable,upload-length,upload-metadata",
        }
        assert (await client.options("/v1/projects/x/uploads", headers=creation)).status_code == 200
        exposed = (await client.head("/v1/uploads/x")).headers["Access-Control-Expose-Headers"]
        assert {"Location", "Upload-Offset", "Upload-Length", "Upload-Document-Id"} <= set(exposed.split(", "))


async def test_a_page_of_the_own_origin_uploads_by_its_cookie(
    gateways: tuple[RunningGateway, RunningGateway], person: Person, http: httpx.AsyncClient, project: str
) -> None:
    own: dict[str, Any] = {"Sec-Fetch-Site": "same-origin"}
    async with client_of(gateways[0].url, headers=own | TUS) as page:
        signed_in = await page.post("/v1/auth/session", json={"email": person.email, "password": PASSWORD})
        assert signed_in.is_success
        data = some_bytes(100)
        upload = await begin(page, project, len(data))
        cross = BYTES | {"Upload-Offset": "0", "Sec-Fetch-Site": "cross-site"}
        assert (await page.patch(upload, content=data, headers=cross)).status_code == 403
        assert (await patch(page, upload, 0, data)).headers["Upload-Document-Id"]
