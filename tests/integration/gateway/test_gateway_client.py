"""The Python client's calls on accounts, at the real gateway."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError
from tests.integration.gateway.running import PASSWORD, RunningGateway

NEW = "another correct horse"


def _email() -> str:
    return f"{uuid4().hex}@example.org"


async def test_a_team_by_the_python_client(gateway: RunningGateway) -> None:
    await asyncio.to_thread(_team, gateway.url)


def _team(url: str) -> None:
    with CoderAI(url) as owner, CoderAI(url) as guest:
        owner.register(_email(), PASSWORD)
        team = owner.create_workspace("Team")
        email = _email()
        invitation = owner.invite(team.id, email, "EDITOR")
        user = guest.register(email, PASSWORD)
        assert guest.accept_invitation(invitation.token or "").id == team.id
        assert [space.name for space in guest.workspaces()] == ["Personal", "Team"]
        guest.login(email, PASSWORD, workspace_id=team.id)
        guest.create_project(name="Ours")
        assert owner.change_role(team.id, user.id, "VIEWER").role == "VIEWER"
        with pytest.raises(ApiError, match="editor"):
            guest.create_project(name="Not any more")
        owner.remove_member(team.id, user.id)
        assert [member.role for member in owner.members(team.id)] == ["OWNER"]
        with pytest.raises(ApiError) as refused:
            list(guest.projects())
        assert refused.value.status == 401


async def test_keys_and_sessions_by_the_python_client(gateway: RunningGateway) -> None:
    await asyncio.to_thread(_keys_and_sessions, gateway.url)


def _keys_and_sessions(url: str) -> None:
    email = _email()
    with CoderAI(url) as api, CoderAI(url) as other:
        api.register(email, PASSWORD)
        key = api.create_api_key("script", role="VIEWER", expires_at=datetime.now(UTC) + timedelta(days=1))
        with CoderAI(url, token=key.key) as script:
            assert list(script.projects()) == []
        assert [listed.used_at is not None for listed in api.api_keys()] == [True]
        api.delete_api_key(key.id)
        other.login(email, PASSWORD)
        assert [session.is_current for session in api.sessions()] == [False, True]
        api.end_session(next(session.id for session in api.sessions() if not session.is_current))
        api.change_password(PASSWORD, NEW)
        assert api.me().email == email
        with pytest.raises(ApiError):
            other.me()
        api.sign_out_everywhere()
        with pytest.raises(ApiError):
            api.me()
        assert api.login(email, NEW).email_verified is False
