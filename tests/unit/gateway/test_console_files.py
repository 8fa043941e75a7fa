"""The console's page and files are sent as they are, packed where that is smaller, and under a strict policy."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from coderai.gateway.http.console import PAGES, add_console

PAGE = b"<!doctype html><script type=module src=/assets/main-1a2b.js></script>"
SCRIPT = b"export const answer = 42;\n" * 200


def client(assets: Path) -> httpx.AsyncClient:
    app = FastAPI()
    add_console(app, assets)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers={"Accept-Encoding": ""}
    )


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / ".hidden").write_bytes(b"secret")
    async with client(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("path", [page.replace("{rest:path}", "0191a000/data") for page in PAGES])
async def test_every_page_is_the_same_under_a_strict_policy(console: httpx.AsyncClient, path: str) -> None:
    answer = await console.get(path)

    assert (answer.status_code, answer.content) == (200, PAGE)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], policy["require-trusted-types-for"]) == ("'none'", "'script'")
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_page_is_asked_for_again_and_not_sent_again(console: httpx.AsyncClient) -> None:
    first = await console.get("/")
    again = await console.get("/", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_files_are_packed_for_who_can_unpack_and_kept_for_good(console: httpx.AsyncClient) -> None:
    plain = await console.get("/assets/main-1a2b.js")
    async with console.stream("GET", "/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip"}) as packed:
        sent = b"".join([part async for part in packed.aiter_raw()])

    assert (plain.content, plain.headers["content-type"]) == (SCRIPT, "text/javascript; charset=utf-8")
    assert (gzip.decompress(sent), packed.headers["content-encoding"]) == (SCRIPT, "gzip")
    assert len(sent) < len(SCRIPT)
    assert "immutable" in plain.headers["cache-control"]
    assert packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/assets/.hidden", "/assets/other.js", "/assets/../index.html", "/index.html", "/x"])
async def test_nothing_else_is_there(console: httpx.AsyncClient, path: str) -> None:
    assert (await console.get(path)).status_code == 404


async def test_where_it_was_not_built_that_is_told(tmp_path: Path) -> None:
    async with client(tmp_path / "absent") as console:
        answer = await console.get("/projects/0191a000/data")

    assert answer.status_code == 503
    assert "make console" in answer.text
