"""The documentation page: all of it comes from here, and no script stands in it."""

from __future__ import annotations

import re

import httpx


async def test_the_page_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    urls = re.findall(r"""(?:src|href)="([^"]*)\"""", page.text)
    assert len(urls) == 4
    for url in urls:
        assert url.startswith("/docs/")
        file = await client.get(url)
        assert file.status_code == 200
        assert file.content
    start = (await client.get("/docs/start.js")).text
    assert re.findall(r"""url: "([^"]*)\"""", start) == ["/openapi.json"]
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")


async def test_no_script_in_the_page_may_run(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not re.search(r"<script(?![^>]*src=)", page.text)
    assert not re.search(r"\son\w+=", page.text)


async def test_the_renderer_reads_this_version_of_openapi(client: httpx.AsyncClient) -> None:
    script = await client.get("/docs/swagger-ui-bundle.js")

    assert script.headers["content-type"].startswith("text/javascript")
    assert b"openapi31" in script.content.lower()
    assert (await client.get("/docs/other.js")).status_code == 404
