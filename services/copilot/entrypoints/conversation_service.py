"""The RPCs of the conversation service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from coderai.copilot.v1 import conversation_service_pb2 as pb
from coderai.copilot.v1 import conversation_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.db import Session
from coderai.kit.ids import parse_id
from coderai.kit.paging import read_page
from coderai.services.copilot import queries
from coderai.services.copilot.entrypoints.watch_message import WatchMessage
from coderai.services.copilot.usecases.conversing.converse import Converse

OpenSession = Callable[[UUID], AbstractAsyncContextManager[Session]]


class ConversationServicer(conversation_service_pb2_grpc.ConversationServiceServicer):
    """coderai.copilot.v1.ConversationService."""

    def __init__(self, open_session: OpenSession, converse: Converse, watch: WatchMessage) -> None:
        self._open_session = open_session
        self._converse = converse
        self._watch = watch

    async def SendMessage(self, request: pb.SendMessageRequest, context: Any) -> pb.SendMessageResponse:
        project_id = parse_id(request.project_id, "project")
        message_id, reply_id = await self._converse.send(identity.current(), project_id, request.text)
        return pb.SendMessageResponse(message=await self._message(message_id), reply=await self._message(reply_id))

    async def ListMessages(self, request: pb.ListMessagesRequest, context: Any) -> pb.ListMessagesResponse:
        project_id, page = parse_id(request.project_id, "project"), read_page(request.page_size, request.page_token)
        async with self._session() as session:
            found = await queries.list_messages(session, project_id, page)
        if not found.items:
            # The projects service refuses a project that there is not; one with messages is known to exist.
            await self._converse.projects.project(project_id)
        return found

    async def GetMessage(self, request: pb.GetMessageRequest, context: Any) -> pb.GetMessageResponse:
        return pb.GetMessageResponse(message=await self._message(parse_id(request.message_id, "message")))

    async def WatchMessage(
        self, request: pb.WatchMessageRequest, context: Any
    ) -> AsyncIterator[pb.WatchMessageResponse]:
        message_id = parse_id(request.message_id, "message")
        async for update in self._watch(identity.current(), message_id, request.after_sequence):
            yield update

    async def StopMessage(self, request: pb.StopMessageRequest, context: Any) -> pb.StopMessageResponse:
        message_id = parse_id(request.message_id, "message")
        await self._converse.stop(message_id)
        return pb.StopMessageResponse(message=await self._message(message_id))

    async def ResetConversation(
        self, request: pb.ResetConversationRequest, context: Any
    ) -> pb.ResetConversationResponse:
        await self._converse.reset(parse_id(request.project_id, "project"))
        return pb.ResetConversationResponse()

    def _session(self) -> AbstractAsyncContextManager[Session]:
        return self._open_session(identity.current().workspace_id)

    async def _message(self, message_id: UUID) -> pb.Message:
        async with self._session() as session:
            return await queries.get_message(session, message_id)
