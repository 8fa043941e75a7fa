"""The routes of invitations: made by owners, taken by whoever has the token and the invited address."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.accounts.invitations import Invitation
from coderai.gateway.accounts.links import Purpose, address_of
from coderai.gateway.http.accounts import Email, Workspace, workspace_json
from coderai.gateway.http.backend import Caller, IdempotencyKey, LogsAddress, backend_of, once
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Id, Made, NextPage, Reply, RoleName, Text, Time
from coderai.gateway.http.problems import may_answer
from coderai.gateway.http.workspaces import workspace_id_in
from coderai.kit.identity import Role
from coderai.kit.ids import parse_id
from coderai.kit.wire import rfc3339

router = APIRouter(prefix=PREFIX, tags=["accounts"], route_class=BoundedRoute, dependencies=[LogsAddress])

LinkToken = Annotated[
    Text, Field(min_length=1, max_length=200, description="What stands behind `#` in a link.", examples=["Zk3..."])
]


class NewMember(Body):
    """Somebody to invite."""

    email: Email
    role: RoleName = Field(description="What they will be allowed to do.", examples=["EDITOR"])


class InvitationToken(Body):
    """The token of an invitation."""

    token: LinkToken


class InvitationReply(Reply):
    """An invitation that waits for an answer."""

    id: Id
    email: str = Field(description="Who is invited.")
    role: RoleName = Field(description="What they will be allowed to do.")
    created_at: Made
    expires_at: Time = Field(description="Until when it can be accepted.")
    mailed_at: Time | None = Field(description="When the mail went out; null before, and where no mail is sent.")


class CreatedInvitation(InvitationReply):
    """An invitation that was just made."""

    token: str | None = Field(description="To hand over, shown this once; null where the link is mailed.")
    link: str | None = Field(description="The same as a link.")


class InvitationList(Reply):
    """The invitations to a workspace that wait for an answer."""

    items: list[InvitationReply] = Field(description="All of them.")
    next_page_token: NextPage


@router.post(
    "/workspaces/{workspace_id}/members",
    status_code=201,
    response_model=CreatedInvitation,
    operation_id="inviteMember",
    responses=may_answer(403, 409),
    summary="Invite a member",
)
async def invite_member(
    request: Request, caller: Caller, workspace_id: str, body: NewMember, idempotency_key: IdempotencyKey = None
) -> Response:
    """Invites somebody by e-mail address, whether they have an account yet or not; for owners.

    They become a member when they accept, signed in to an account with that address. An earlier invitation of the
    address ends.
    """
    backend = backend_of(request)
    if caller.session_id is None:
        caller.must_be(Role.OWNER)  # here, too, as an answer that is kept may hold a token

    async def act() -> Response:
        invitation, token = await backend.invitations.invite(
            caller, workspace_id_in(workspace_id), body.email, Role(body.role)
        )
        link = address_of(backend.public_url, Purpose.INVITATION, token) if token else None
        return json_response(_json(invitation) | {"token": token, "link": link}, 201)

    return await once(request, caller, idempotency_key, act)


@router.get(
    "/workspaces/{workspace_id}/invitations",
    response_model=InvitationList,
    operation_id="listInvitations",
    responses=may_answer(403),
    summary="List the invitations",
)
async def list_invitations(request: Request, caller: Caller, workspace_id: str) -> Response:
    """Lists the invitations that wait for an answer; for owners."""
    found = await backend_of(request).invitations.list(caller, workspace_id_in(workspace_id))
    return json_response({"items": [_json(invitation) for invitation in found], "next_page_token": ""})


@router.delete(
    "/workspaces/{workspace_id}/invitations/{invitation_id}",
    status_code=204,
    response_class=Response,
    operation_id="deleteInvitation",
    responses=may_answer(403),
    summary="Take back an invitation",
)
async def delete_invitation(request: Request, caller: Caller, workspace_id: str, invitation_id: str) -> Response:
    """Ends an invitation; for owners."""
    invitations = backend_of(request).invitations
    await invitations.take_back(caller, workspace_id_in(workspace_id), parse_id(invitation_id, "invitation"))
    return Response(status_code=204)


@router.post(
    "/invitations/accept",
    response_model=Workspace,
    operation_id="acceptInvitation",
    responses=may_answer(403, 404, 409),
    summary="Accept an invitation",
)
async def accept_invitation(request: Request, caller: Caller, body: InvitationToken) -> Response:
    """Makes the caller, whose e-mail address must be the invited one, a member; log in with its id to act in it."""
    return json_response(workspace_json(await backend_of(request).invitations.accept(caller, body.token)))


def _json(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": str(invitation.id),
        "email": invitation.email,
        "role": invitation.role.value,
        "created_at": rfc3339(invitation.created_at),
        "expires_at": rfc3339(invitation.expires_at),
        "mailed_at": rfc3339(invitation.mailed_at) if invitation.mailed_at else None,
    }
