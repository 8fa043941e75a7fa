"""The routes by which people keep their accounts theirs: passwords, proof of the address, sessions, the end of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.accounts.sessions import SignIn
from coderai.gateway.http.accounts import CurrentPassword, Email, Password
from coderai.gateway.http.backend import Caller, LogsAddress, address_of, backend_of, keep_cookie
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.invitations import LinkToken
from coderai.gateway.http.models import Body, Id, Made, NextPage, Reply, Time
from coderai.gateway.http.problems import may_answer
from coderai.kit.ids import parse_id
from coderai.kit.wire import rfc3339

router = APIRouter(prefix=f"{PREFIX}/auth", tags=["accounts"], route_class=BoundedRoute, dependencies=[LogsAddress])

_DONE = 204


class PasswordChange(Body):
    """The password, and the one in its place."""

    current_password: CurrentPassword
    new_password: Password


class Address(Body):
    """Whose password is forgotten."""

    email: Email


class PasswordReset(Body):
    """The token of a reset link, and the new password."""

    token: LinkToken
    new_password: Password


class Proof(Body):
    """The token of a link that proves an e-mail address."""

    token: LinkToken


class Deactivation(Body):
    """The password, so that nobody else ends the account."""

    password: CurrentPassword


class SessionReply(Reply):
    """One sign-in that has not ended."""

    id: Id
    workspace_id: str = Field(description="The workspace that it acts in.")
    created_at: Made
    used_at: Time = Field(description="When its tokens were last renewed.")
    expires_at: Time = Field(description="When it ends, unless it is renewed before.")
    address: str = Field(description="The network address that its tokens were last renewed from.")
    is_current: bool = Field(description="Whether it is the one that asks.")


class SessionList(Reply):
    """The caller's sessions."""

    items: list[SessionReply] = Field(description="The newest first.")
    next_page_token: NextPage


@router.post(
    "/password",
    status_code=_DONE,
    response_class=Response,
    operation_id="changePassword",
    responses=may_answer(403),
    summary="Change the password",
)
async def change_password(request: Request, caller: Caller, body: PasswordChange) -> Response:
    """Sets another password; all other sessions end, API keys go on. A browser's session gets another cookie."""
    backend, address = backend_of(request), address_of(request)
    await backend.security.change_password(caller, body.current_password, body.new_password, address)
    if cookie := await backend.browsers.replace(caller, address):
        keep_cookie(request, cookie)
    return Response(status_code=_DONE)


@router.post(
    "/forgot-password",
    status_code=_DONE,
    response_class=Response,
    operation_id="forgotPassword",
    responses=may_answer(409),
    summary="Ask for a new password",
)
async def forgot_password(request: Request, body: Address) -> Response:
    """Mails a link if there is such an account; the answer is the same when there is none.

    Where no mail is sent (`mail_not_set`) the operator makes the link.
    """
    await backend_of(request).security.ask_for_reset(body.email)
    return Response(status_code=_DONE)


@router.post(
    "/reset-password",
    status_code=_DONE,
    response_class=Response,
    operation_id="resetPassword",
    summary="Set a new password by a link",
)
async def reset_password(request: Request, body: PasswordReset) -> Response:
    """Sets the password of whom the link is for; all their sessions and API keys end."""
    await backend_of(request).security.reset_password(body.token, body.new_password, address_of(request))
    return Response(status_code=_DONE)


@router.post(
    "/send-verification",
    status_code=_DONE,
    response_class=Response,
    operation_id="sendVerification",
    responses=may_answer(403, 409),
    summary="Ask for proof of your address",
)
async def send_verification(request: Request, caller: Caller) -> Response:
    """Mails a link that proves the caller's e-mail address, unless it is proven."""
    await backend_of(request).security.ask_for_verification(caller)
    return Response(status_code=_DONE)


@router.post(
    "/verify-email", status_code=_DONE, response_class=Response, operation_id="verifyEmail", summary="Prove an address"
)
async def verify_email(request: Request, body: Proof) -> Response:
    """Notes that the address to which the link was mailed is its account's."""
    await backend_of(request).security.verify(body.token)
    return Response(status_code=_DONE)


@router.post(
    "/sign-out-everywhere",
    status_code=_DONE,
    response_class=Response,
    operation_id="signOutEverywhere",
    responses=may_answer(403),
    summary="End all sessions",
)
async def sign_out_everywhere(request: Request, caller: Caller) -> Response:
    """Ends all of the caller's sessions, this one too; API keys go on."""
    await backend_of(request).sessions.end_all(caller.person())
    return Response(status_code=_DONE)


@router.get(
    "/sessions",
    response_model=SessionList,
    operation_id="listSessions",
    responses=may_answer(403),
    summary="List your sessions",
)
async def list_sessions(request: Request, caller: Caller) -> Response:
    """Lists where the caller is signed in, in all workspaces, the newest first."""
    found = await backend_of(request).sessions.list(caller.person())
    items = [_json(session) | {"is_current": session.id == caller.session_id} for session in found]
    return json_response({"items": items, "next_page_token": ""})


@router.delete(
    "/sessions/{session_id}",
    status_code=_DONE,
    response_class=Response,
    operation_id="endSession",
    responses=may_answer(403),
    summary="End a session",
)
async def end_session(request: Request, caller: Caller, session_id: str) -> Response:
    """Ends one of the caller's sessions."""
    await backend_of(request).sessions.end(caller.person(), parse_id(session_id, "session"))
    return Response(status_code=_DONE)


@router.post(
    "/deactivate",
    status_code=_DONE,
    response_class=Response,
    operation_id="deactivateAccount",
    responses=may_answer(403, 409),
    summary="Deactivate your account",
)
async def deactivate(request: Request, caller: Caller, body: Deactivation) -> Response:
    """Ends the caller's account, sessions and API keys; refused while others need them as a workspace's only owner.

    The operator can make it active again; the projects of workspaces that nobody else is in stay until then.
    """
    await backend_of(request).security.deactivate(caller, body.password, address_of(request))
    return Response(status_code=_DONE)


def _json(session: SignIn) -> dict[str, str]:
    return {
        "id": str(session.id),
        "workspace_id": str(session.workspace_id),
        "created_at": rfc3339(session.created_at),
        "used_at": rfc3339(session.used_at),
        "expires_at": rfc3339(session.expires_at),
        "address": session.address,
    }
