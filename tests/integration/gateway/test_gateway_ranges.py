"""Downloads go on where they broke off: ranges, what they are of, and whose they are at each request."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest

from tests.integration.gateway.running import Person, invited, register
from tests.integration.gateway.services import Services

URL = "/v1/exports/e1/download"
FILE = bytes(range(256)) * 40
SIZE = len(FILE)
ETAG = f'"{sha256(FILE).hexdigest()}"'


@pytest.fixture(autouse=True)
def file(services: Services) -> Iterator[None]:
    before, services.export.file = services.export.file, FILE
    yield
    services.export.file = before


async def test_a_whole_file_says_that_parts_can_be_had(signed_in: httpx.AsyncClient) -> None:
    whole = await signed_in.get(URL)
    assert (whole.status_code, whole.content) == (200, FILE)
    assert (whole.headers["accept-ranges"], whole.headers["etag"]) == ("bytes", ETAG)
    assert "content-range" not in whole.headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=5000-", 5000, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=10-{SIZE * 2}", 10, SIZE - 1),
        (f"bytes={SIZE - 1}-{'9' * 5000}", SIZE - 1, SIZE - 1),
        ("Bytes=007-008", 7, 8),
    ],
)
async def test_a_range_is_answered_with_these_bytes_alone(
    signed_in: httpx.AsyncClient, services: Services, asked: str, first: int, last: int
) -> None:
    services.export.sent.clear()
    part = await signed_in.get(URL, headers={"Range": asked, "If-Range": ETAG})
    assert (part.status_code, part.content) == (206, FILE[first : last + 1])
    assert part.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert part.headers["content-length"] == str(last - first + 1)
    assert (part.headers["etag"], part.headers["content-type"]) == (ETAG, "text/csv; charset=utf-8")
    assert 'filename="data.csv"' in part.headers["content-disposition"]
    assert services.export.sent == [part.content], "nothing else left the service"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0", f"bytes={'9' * 5000}-"])
async def test_a_range_behind_the_file_is_refused_with_its_size(signed_in: httpx.AsyncClient, asked: str) -> None:
    refused = await signed_in.get(URL, headers={"Range": asked})
    assert (refused.status_code, refused.json()["code"]) == (416, "range_not_satisfiable")
    assert refused.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-9,20-29"},
        {"Range": "bytes=-"},
        {"Range": "bytes=9-5"},
        {"Range": "bytes=1-2x"},
        {"Range": "bytes = 1-2"},
        {"Range": "bytes=٣-٤".encode()},
        {"Range": "items=0-1"},
        {"Range": "0-1"},
        {"Range": "bytes=5-", "If-Range": '"another"'},
        {"Range": "bytes=5-", "If-Range": f"W/{ETAG}"},
        {"Range": "bytes=5-", "If-Range": "Sat, 29 Oct 1994 19:43:31 GMT"},
        {"Range": f"bytes={SIZE}-", "If-Range": '"another"'},
    ],
)
async def test_what_is_no_range_of_this_file_is_answered_with_the_whole(
    signed_in: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    whole = await signed_in.get(URL, headers=headers)
    assert (whole.status_code, whole.content, whole.headers["etag"]) == (200, FILE, ETAG)


async def test_a_file_of_which_no_hash_is_known_is_sent_whole(signed_in: httpx.AsyncClient) -> None:
    whole = await signed_in.get("/v1/exports/of-before/download", headers={"Range": "bytes=5-"})
    assert (whole.status_code, whole.content) == (200, FILE)
    assert {"accept-ranges", "etag"}.isdisjoint(whole.headers)


async def test_head_does_not_tell_a_size_that_is_not_known(signed_in: httpx.AsyncClient) -> None:
    head = await signed_in.head("/v1/exports/of-before/download")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "content-length" not in head.headers


async def test_head_says_what_the_file_is_and_reads_nothing_of_it(
    signed_in: httpx.AsyncClient, services: Services
) -> None:
    services.export.sent.clear()
    head = await signed_in.head(URL)
    assert (head.status_code, head.content, services.export.sent) == (200, b"", [])
    assert (head.headers["content-length"], head.headers["etag"]) == (str(SIZE), ETAG)
    assert (await signed_in.head("/v1/exports/expired/download")).status_code == 409


async def test_an_empty_file_has_no_range(signed_in: httpx.AsyncClient, services: Services) -> None:
    services.export.file = b""
    assert (await signed_in.get(URL)).headers["content-length"] == "0"
    refused = await signed_in.get(URL, headers={"Range": "bytes=0-"})
    assert (refused.status_code, refused.headers["content-range"]) == (416, "bytes */0")


async def test_what_an_expired_export_answers(signed_in: httpx.AsyncClient) -> None:
    for headers in ({}, {"Range": "bytes=0-9"}):
        gone = await signed_in.get("/v1/exports/expired/download", headers=headers)
        assert (gone.status_code, gone.json()["code"]) == (409, "export_expired")


@pytest.mark.parametrize("query", ["offset=5", "length=5", "head_only=true"])
async def test_parts_are_asked_for_by_headers_alone(signed_in: httpx.AsyncClient, query: str) -> None:
    assert (await signed_in.get(f"{URL}?{query}")).status_code == 422


async def test_whoever_is_removed_between_two_ranges_gets_no_second_one(
    client: httpx.AsyncClient, person: Person
) -> None:
    member = await invited(client, person, person.workspace, await register(client), "VIEWER")
    part = await client.get(URL, headers={**member.headers, "Range": "bytes=0-99"})
    assert (part.status_code, part.content) == (206, FILE[:100])

    path = f"/v1/workspaces/{person.workspace}/members/{member.user_id}"
    assert (await client.delete(path, headers=person.headers)).status_code == 204

    for method in ("GET", "HEAD"):
        refused = await client.request(method, URL, headers={**member.headers, "Range": "bytes=100-"})
        assert (refused.status_code, "etag" in refused.headers) == (401, False)
    assert (await client.get(URL, headers={"Range": "bytes=100-"})).status_code == 401


async def test_viewers_download_and_only_editors_cancel_and_delete(client: httpx.AsyncClient, viewer: Person) -> None:
    assert (await client.get(URL, headers={**viewer.headers, "Range": "bytes=0-9"})).status_code == 206
    for method, path in (("POST", "/v1/exports/e1/cancel"), ("DELETE", "/v1/exports/e1")):
        assert (await client.request(method, path, headers=viewer.headers)).status_code == 403
        assert (await client.request(method, path)).status_code == 401
