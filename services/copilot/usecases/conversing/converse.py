"""What people do with a conversation: say something, stop a reply, begin anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.conversing.message import Message, Role, Status, read_text
from coderai.services.copilot.domain.problems import TooManyReplies
from coderai.services.copilot.usecases.conversing.ports import OpenMessages
from coderai.services.copilot.usecases.conversing.write_replies import ALIVE_FOR, WriteReplies
from coderai.services.copilot.usecases.ports import Projects

MOST_REPLIES = 8
"""Of a project that are written at a time."""


@dataclass(frozen=True, slots=True)
class Converse:
    """The use cases with what they need of the world."""

    open_store: OpenMessages
    projects: Projects
    replies: WriteReplies
    new_id: Callable[[], UUID]

    async def send(self, who: Identity, project_id: UUID, text: str) -> tuple[UUID, UUID]:
        """Keeps what a person says and begins the reply; returns the ids of both.

        Raises:
            MessageEmpty, MessageTooLong, TooManyReplies
            Stopping: this process is about to end.
            CoderAIError: there is no such project.
        """
        said = read_text(text)
        project = await self.projects.project(project_id)
        self.replies.must_go_on()
        message = Message(self.new_id(), project_id, Role.USER, Status.COMPLETE, said, who.user_id)
        reply = Message(
            id=self.new_id(),
            project_id=project_id,
            role=Role.COPILOT,
            status=Status.STREAMING,
            author=who.user_id,
            model=project.model,
            reply_to=message.id,
        )
        async with self.open_store() as store:
            if await store.going_on(project_id) >= MOST_REPLIES:
                raise TooManyReplies()
            await store.begin_reply(message, reply, ALIVE_FOR)
            await store.commit()
        self.replies.begin(who, message, reply)
        return message.id, reply.id

    async def stop(self, reply_id: UUID) -> None:
        """Ends a reply where it stands, whichever process writes it; one that has ended stays as it is.

        Raises:
            MessageNotFound
        """
        async with self.open_store() as store:
            is_stopped = await store.stop_reply(reply_id)
            await store.commit()
        if is_stopped:
            self.replies.leave(reply_id)

    async def reset(self, project_id: UUID) -> None:
        """Removes all messages of a project, and leaves the replies that are being written.

        Raises:
            CoderAIError: there is no such project.
        """
        await self.projects.project(project_id)
        async with self.open_store() as store:
            left = await store.remove_conversation(project_id)
            await store.commit()
        for reply_id in left:
            self.replies.leave(reply_id)
