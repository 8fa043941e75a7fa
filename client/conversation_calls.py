"""The part of the API that is the conversation with the co-pilot, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.client.calls import Calls
from coderai.client.event_stream import message_updates
from coderai.client.models import Message, MessageUpdate, SentMessage


class ConversationCalls(Calls):
    """A project's conversation, shared by who works on it: replies come part by part, and change nothing."""

    def send_message(self, project_id: str, text: str) -> SentMessage:
        """Says something to the co-pilot; the reply begins, and watch_message() shows it as it comes."""
        answer = self._session.post(f"projects/{project_id}/copilot/messages", {"text": text})
        return SentMessage.model_validate(answer)

    def watch_message(self, message_id: str, *, after: int = 0) -> Iterator[MessageUpdate]:
        """A reply's parts as they come, then (in the last update's `message`) what it has become.

        A lost connection is made again, with nothing missed or doubled. `after`: the number of the last update that was
        seen, to go on from there; nothing comes where that was the last one.
        """
        return message_updates(self._session, message_id, after)

    def stop_message(self, message_id: str) -> Message:
        """Ends a reply where it stands; one that has ended stays as it is."""
        return Message.model_validate(self._session.post(f"messages/{message_id}/stop"))

    def message(self, message_id: str) -> Message:
        """A message as it stands."""
        return Message.model_validate(self._session.get(f"messages/{message_id}"))

    def messages(self, project_id: str) -> Iterator[Message]:
        """A project's conversation, oldest first."""
        return self._items(Message, f"projects/{project_id}/copilot/messages")

    def reset_conversation(self, project_id: str) -> None:
        """Begins anew: all messages go, proposals stay."""
        self._session.request("DELETE", f"projects/{project_id}/copilot/messages")
