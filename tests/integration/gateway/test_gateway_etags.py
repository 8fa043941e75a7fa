"""ETag and If-Match at the edge: what is answered can be sent back, and reaches the service that decides."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.gateway.services import Services


async def test_an_etag_that_is_sent_back_lets_one_change_in(signed_in: httpx.AsyncClient, services: Services) -> None:
    made = await signed_in.post("/v1/projects", json={"name": "Protests"})
    path = f"/v1/projects/{made.json()['id']}"
    etag = (await signed_in.get(path)).headers["etag"]
    assert etag == made.headers["etag"] == made.json()["etag"]

    condition = {"If-Match": f'"another", {etag}'}
    changed = await signed_in.patch(path, json={"name": "A"}, headers=condition)
    assert (changed.status_code, changed.headers["etag"]) == (200, changed.json()["etag"])
    assert services.projects.expected[-1] == ['"another"', etag]

    for refused in (
        await signed_in.patch(path, json={"name": "B"}, headers=condition),
        await signed_in.delete(path, headers={"If-Match": f"W/{changed.headers['etag']}"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "project_changed")
        assert "etag" not in refused.headers
    assert (await signed_in.get(path)).json()["name"] == "A"
    assert (await signed_in.patch(path, json={"name": "C"})).status_code == 200
    assert services.projects.expected[-1] == []
    assert (await signed_in.delete(path, headers={"If-Match": "*"})).status_code == 204


@pytest.mark.parametrize("sent", ["1", '"1', ""])
async def test_what_is_no_etag_is_told_and_changes_nothing(
    signed_in: httpx.AsyncClient, services: Services, sent: str
) -> None:
    made, asked = (
        (await signed_in.post("/v1/projects", json={"name": "Protests"})).json(),
        len(services.projects.expected),
    )
    refused = await signed_in.patch(f"/v1/projects/{made['id']}", json={"name": "A"}, headers={"If-Match": sent})
    assert (refused.status_code, refused.json()["code"]) == (422, "if_match_unreadable")
    assert [error["field"] for error in refused.json()["errors"]] == ["If-Match"]
    assert len(services.projects.expected) == asked


async def test_what_is_not_there_is_not_found_whatever_is_expected(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.patch("/v1/projects/none", json={"name": "A"}, headers={"If-Match": '"1"'})
    assert refused.status_code == 404
