"""The routes of API keys."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.accounts.api_keys import ApiKey
from coderai.gateway.http.backend import Caller, IdempotencyKey, backend_of, once
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Reply, Text
from coderai.kit.ids import parse_id
from coderai.kit.wire import rfc3339

router = APIRouter(prefix=f"{PREFIX}/api-keys", tags=["accounts"], route_class=BoundedRoute)


class NewApiKey(Body):
    """A key to make."""

    name: Annotated[Text, Field(min_length=1, max_length=100, examples=["nightly import"])]


class ApiKeyReply(Reply):
    """A key as it is listed."""

    id: str
    name: str
    created_at: str


class CreatedApiKey(ApiKeyReply):
    """A key that was just made."""

    key: str = Field(description="The key itself, for `Authorization: Bearer <key>`; it is shown this once.")


class ApiKeyList(Reply):
    """The caller's keys for the workspace."""

    items: list[ApiKeyReply]
    next_page_token: str


@router.post(
    "", status_code=201, response_model=CreatedApiKey, operation_id="createApiKey", summary="Create an API key"
)
async def create_api_key(
    request: Request, caller: Caller, body: NewApiKey, idempotency_key: IdempotencyKey = None
) -> Response:
    """Makes a key that acts as the caller in this workspace, until it is deleted."""
    api_keys = backend_of(request).api_keys

    async def act() -> Response:
        key, text = await api_keys.create(caller, body.name)
        return json_response(_json(key) | {"key": text}, 201)

    return await once(request, caller, idempotency_key, act)


@router.get("", response_model=ApiKeyList, operation_id="listApiKeys", summary="List your API keys")
async def list_api_keys(request: Request, caller: Caller) -> Response:
    """Lists the caller's keys for this workspace, without the keys themselves."""
    keys = await backend_of(request).api_keys.list(caller)
    return json_response({"items": [_json(key) for key in keys], "next_page_token": ""})


@router.delete(
    "/{api_key_id}",
    status_code=204,
    response_class=Response,
    operation_id="deleteApiKey",
    summary="Delete an API key",
)
async def delete_api_key(request: Request, caller: Caller, api_key_id: str) -> Response:
    """Ends a key of the caller's at once."""
    await backend_of(request).api_keys.revoke(caller, parse_id(api_key_id, "API key"))
    return Response(status_code=204)


def _json(key: ApiKey) -> dict[str, Any]:
    return {"id": str(key.id), "name": key.name, "created_at": rfc3339(key.created_at)}
