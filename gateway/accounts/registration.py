"""Who may make an account in an installation."""

from __future__ import annotations

from enum import StrEnum

from coderai.kit.errors import Forbidden


class RegistrationClosed(Forbidden):
    """This installation takes no registrations: its operator makes the accounts."""


class InvitationNeeded(Forbidden):
    """This installation takes registrations by invitation alone: send the token of yours as `invitation`."""


class Registration(StrEnum):
    """Who may register: everybody, those who are invited to a workspace, or nobody."""

    OPEN = "OPEN"
    INVITATION = "INVITATION"
    CLOSED = "CLOSED"

    def must_admit(self, invitation: str) -> None:
        """Refuses a registration; whether an invitation is valid is checked elsewhere.

        Raises:
            RegistrationClosed, InvitationNeeded
        """
        if self is Registration.CLOSED:
            raise RegistrationClosed()
        if self is Registration.INVITATION and not invitation:
            raise InvitationNeeded()
