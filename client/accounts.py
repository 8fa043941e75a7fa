"""The part of the API that is about accounts, workspaces and keys, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

from coderai.client.errors import ApiError
from coderai.client.models import ApiKey, Invitation, Member, RoleName, SignIn, User, Workspace
from coderai.client.session import Session


class AccountCalls:
    """Who calls, what of theirs is open, and whom they work with."""

    _session: Session

    def register(self, email: str, password: str, *, invitation: str = "") -> User:
        """Makes an account and signs in; `invitation`: the token of one to a workspace."""
        return self._sign_in("auth/register", email, password, {"invitation": invitation})

    def login(self, email: str, password: str, *, workspace_id: str = "") -> User:
        """Signs in, to the personal workspace if none is named; from then on the token is renewed when it expires."""
        return self._sign_in("auth/login", email, password, {"workspace_id": workspace_id})

    def register_or_login(self, email: str, password: str) -> User:
        """Signs in, with an account that is made for it if there is none: for scripts that run again and again.

        Raises:
            ApiError: there is such an account, with another password.
        """
        try:
            return self.login(email, password)
        except ApiError as error:
            if error.status != HTTPStatus.UNAUTHORIZED:
                raise
        try:
            return self.register(email, password)
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            return self.login(email, password)  # another has made it meanwhile, or the password is wrong

    def me(self) -> User:
        """Who is signed in."""
        return User.model_validate(self._session.get("auth/me")["user"])

    def change_password(self, current: str, new: str) -> None:
        """Sets another password; all other sessions end."""
        self._session.request("POST", "auth/password", json={"current_password": current, "new_password": new})
        self._session.auth.password_changed(new)

    def forgot_password(self, email: str) -> None:
        """Has a link mailed with which the password is set, if there is such an account."""
        self._session.request("POST", "auth/forgot-password", json={"email": email})

    def reset_password(self, token: str, new: str) -> None:
        """Sets the password of whom a link is for; `token`: what stands behind # in it."""
        self._session.request("POST", "auth/reset-password", json={"token": token, "new_password": new})

    def sessions(self) -> Iterator[SignIn]:
        """Where one is signed in, the newest first."""
        return (SignIn.model_validate(item) for item in self._session.get("auth/sessions")["items"])

    def end_session(self, session_id: str) -> None:
        """Ends one session."""
        self._session.request("DELETE", f"auth/sessions/{session_id}")

    def sign_out_everywhere(self) -> None:
        """Ends all sessions, this one too; API keys go on."""
        self._session.request("POST", "auth/sign-out-everywhere")
        self._session.auth.signed_out()

    def create_api_key(self, name: str, *, role: RoleName | None = None, expires_at: datetime | None = None) -> ApiKey:
        """A key for this workspace, its text in `key` this once; it may do what editors may when no role is named."""
        body = {"name": name, "role": role, "expires_at": expires_at.isoformat() if expires_at else None}
        return ApiKey.model_validate(self._session.post("api-keys", body))

    def api_keys(self) -> Iterator[ApiKey]:
        """One's keys for this workspace; an owner's list has everybody's."""
        return (ApiKey.model_validate(item) for item in self._session.get("api-keys")["items"])

    def delete_api_key(self, key_id: str) -> None:
        """Ends a key."""
        self._session.request("DELETE", f"api-keys/{key_id}")

    def workspaces(self) -> Iterator[Workspace]:
        """The workspaces that one is a member of."""
        return (Workspace.model_validate(item) for item in self._session.get("workspaces")["items"])

    def create_workspace(self, name: str) -> Workspace:
        """Makes a workspace to share; sign in with its id to act in it."""
        return Workspace.model_validate(self._session.post("workspaces", {"name": name}))

    def members(self, workspace_id: str) -> Iterator[Member]:
        """Who is in a workspace."""
        found = self._session.get(f"workspaces/{workspace_id}/members")["items"]
        return (Member.model_validate(item) for item in found)

    def invite(self, workspace_id: str, email: str, role: RoleName) -> Invitation:
        """Invites somebody; `token` is to be handed over to them unless it was mailed."""
        path, body = f"workspaces/{workspace_id}/members", {"email": email, "role": role}
        return Invitation.model_validate(self._session.post(path, body))

    def accept_invitation(self, token: str) -> Workspace:
        """Becomes a member of the workspace that one is invited to."""
        return Workspace.model_validate(self._session.post("invitations/accept", {"token": token}))

    def change_role(self, workspace_id: str, user_id: str, role: RoleName) -> Member:
        """Gives a member another role."""
        path = f"workspaces/{workspace_id}/members/{user_id}"
        return Member.model_validate(self._session.request("PATCH", path, json={"role": role}).json())

    def remove_member(self, workspace_id: str, user_id: str) -> None:
        """Takes a member out, or leaves."""
        self._session.request("DELETE", f"workspaces/{workspace_id}/members/{user_id}")

    def _sign_in(self, path: str, email: str, password: str, more: dict[str, str]) -> User:
        credentials = {"email": email, "password": password}
        given = {name: value for name, value in more.items() if value}
        answer = self._session.post(path, credentials | given)
        again = {name: value for name, value in given.items() if name == "workspace_id"}
        self._session.auth.signed_in(answer, credentials | again)
        return User.model_validate(answer["user"])
