"""The routes of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, Field

from coderai.gateway.accounts.api_keys import ApiKey
from coderai.gateway.http.backend import Caller, IdempotencyKey, LogsAddress, backend_of, once
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Id, Made, NextPage, Reply, RoleName, Text, Time
from coderai.gateway.http.problems import may_answer
from coderai.kit.identity import Role
from coderai.kit.ids import parse_id
from coderai.kit.wire import rfc3339

router = APIRouter(prefix=f"{PREFIX}/api-keys", tags=["accounts"], route_class=BoundedRoute, dependencies=[LogsAddress])


class NewApiKey(Body):
    """A key to make."""

    name: Annotated[
        Text, Field(min_length=1, max_length=100, description="What to call it.", examples=["nightly import"])
    ]
    role: RoleName | None = Field(
        None, description="The most that it may do; what editors may when absent, or less if its maker may less."
    )
    expires_at: Annotated[AwareDatetime, Field(strict=False)] | None = Field(
        None,
        description="From then on it is not valid; it does not expire when absent.",
        examples=["2030-01-31T00:00:00Z"],
    )


class ApiKeyReply(Reply):
    """A key as it is listed."""

    id: Id
    user_id: str = Field(description="Whom it acts for: its maker.")
    name: str = Field(description="What it is called.")
    role: RoleName = Field(description="The most that it may do; never more than its maker may at that moment.")
    created_at: Made
    expires_at: Time | None = Field(description="From then on it is not valid; null when it does not expire.")
    used_at: Time | None = Field(description="When it was last used, to the hour.")


class CreatedApiKey(ApiKeyReply):
    """A key that was just made."""

    key: str = Field(description="The key itself, for `Authorization: Bearer <key>`; it is shown this once.")


class ApiKeyList(Reply):
    """Keys for the workspace."""

    items: list[ApiKeyReply] = Field(description="The oldest first.")
    next_page_token: NextPage


@router.post(
    "",
    status_code=201,
    response_model=CreatedApiKey,
    operation_id="createApiKey",
    responses=may_answer(403, 409),
    summary="Create an API key",
)
async def create_api_key(
    request: Request, caller: Caller, body: NewApiKey, idempotency_key: IdempotencyKey = None
) -> Response:
    """Makes a key that acts for the caller in this workspace alone, until it is deleted or expires.

    It is never good for more than its maker, and ends when they leave the workspace. Keys make no keys.
    """
    api_keys, role = backend_of(request).api_keys, Role(body.role) if body.role else None
    caller.person()

    async def act() -> Response:
        key, text = await api_keys.create(caller, body.name, role, body.expires_at)
        return json_response(_json(key) | {"key": text}, 201)

    return await once(request, caller, idempotency_key, act)


@router.get("", response_model=ApiKeyList, operation_id="listApiKeys", summary="List API keys")
async def list_api_keys(request: Request, caller: Caller) -> Response:
    """Lists the caller's keys for this workspace, and to owners everybody's, without the keys themselves."""
    keys = await backend_of(request).api_keys.list(caller)
    return json_response({"items": [_json(key) for key in keys], "next_page_token": ""})


@router.delete(
    "/{api_key_id}",
    status_code=204,
    response_class=Response,
    operation_id="deleteApiKey",
    responses=may_answer(403),
    summary="Delete an API key",
)
async def delete_api_key(request: Request, caller: Caller, api_key_id: str) -> Response:
    """Ends a key at once: one's own, or as an owner anybody's in this workspace."""
    await backend_of(request).api_keys.revoke(caller, parse_id(api_key_id, "API key"))
    return Response(status_code=204)


def _json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "user_id": str(key.user_id),
        "name": key.name,
        "role": key.role.value,
        "created_at": rfc3339(key.created_at),
        "expires_at": _time(key.expires_at),
        "used_at": _time(key.used_at),
    }


def _time(time: datetime | None) -> str | None:
    return rfc3339(time) if time else None
