"""A message of a project's conversation, and what becomes of a reply."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from coderai.services.copilot.domain.problems import MessageEmpty, MessageTooLong
from coderai.services.copilot.domain.proposal import SourceQuote

LONGEST = 20_000
"""Code points of a person's message."""
BROKEN_OFF = "The reply was broken off: send your message again."
"""Of a reply whose process has ended before it did."""


class Role(StrEnum):
    """Who says it."""

    USER = "USER"
    COPILOT = "COPILOT"


class Status(StrEnum):
    """What a message is; a person's is COMPLETE."""

    STREAMING = "STREAMING"
    """More comes."""
    FINISHING = "FINISHING"
    """All of its text is there, and its proposals are being kept: nobody can stop it any more. Shown as STREAMING."""
    COMPLETE = "COMPLETE"
    STOPPED = "STOPPED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it begins."""

    id: UUID
    project_id: UUID
    role: Role
    status: Status
    text: str = ""
    author: UUID | None = None
    """Who wrote it; of a reply, whose message it answers."""
    model: str = ""
    """Of a reply: provider:name, or "offline"."""
    reply_to: UUID | None = None
    """Of a reply: the message that it answers."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a reply has become; its text are its parts."""

    status: Status
    quotes: tuple[SourceQuote, ...] = ()
    """Found in the documents by code."""
    quotes_not_found: tuple[str, ...] = ()
    proposal_ids: tuple[str, ...] = ()
    problem: str = ""
    """Why it failed, or what of it could not be used."""


def read_text(text: str) -> str:
    """What a person says, without what no text should have.

    Raises:
        MessageEmpty, MessageTooLong
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise MessageEmpty()
    if len(text) > LONGEST:
        raise MessageTooLong()
    return text
