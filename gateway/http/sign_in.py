"""The routes by which a page of the own origin signs in and out: a session whose cookie no script can read."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.accounts.domain import Membership, User
from coderai.gateway.http.accounts import CurrentPassword, Email, Person, Workspace, person_json, workspace_json
from coderai.gateway.http.backend import Caller, LogsAddress, address_of, backend_of, cookie_scheme, is_tls, keep_cookie
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.cookies import clear_cookie, must_be_same_origin, secret_of
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Reply, Text
from coderai.gateway.http.problems import may_answer
from coderai.kit.errors import InvalidInput, Unauthenticated

router = APIRouter(
    prefix=f"{PREFIX}/auth/session", tags=["accounts"], route_class=BoundedRoute, dependencies=[LogsAddress]
)


class HowToSignIn(InvalidInput):
    """Send an e-mail address and a password, or the code of a sign-in link, and not both."""


class SignInBody(Body):
    """Who wants to sign in: an e-mail address and a password, or the code of a sign-in link."""

    email: Email = ""
    password: CurrentPassword = ""
    workspace_id: Annotated[UUID, Field(strict=False)] | None = Field(
        None, description="The workspace to act in; the personal one when absent."
    )
    code: Text = Field(
        "",
        max_length=200,
        description="In the place of the other fields: what stands behind `#code=` in the link that an installation"
        " without an account shows its operator. It makes the first account, once.",
    )


class WorkspaceToActIn(Body):
    """The workspace in which a page wants to go on."""

    workspace_id: UUID = Field(
        strict=False,
        description="A workspace that the caller is a member of.",
        examples=["0191a000-0000-7000-8000-000000000000"],
    )


class SessionOfPage(Reply):
    """Who is signed in."""

    user: Person = Field(description="Who they are.")
    workspace: Workspace = Field(description="The one that they act in.")
    has_password: bool = Field(
        description="Whether they ever set a password. Who came by a link has none, and sets one by"
        " `POST /v1/auth/password` with an empty `current_password`."
    )


@router.post(
    "",
    response_model=SessionOfPage,
    operation_id="signIn",
    responses=may_answer(401, 403),
    summary="Sign in, for pages of this address",
)
async def sign_in(request: Request, body: SignInBody) -> Response:
    """Signs in by a cookie that no script reads and no other origin's page can use (`HttpOnly`, `SameSite=Strict`).

    Takes requests of the own origin alone; others, and scripts, use `/v1/auth/login`. Wrong passwords count as there.
    """
    _must_be_same_origin(request)
    browsers, address = backend_of(request).browsers, address_of(request)
    if bool(body.code) == bool(body.email and body.password) or (body.code and (body.email or body.password)):
        raise HowToSignIn()
    if body.code:
        signed_in = await browsers.sign_in_first(body.code, address)
    else:
        signed_in = await browsers.sign_in(body.email, body.password, body.workspace_id, address)
    await _end_current(request)
    keep_cookie(request, signed_in.cookie)
    return _session(signed_in.user, signed_in.membership)


@router.get("", response_model=SessionOfPage, operation_id="getSession", summary="Show who is signed in")
async def get_session(request: Request, caller: Caller) -> Response:
    """Who is signed in, and in which workspace they act; 401 when nobody is."""
    user, members = await backend_of(request).accounts.whoami(caller)
    workspace = next((m for m in members if m.workspace_id == caller.workspace_id), None)
    if workspace is None:
        raise Unauthenticated("you are not a member of this workspace any more; sign in again")
    return _session(user, workspace)


@router.patch(
    "",
    response_model=SessionOfPage,
    operation_id="changeWorkspace",
    responses=may_answer(403, 404),
    summary="Act in another workspace, for pages of this address",
)
async def change_workspace(request: Request, caller: Caller, body: WorkspaceToActIn) -> Response:
    """Has the browser's session go on in another workspace of the caller, without asking for the password again.

    The browser gets another cookie; the one of before is good for nothing any more. Tokens and API keys cannot.
    """
    _must_be_same_origin(request)
    moved = await backend_of(request).browsers.move(caller, body.workspace_id, address_of(request))
    keep_cookie(request, moved.cookie)
    return _session(moved.user, moved.membership)


@router.delete(
    "",
    status_code=204,
    response_class=Response,
    operation_id="signOut",
    responses=may_answer(403),
    summary="Sign out, for pages of this address",
)
async def sign_out(request: Request, _: Annotated[Any, Security(cookie_scheme)]) -> Response:
    """Ends the cookie's session at once and has the browser forget the cookie; also when it has ended already."""
    _must_be_same_origin(request)
    await _end_current(request)
    return Response(status_code=204, headers={"Set-Cookie": clear_cookie(is_tls=is_tls(request))})


def _must_be_same_origin(request: Request) -> None:
    must_be_same_origin("http", request.method, request.headers, is_tls=is_tls(request))


async def _end_current(request: Request) -> None:
    """Ends the session that the browser has been in."""
    if secret := secret_of(request.headers, is_tls=is_tls(request)):
        await backend_of(request).browsers.end(secret)


def _session(user: User, membership: Membership) -> Response:
    has_password = bool(user.password_hash)
    content = {"user": person_json(user), "workspace": workspace_json(membership), "has_password": has_password}
    return json_response(content)
