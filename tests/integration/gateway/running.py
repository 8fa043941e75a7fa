"""What the gateway's tests talk about: the running gateway and the people who use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from gateway.accounts.domain import Membership
from gateway.accounts.tokens import AccessTokens
from kit.identity import Role

TOKEN_KEY = "the-key-of-access-tokens-in-these-tests"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class RunningGateway:
    """Where the gateway is reached."""

    url: str
    grpc: str
    log: Path
    pid: int = 0


@dataclass(frozen=True)
class Person:
    """Somebody who has registered."""

    email: str
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def token_as(self, role: Role) -> str:
        """A valid access token of theirs in another role."""
        workspace = UUID(self.tokens["workspace"]["id"])
        return AccessTokens(TOKEN_KEY).mint(UUID(self.tokens["user"]["id"]), Membership(workspace, "Personal", role))


async def register(client: httpx.AsyncClient, email: str | None = None) -> Person:
    """A new user with a workspace of their own."""
    email = email or f"{uuid4().hex}@example.org"
    response = await client.post("/v1/auth/register", json={"email": email, "password": PASSWORD})
    assert response.status_code == 201, response.text
    return Person(email, response.json())
