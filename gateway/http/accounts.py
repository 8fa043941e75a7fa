"""The routes of accounts: register, log in, refresh, log out, look at oneself."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.accounts.domain import ACCESS_LIFETIME, Membership, SignedIn, User
from coderai.gateway.http.backend import Caller, LogsAddress, address_of, backend_of
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Id, Reply, RoleName, Text
from coderai.gateway.http.problems import may_answer
from coderai.kit.errors import Unauthenticated

router = APIRouter(prefix=f"{PREFIX}/auth", tags=["accounts"], route_class=BoundedRoute, dependencies=[LogsAddress])

Email = Annotated[Text, Field(description="An e-mail address.", examples=["ada@example.org"])]
_FOR_EXAMPLE = "correct horse battery staple"
Password = Annotated[
    Text,
    Field(
        min_length=8,
        max_length=1024,
        description="The password, of 8 characters or more.",
        examples=[_FOR_EXAMPLE],
    ),
]
CurrentPassword = Annotated[
    Text, Field(max_length=1024, description="The password, as it is now.", examples=[_FOR_EXAMPLE])
]


class Registration(Body):
    """Who wants an account."""

    email: Email
    password: Password
    invitation: Text = Field(
        "", max_length=200, description="The token of an invitation to a workspace, if there is one."
    )


class Credentials(Body):
    """Who wants to sign in."""

    email: Email
    password: CurrentPassword
    workspace_id: Annotated[UUID, Field(strict=False)] | None = Field(
        None, description="The workspace to act in; the personal one when absent."
    )
    refresh_token: Text = Field(
        "", description="One of this account's, if there is one: failed logins of others then do not hold this one up."
    )


class RefreshTokenBody(Body):
    """The refresh token of a login."""

    refresh_token: Text = Field(
        description="The newest of the login.", examples=["0191a000000070008000000000000001Zk3..."]
    )


class Workspace(Reply):
    """A workspace as its member sees it."""

    id: Id
    name: str = Field(description="What it is called.")
    role: RoleName = Field(description="What the caller may do in it.")


class Person(Reply):
    """A user."""

    id: Id
    email: str = Field(description="Their e-mail address.")
    email_verified: bool = Field(description="Whether it was shown that the address is theirs.")


class Tokens(Reply):
    """What a client needs to act for a user."""

    access_token: str = Field(description="For the Authorization header, as `Bearer <token>`.")
    token_type: Literal["Bearer"] = Field(description="How the header begins.")
    expires_in: int = Field(description="Seconds that the access token is good for.")
    refresh_token: str = Field(description="Exchanged once, within 30 days, for new tokens.")
    user: Person = Field(description="Who signed in.")
    workspace: Workspace = Field(description="The one that the access token acts in.")


class Me(Reply):
    """The caller."""

    user: Person = Field(description="Who calls.")
    workspace: Workspace = Field(description="The one that the access token acts in.")
    workspaces: list[Workspace] = Field(description="All that they may act in.")


@router.post(
    "/register",
    status_code=201,
    response_model=Tokens,
    operation_id="register",
    responses=may_answer(403, 409),
    summary="Create an account",
)
async def register(request: Request, body: Registration) -> Response:
    """Makes an account with a personal workspace, and signs in; with an invitation's token also a member."""
    accounts, address = backend_of(request).accounts, address_of(request)
    return _tokens(await accounts.register(body.email, body.password, body.invitation, address), 201)


@router.post("/login", response_model=Tokens, operation_id="login", responses=may_answer(401), summary="Log in")
async def login(request: Request, body: Credentials) -> Response:
    """Signs in. After ten failures from an address each further one doubles its wait, up to 15 minutes."""
    accounts, address = backend_of(request).accounts, address_of(request)
    return _tokens(await accounts.login(body.email, body.password, body.workspace_id, address, body.refresh_token))


@router.post(
    "/refresh", response_model=Tokens, operation_id="refresh", responses=may_answer(401), summary="Renew the tokens"
)
async def refresh(request: Request, body: RefreshTokenBody) -> Response:
    """Exchanges a refresh token for new tokens; using one twice ends its login."""
    return _tokens(await backend_of(request).accounts.refresh(body.refresh_token, address_of(request)))


@router.post("/logout", status_code=204, response_class=Response, operation_id="logout", summary="Log out")
async def logout(request: Request, body: RefreshTokenBody) -> Response:
    """Ends the session that a refresh token comes from; its access token is good for nothing any more."""
    await backend_of(request).accounts.logout(body.refresh_token)
    return Response(status_code=204)


@router.get("/me", response_model=Me, operation_id="whoAmI", summary="Show who calls")
async def me(request: Request, caller: Caller) -> Response:
    """Who calls, and in which workspaces they may act."""
    user, members = await backend_of(request).accounts.whoami(caller)
    workspace = next((m for m in members if m.workspace_id == caller.workspace_id), None)
    if workspace is None:
        raise Unauthenticated("you are not a member of this workspace any more; sign in again")
    spaces = [workspace_json(m) for m in members]
    return json_response({"user": person_json(user), "workspace": workspace_json(workspace), "workspaces": spaces})


def _tokens(signed_in: SignedIn, status: int = 200) -> Response:
    content = {
        "access_token": signed_in.access_token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "refresh_token": signed_in.refresh_token,
        "user": person_json(signed_in.user),
        "workspace": workspace_json(signed_in.membership),
    }
    return json_response(content, status)


def person_json(user: User) -> dict[str, Any]:
    """A user as the model Person has it."""
    return {"id": str(user.id), "email": user.email, "email_verified": user.verified_at is not None}


def workspace_json(membership: Membership) -> dict[str, Any]:
    """A workspace as the model Workspace has it."""
    return {"id": str(membership.workspace_id), "name": membership.workspace_name, "role": membership.role.value}
