"""Uploads and downloads: streamed through, within their limits, one bad file not in the way of the others."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.gateway.http.downloads import content_disposition
from tests.integration.gateway.running import Person, RunningGateway, until
from tests.integration.gateway.services import Services

PATH = "/v1/projects/p1/documents"
MIB = 2**20


def multipart(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", file) for file in files]


async def streamed(parts: Iterable[tuple[str, Iterable[bytes]]], field: str = "files") -> AsyncIterator[bytes]:
    """A multipart body that is made while it is sent; its boundary is "edge"."""
    for name, pieces in parts:
        yield f'--edge\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
        for piece in pieces:
            yield piece
        yield b"\r\n"
    yield b"--edge--\r\n"


STREAMED = {"Content-Type": "multipart/form-data; boundary=edge"}


async def test_files_reach_ingest_as_they_are(signed_in: httpx.AsyncClient, services: Services) -> None:
    one, two = uuid4().bytes * 100_000, b"--edge\r\n" * 3 + uuid4().bytes

    response = await signed_in.post(PATH, files=multipart(("Bericht Ä.pdf", one), ("C:\\my docs\\b.txt", two)))

    assert response.status_code == 201
    assert response.json()["errors"] == []
    items = response.json()["items"]
    assert [(item["name"], item["size"], item["created"]) for item in items] == [
        ("Bericht Ä.pdf", len(one), True),
        ("b.txt", len(two), True),
    ]
    assert [item["sha256"] for item in items] == [hashlib.sha256(data).hexdigest() for data in (one, two)]
    assert services.ingest.heads[-1].project_id == "p1"


async def test_known_bytes_are_told(signed_in: httpx.AsyncClient) -> None:
    file = multipart(("a.txt", uuid4().bytes))
    await signed_in.post(PATH, files=file)

    again = await signed_in.post(PATH, files=file)

    assert again.status_code == 200
    assert again.json()["items"][0]["created"] is False


async def test_an_empty_file_is_a_file(signed_in: httpx.AsyncClient) -> None:
    response = await signed_in.post(PATH, files=multipart(("empty.txt", b"")))

    assert response.json()["items"][0]["size"] == 0


async def test_a_text_can_come_as_json(signed_in: httpx.AsyncClient, services: Services) -> None:
    text = f"Größe: {uuid4()}\n"

    response = await signed_in.post(PATH, json={"name": "note.txt", "text": text}, params={"text_column": "body"})

    assert response.status_code == 201
    [item] = response.json()["items"]
    assert item["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert services.ingest.heads[-1].text_column == "body"


async def test_that_what_was_extracted_may_go_is_passed_on(signed_in: httpx.AsyncClient, services: Services) -> None:
    files = multipart(("a.csv", uuid4().bytes))
    await signed_in.post(PATH, files=files, params={"text_column": "body", "replace": "true"})
    assert services.ingest.heads[-1].replace
    answer = await signed_in.post(PATH, files=files)
    assert (services.ingest.heads[-1].replace, answer.json()["items"][0]["reread"]) == (False, False)


async def test_a_document_s_reading_is_shown_and_it_is_read_again(signed_in: httpx.AsyncClient) -> None:
    reading = (await signed_in.get("/v1/documents/d1/reading")).json()
    assert (reading["report"]["reader"], reading["left_out"]) == ("html", ["Home"])
    refused = await signed_in.post("/v1/documents/d1/reread")
    assert (refused.status_code, refused.json()["code"]) == (409, "codings_would_be_lost")
    assert refused.json()["errors"] == [{"field": "replace", "detail": "true goes on"}]
    asked = {"whole": True, "text_column": "body", "replace": True}
    answer = await signed_in.post("/v1/documents/d1/reread", json=asked)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("id", "whole", "text_column")} == {
        "id": "d1",
        "whole": True,
        "text_column": "body",
    }


async def test_a_refused_file_does_not_stop_the_others(signed_in: httpx.AsyncClient) -> None:
    files = multipart(("a.txt", uuid4().bytes), ("refused.bin", b"x" * MIB), ("b.txt", uuid4().bytes))
    files.insert(1, ("file", ("c.txt", b"wrong field")))

    response = await signed_in.post(PATH, files=files)

    assert response.status_code == 201
    content = response.json()
    assert [item["name"] for item in content["items"]] == ["a.txt", "b.txt"]
    assert [(error["index"], error["name"], error["problem"]["code"]) for error in content["errors"]] == [
        (1, "c.txt", "not_a_file"),
        (2, "refused.bin", "format_unknown"),
    ]
    assert content["errors"][1]["problem"]["correlation_id"] == response.headers["x-correlation-id"]


async def test_when_all_files_are_refused_the_request_is(signed_in: httpx.AsyncClient) -> None:
    response = await signed_in.post(PATH, files=multipart(("refused.bin", b"x"), ("refused.bin", b"y")))

    assert response.status_code == 422
    assert response.json()["code"] == "format_unknown"
    assert [error["field"] for error in response.json()["errors"]] == ["files.0", "files.1"]


async def test_after_an_error_that_all_would_meet_the_rest_is_not_tried(
    signed_in: httpx.AsyncClient, services: Services
) -> None:
    before = len(services.ingest.heads)

    response = await signed_in.post(PATH, files=multipart(("lost.txt", b"x" * 3 * MIB), ("a.txt", b"y")))

    assert response.status_code == 404
    assert response.json()["code"] == "project_not_found"
    assert len(services.ingest.heads) == before + 1


async def test_files_after_the_first_are_stored_side_by_side(signed_in: httpx.AsyncClient) -> None:
    names = ["first.txt", *(f"together-{number}.txt" for number in range(4))]

    files = multipart(*((name, uuid4().bytes * 4096) for name in names))

    response = await signed_in.post(PATH, files=files)

    assert [item["name"] for item in response.json()["items"]] == names


async def test_small_files_that_come_while_others_are_stored_are_stored_together(
    signed_in: httpx.AsyncClient, services: Services
) -> None:
    names, before = [f"small {number}.txt" for number in range(300)], len(services.ingest.calls)
    files = {name: uuid4().bytes * (4096 if number % 50 == 49 else 1) for number, name in enumerate(names)}
    services.ingest.gate.clear()
    uploading = asyncio.create_task(signed_in.post(PATH, files=multipart(*files.items())))
    try:
        # A large one does not wait for them: when it has come, so have those before it.
        await until(lambda: services.ingest.heads[-1].name == "small 149.txt")
        assert len(services.ingest.calls) == before + 2
    finally:
        services.ingest.gate.set()

    items = (await uploading).json()["items"]

    assert [item["name"] for item in items] == names
    assert [item["sha256"] for item in items] == [hashlib.sha256(data).hexdigest() for data in files.values()]
    calls = services.ingest.calls[before:]
    assert sorted(name for call in calls for name in call) == sorted(
        name for name in names[1:] if len(files[name]) == 16
    )
    assert max(map(len, calls)) <= 64
    # 147 small ones came while the first two calls were held: 64 go at a time, and two calls take turns.
    came_before = set(names[1:149])
    assert sum(not came_before.isdisjoint(call) for call in calls) <= 6


async def test_each_small_file_is_told_what_becomes_of_it(signed_in: httpx.AsyncClient, services: Services) -> None:
    known, before = uuid4().bytes, len(services.ingest.calls)
    files = [("a.txt", known), ("refused.bin", b"x"), ("b.txt", known), ("empty.txt", b""), ("c.txt", uuid4().bytes)]

    content = (await signed_in.post(PATH, files=multipart(*files))).json()

    assert [item["name"] for item in content["items"]] == ["a.txt", "a.txt", "empty.txt", "c.txt"]
    assert [item["created"] for item in content["items"][:2]] == [True, False]
    assert [(error["index"], error["problem"]["code"]) for error in content["errors"]] == [(1, "format_unknown")]
    assert len(services.ingest.calls) > before


@pytest.mark.parametrize(("name", "code"), [("all lost.txt", "blobs_away"), ("lost.txt", "project_not_found")])
async def test_after_an_error_that_all_would_meet_no_small_file_is_tried(
    signed_in: httpx.AsyncClient, services: Services, name: str, code: str
) -> None:
    rest = [(f"{uuid4()}.txt", uuid4().bytes) for _ in range(400)]

    content = (await signed_in.post(PATH, files=multipart(("first.txt", uuid4().bytes), (name, b"x"), *rest))).json()

    codes = [error["problem"]["code"] for error in content["errors"]]
    assert content["errors"][0]["name"] == name
    assert set(codes) == {code}
    assert len(content["items"]) + len(codes) == len(rest) + 2
    assert rest[-1][0] not in {head.name for head in services.ingest.heads}


async def test_the_text_column_can_come_as_a_form_field(signed_in: httpx.AsyncClient, services: Services) -> None:
    form = {"data": {"text_column": "Größe"}, "files": multipart(("a.csv", uuid4().bytes), ("b.csv", uuid4().bytes))}

    response = await signed_in.post(PATH, **form)
    by_both = await signed_in.post(PATH, **form, params={"text_column": "Größe"})

    assert (response.status_code, response.json()["errors"], by_both.status_code) == (201, [], 200)
    assert [head.text_column for head in services.ingest.heads[-4:]] == ["Größe"] * 4


@pytest.mark.parametrize(
    ("fields", "query", "code"),
    [
        ({"textcolumn": "body"}, {}, "unknown_form_field"),
        ({"text_column": ["body", "title"]}, {}, "text_column_misplaced"),
        ({"text_column": "body"}, {"text_column": "title"}, "text_column_misplaced"),
        ({"text_column": "x" * 5000}, {}, "malformed_multipart"),
        ({"text_column": b"\xff"}, {}, "malformed_multipart"),
        ({"text_column": "a\0b"}, {}, "malformed_multipart"),
    ],
)
async def test_a_form_field_that_is_not_understood_is_refused_and_no_file_is_stored(
    signed_in: httpx.AsyncClient, services: Services, fields: dict[str, Any], query: dict[str, str], code: str
) -> None:
    before = len(services.ingest.heads)

    response = await signed_in.post(PATH, data=fields, files=multipart(("a.csv", b"x" * 3 * MIB)), params=query)

    assert (response.status_code, response.json()["code"]) == (422, code)
    assert len(services.ingest.heads) == before


async def test_a_text_column_after_the_files_that_it_is_of_is_told(signed_in: httpx.AsyncClient) -> None:
    files: list[Any] = [*multipart(("a.csv", uuid4().bytes)), ("text_column", (None, "body"))]

    response = await signed_in.post(PATH, files=[*files, *multipart(("b.csv", uuid4().bytes))])

    assert [item["name"] for item in response.json()["items"]] == ["a.csv"]
    assert [(error["name"], error["problem"]["code"]) for error in response.json()["errors"]] == [
        ("text_column", "text_column_misplaced"),
        ("b.csv", "text_column_misplaced"),
    ]


async def test_a_request_without_a_file_is_refused(signed_in: httpx.AsyncClient) -> None:
    content = b"--edge--\r\n"
    for body in (content, b'--edge\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n' + content):
        response = await signed_in.post(PATH, content=body, headers=STREAMED)
        assert response.status_code == 422
        assert response.json()["code"] == "not_a_file"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"no boundary at all", "multipart/form-data; boundary=edge"),
        (
            b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nabc',
            "multipart/form-data; boundary=edge",
        ),
        (b"--edge--", "multipart/form-data"),
        (b"--edge\r\nX: " + b"y" * 10_000, "multipart/form-data; boundary=edge"),
    ],
)
async def test_a_malformed_multipart_body_is_refused(
    signed_in: httpx.AsyncClient, body: bytes, content_type: str
) -> None:
    response = await signed_in.post(PATH, content=body, headers={"Content-Type": content_type})

    assert response.status_code == 422
    assert response.json()["code"] == "malformed_multipart"


async def test_a_body_that_breaks_off_stores_nothing(
    signed_in: httpx.AsyncClient, gateway: RunningGateway, services: Services
) -> None:
    name, correlation = f"{uuid4()}.txt", str(uuid4())

    async def breaking_off() -> AsyncIterator[bytes]:
        async for piece in streamed([(name, [b"x" * MIB])]):
            yield piece
            if len(piece) == MIB:
                raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await signed_in.post(PATH, content=breaking_off(), headers=STREAMED | {"X-Correlation-Id": correlation})

    await until(lambda: correlation in gateway.log.read_text())
    if name in [head.name for head in services.ingest.heads]:
        await until(lambda: name in services.ingest.broken_off)
    assert name not in [document.name for document in services.ingest.stored.values()]
    assert "Traceback" not in gateway.log.read_text()


async def test_a_file_of_more_than_50_mib_is_refused_unread_and_unstored(
    signed_in: httpx.AsyncClient, gateway: RunningGateway, services: Services
) -> None:
    process = psutil.Process(gateway.pid)
    before, most = process.memory_info().rss, 0

    def pieces(count: int) -> Iterable[bytes]:
        nonlocal most
        for _ in range(count):
            most = max(most, process.memory_info().rss)
            yield b"x" * MIB

    body = streamed([("huge.txt", pieces(60)), ("fits.txt", pieces(50))])
    response = await signed_in.post(PATH, content=body, headers=STREAMED)

    assert response.status_code == 201
    content = response.json()
    assert [item["name"] for item in content["items"]] == ["fits.txt"]
    assert content["items"][0]["size"] == 50 * MIB
    [error] = content["errors"]
    assert (error["name"], error["problem"]["status"], error["problem"]["code"]) == ("huge.txt", 413, "file_too_large")
    assert services.ingest.broken_off[-1] == "huge.txt"
    assert most - before < 30 * MIB


async def test_a_text_streams_through(
    signed_in: httpx.AsyncClient, gateway: RunningGateway, services: Services
) -> None:
    process = psutil.Process(gateway.pid)
    before, most, digest = process.memory_info().rss, 0, hashlib.sha256()

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal most
        for number in range(50):
            most = max(most, process.memory_info().rss)
            piece = f"{number:04}".encode() * (MIB // 4)
            digest.update(piece)
            yield piece

    plain = {"Content-Type": "text/plain; charset=utf-8"}
    response = await signed_in.post(PATH, content=pieces(), headers=plain, params={"name": "long.txt"})

    assert response.status_code == 201
    [item] = response.json()["items"]
    assert (item["name"], item["size"], item["sha256"]) == ("long.txt", 50 * MIB, digest.hexdigest())
    assert most - before < 30 * MIB


async def test_a_text_that_streams_has_a_name_and_an_end(signed_in: httpx.AsyncClient) -> None:
    plain = {"Content-Type": "text/plain"}

    nameless = await signed_in.post(PATH, content=b"x", headers=plain)
    huge = await signed_in.post(PATH, content=b"x" * (50 * MIB + 1), headers=plain, params={"name": "a.txt"})

    assert (nameless.status_code, nameless.json()["code"]) == (422, "name_missing")
    assert (huge.status_code, huge.json()["code"]) == (413, "file_too_large")


async def test_a_text_as_json_may_have_a_mebibyte(signed_in: httpx.AsyncClient) -> None:
    fits = await signed_in.post(PATH, json={"name": "a.txt", "text": "x" * (MIB - 100)})
    too_large = await signed_in.post(PATH, json={"name": "a.txt", "text": "x" * MIB})

    assert fits.status_code == 201
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")


async def test_after_ten_thousand_files_no_more_is_read(signed_in: httpx.AsyncClient, services: Services) -> None:
    before = len(services.ingest.heads)
    part = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'

    response = await signed_in.post(PATH, content=part * 100_000 + b"--edge--\r\n", headers=STREAMED)

    assert response.status_code == 422
    assert len(response.json()["errors"]) == 10_001
    assert "10,000 files" in response.json()["errors"][-1]["detail"]
    assert len(services.ingest.heads) == before


@pytest.mark.parametrize(
    "body",
    [
        b'--edge\r\nContent-Disposition: form-data; name="text_column"\r\n\r\nx\r\n' * 17,
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n' + b"X-Y: z\r\n" * 2000,
    ],
    ids=["form fields", "headers of a part"],
)
async def test_parts_have_limits(signed_in: httpx.AsyncClient, body: bytes) -> None:
    response = await signed_in.post(PATH, content=body, headers=STREAMED)

    assert (response.status_code, response.json()["code"]) == (422, "malformed_multipart")
    assert "more than 16" in response.json()["detail"] or "Maximum header" in response.json()["detail"]


async def test_one_file_that_is_too_large_is_a_413(signed_in: httpx.AsyncClient) -> None:
    body = streamed([("huge.txt", (b"x" * MIB for _ in range(51)))])

    response = await signed_in.post(PATH, content=body, headers=STREAMED)

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "file_too_large"


async def test_a_text_that_is_too_large_is_a_413(signed_in: httpx.AsyncClient) -> None:
    for size in (50 * MIB + 1, 63 * MIB):
        response = await signed_in.post(PATH, json={"name": "a.txt", "text": "x" * size})
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"


async def test_a_repeated_upload_is_replayed(signed_in: httpx.AsyncClient, services: Services) -> None:
    key, before = {"Idempotency-Key": str(uuid4())}, len(services.ingest.heads)
    file = multipart(("a.txt", uuid4().bytes))

    first = await signed_in.post(PATH, files=file, headers=key)
    again = await signed_in.post(PATH, files=file, headers=key)

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(services.ingest.heads) == before + 1


async def test_a_file_comes_down_as_it_is(signed_in: httpx.AsyncClient, services: Services) -> None:
    services.ingest.file = uuid4().bytes * 100_000

    response = await signed_in.get("/v1/documents/d1/file")

    assert response.content == services.ingest.file
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-length"] == str(len(services.ingest.file))
    disposition = response.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="Bericht ____.._1.pdf"; ')
    assert unquote(disposition.partition("UTF-8''")[2]) == "Bericht _Ä__.._1.pdf"


async def test_a_file_that_is_not_there_is_a_problem(signed_in: httpx.AsyncClient) -> None:
    response = await signed_in.get("/v1/documents/absent/file")

    assert response.status_code == 404
    assert response.json()["code"] == "document_not_found"


async def test_an_export_comes_down(signed_in: httpx.AsyncClient) -> None:
    response = await signed_in.get("/v1/exports/e1/download")

    assert (response.content, response.headers["content-type"]) == (b"a,b", "text/csv; charset=utf-8")
    assert 'filename="data.csv"' in response.headers["content-disposition"]


async def test_a_file_whose_reader_leaves_is_not_read_on(
    signed_in: httpx.AsyncClient, person: Person, services: Services
) -> None:
    services.ingest.file = bytes(100 * MIB)
    services.ingest.sent_to_end = None
    async with signed_in.stream("GET", "/v1/documents/d1/file") as response:
        await anext(response.aiter_raw())

    await until(lambda: services.ingest.sent_to_end is not None)
    assert services.ingest.sent_to_end is False
    services.ingest.file = b""


@given(st.text())
def test_any_name_makes_a_safe_header(name: str) -> None:
    header = content_disposition(name.encode(errors="replace").decode())

    header.encode("ascii")
    plain = header.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    assert not set(plain[0]) & set('"\\/\r\n\0')
    assert plain[2]
    assert any(c not in "\r\n" for c in unquote(plain[2]))
