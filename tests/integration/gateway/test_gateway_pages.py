"""Pages as pictures, with their ETags, and the places of passages, as HTTP has them."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from coderai.client import ApiError, CoderAI
from tests.integration.gateway.running import RunningGateway
from tests.integration.gateway.services import Services

PICTURE = b"\x89PNG" + uuid4().bytes * 40_000


@pytest.fixture(autouse=True)
def file(services: Services) -> None:
    services.ingest.file = PICTURE


async def test_a_picture_comes_whole_with_its_type_and_tag(signed_in: httpx.AsyncClient, services: Services) -> None:
    answer = await signed_in.get("/v1/documents/d1/pages/4/image", params={"width": 800})
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["etag"] == '"d1-4-800-0"'
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (services.ingest.drawn[-1].page, services.ingest.drawn[-1].width) == (4, 800)


@pytest.mark.parametrize("known", ['"d1-4-0-0"', 'W/"d1-4-0-0"', '"other", "d1-4-0-0"'])
async def test_a_picture_that_the_caller_has_is_not_sent_again(signed_in: httpx.AsyncClient, known: str) -> None:
    answer = await signed_in.get("/v1/documents/d1/pages/4/image", headers={"If-None-Match": known})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"d1-4-0-0"'


@pytest.mark.parametrize("known", ['"other"', "*", "d1-4-0-0", '"' * 50_000, '"x",' * 500])
async def test_another_tag_gets_the_picture(signed_in: httpx.AsyncClient, known: str) -> None:
    answer = await signed_in.get("/v1/documents/d1/pages/4/image", headers={"If-None-Match": known})
    assert (answer.status_code, answer.content) == (200, PICTURE)


@pytest.mark.parametrize("path", ["pages/0/image", "pages/x/image", "pages/4294967297/image", "pages/1/image?width=5"])
async def test_what_makes_no_sense_is_refused(signed_in: httpx.AsyncClient, path: str) -> None:
    answer = await signed_in.get(f"/v1/documents/d1/{path}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in ("page", "width")


async def test_why_there_is_no_picture_is_a_problem(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/v1/documents/text/pages/1/image")
    assert (answer.status_code, answer.json()["code"]) == (422, "page_pictures_missing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await signed_in.get("/v1/documents/broken off/pages/1/image")).status_code == 500


async def test_nobody_sees_pages_without_a_token(gateway: RunningGateway, services: Services) -> None:
    before = len(services.ingest.drawn)
    async with httpx.AsyncClient(base_url=gateway.url) as stranger:
        for path in ("pages/1/image", "regions?start=0&end=3"):
            answer = await stranger.get(f"/v1/documents/d1/{path}", headers={"If-None-Match": '"d1-1-0-0"'})
            assert answer.status_code == 401
    assert len(services.ingest.drawn) == before


async def test_passages_have_regions_or_say_why_not(signed_in: httpx.AsyncClient) -> None:
    params = {"start": [5, 0], "end": [9, 2]}
    answer = (await signed_in.get("/v1/documents/d1/regions", params=params)).json()
    assert answer["text_version"] == 2
    assert answer["passages"] == [
        {
            "start": 5,
            "end": 9,
            "regions": [{"page": 3, "left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.4}],
            "missing": None,
        },
        {"start": 0, "end": 2, "regions": [], "missing": "NOT_FOUND"},
    ]


async def test_more_passages_than_are_looked_for_are_refused(signed_in: httpx.AsyncClient) -> None:
    params = {"start": list(range(201)), "end": list(range(1, 202))}
    answer = await signed_in.get("/v1/documents/d1/regions", params=params)
    assert answer.status_code == 422


async def test_the_client_has_both(gateway: RunningGateway, signed_in: httpx.AsyncClient) -> None:
    token = signed_in.headers["authorization"].removeprefix("Bearer ")

    def use() -> None:
        with CoderAI(gateway.url, token=token) as api:
            image = api.page_image("d1", 2, dpi=72)
            assert (image.data, image.media_type, image.tag) == (PICTURE, "image/png", "d1-2-0-72")
            found, missing = api.regions("d1", [(5, 9), (0, 2)])
            assert (found.regions[0].page, found.regions[0].bottom, found.missing) == (3, 0.4, "")
            assert (missing.regions, missing.missing) == ([], "NOT_FOUND")
            with pytest.raises(ApiError) as refused:
                api.page_image("text", 1)
            assert refused.value.code == "page_pictures_missing"

    await asyncio.to_thread(use)
