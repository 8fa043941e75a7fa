"""The routes of workspaces and their members."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.accounts.teams import Member, WorkspaceNotFound
from coderai.gateway.http.accounts import Workspace, workspace_json
from coderai.gateway.http.backend import Caller, IdempotencyKey, LogsAddress, backend_of, once
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, NextPage, Reply, RoleName, Text
from coderai.gateway.http.problems import may_answer
from coderai.kit.identity import Role
from coderai.kit.ids import parse_id

router = APIRouter(
    prefix=f"{PREFIX}/workspaces", tags=["accounts"], route_class=BoundedRoute, dependencies=[LogsAddress]
)


class NewWorkspace(Body):
    """A workspace to make."""

    name: Annotated[
        Text, Field(min_length=1, max_length=100, description="What to call it.", examples=["Protest research"])
    ]


class NewRole(Body):
    """What a member may do from now on."""

    role: RoleName = Field(description="The new role.", examples=["EDITOR"])


class WorkspaceList(Reply):
    """The caller's workspaces."""

    items: list[Workspace] = Field(description="The personal one first.")
    next_page_token: NextPage


class MemberReply(Reply):
    """A member of a workspace."""

    user_id: str = Field(description="Their id.")
    email: str = Field(description="Their e-mail address.")
    role: RoleName = Field(description="What they may do.")


class MemberList(Reply):
    """A workspace's members."""

    items: list[MemberReply] = Field(description="All of them.")
    next_page_token: NextPage


@router.get("", response_model=WorkspaceList, operation_id="listWorkspaces", summary="List your workspaces")
async def list_workspaces(request: Request, caller: Caller) -> Response:
    """Lists the workspaces that the caller is a member of; log in with a `workspace_id` to act in one.

    An API key is shown its own alone.
    """
    _, spaces = await backend_of(request).accounts.whoami(caller)
    return json_response({"items": [workspace_json(space) for space in spaces], "next_page_token": ""})


@router.post(
    "",
    status_code=201,
    response_model=Workspace,
    operation_id="createWorkspace",
    responses=may_answer(403, 409),
    summary="Share a workspace",
)
async def create_workspace(
    request: Request, caller: Caller, body: NewWorkspace, idempotency_key: IdempotencyKey = None
) -> Response:
    """Makes a workspace that the caller owns, to share with others."""
    teams = backend_of(request).teams
    caller.person()

    async def act() -> Response:
        return json_response(workspace_json(await teams.create(caller, body.name)), 201)

    return await once(request, caller, idempotency_key, act)


@router.get(
    "/{workspace_id}/members", response_model=MemberList, operation_id="listMembers", summary="List the members"
)
async def list_members(request: Request, caller: Caller, workspace_id: str) -> Response:
    """Lists a workspace's members."""
    members = await backend_of(request).teams.members(caller, workspace_id_in(workspace_id))
    return json_response({"items": [_json(member) for member in members], "next_page_token": ""})


@router.patch(
    "/{workspace_id}/members/{user_id}",
    response_model=MemberReply,
    operation_id="changeMember",
    responses=may_answer(403, 409),
    summary="Change a member's role",
)
async def change_member(request: Request, caller: Caller, workspace_id: str, user_id: str, body: NewRole) -> Response:
    """Gives a member another role; for owners. It holds from their next request on."""
    teams = backend_of(request).teams
    member_id = parse_id(user_id, "member")
    return json_response(_json(await teams.change(caller, workspace_id_in(workspace_id), member_id, Role(body.role))))


@router.delete(
    "/{workspace_id}/members/{user_id}",
    status_code=204,
    response_class=Response,
    operation_id="removeMember",
    responses=may_answer(403, 409),
    summary="Remove a member",
)
async def remove_member(request: Request, caller: Caller, workspace_id: str, user_id: str) -> Response:
    """Takes a member out, with their sessions and API keys here; for owners, and for everybody who wants to leave."""
    teams = backend_of(request).teams
    await teams.remove(caller, workspace_id_in(workspace_id), parse_id(user_id, "member"))
    return Response(status_code=204)


def workspace_id_in(text: str) -> UUID:
    """The id of a workspace in a path.

    Raises:
        WorkspaceNotFound: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise WorkspaceNotFound() from None


def _json(member: Member) -> dict[str, Any]:
    return {"user_id": str(member.user_id), "email": member.email, "role": member.role.value}
