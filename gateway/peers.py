"""The services behind the gateway: what each offers, and the channels to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc

from coderai.audit.v1 import audit_service_pb2_grpc
from coderai.audit.v1.audit_service_pb2 import AuditEntry, ListAuditEntriesRequest
from coderai.copilot.v1 import (
    conversation_service_pb2,
    conversation_service_pb2_grpc,
    copilot_service_pb2,
    copilot_service_pb2_grpc,
    proposal_service_pb2,
    proposal_service_pb2_grpc,
    setup_service_pb2,
    setup_service_pb2_grpc,
)
from coderai.export.v1 import export_service_pb2, export_service_pb2_grpc
from coderai.extractor.v1 import (
    dataset_service_pb2,
    dataset_service_pb2_grpc,
    extractor_service_pb2,
    extractor_service_pb2_grpc,
    quality_service_pb2,
    quality_service_pb2_grpc,
    review_service_pb2,
    review_service_pb2_grpc,
)
from coderai.ingest.v1 import (
    ingest_service_pb2,
    ingest_service_pb2_grpc,
    upload_service_pb2,
    upload_service_pb2_grpc,
)
from coderai.kit.errors import Unavailable
from coderai.kit.grpc_channel import WIRE_OPTIONS, PeerChannel
from coderai.kit.identity import TokenKey
from coderai.projects.v1 import (
    personal_service_pb2,
    personal_service_pb2_grpc,
    projects_service_pb2,
    projects_service_pb2_grpc,
    template_service_pb2,
    template_service_pb2_grpc,
)

SERVICES: Mapping[str, ServiceDescriptor] = {
    "projects": projects_service_pb2.DESCRIPTOR.services_by_name["ProjectsService"],
    "templates": template_service_pb2.DESCRIPTOR.services_by_name["TemplateService"],
    "personal": personal_service_pb2.DESCRIPTOR.services_by_name["PersonalService"],
    "ingest": ingest_service_pb2.DESCRIPTOR.services_by_name["IngestService"],
    "uploads": upload_service_pb2.DESCRIPTOR.services_by_name["UploadService"],
    "extractor": extractor_service_pb2.DESCRIPTOR.services_by_name["ExtractorService"],
    "dataset": dataset_service_pb2.DESCRIPTOR.services_by_name["DatasetService"],
    "review": review_service_pb2.DESCRIPTOR.services_by_name["ReviewService"],
    "quality": quality_service_pb2.DESCRIPTOR.services_by_name["QualityService"],
    "copilot": copilot_service_pb2.DESCRIPTOR.services_by_name["CopilotService"],
    "conversation": conversation_service_pb2.DESCRIPTOR.services_by_name["ConversationService"],
    "proposals": proposal_service_pb2.DESCRIPTOR.services_by_name["ProposalService"],
    "setup": setup_service_pb2.DESCRIPTOR.services_by_name["SetupService"],
    "export": export_service_pb2.DESCRIPTOR.services_by_name["ExportService"],
}
"""What is offered, by a name for it."""

_SERVED_BY = {
    "templates": "projects",
    "personal": "projects",
    "uploads": "ingest",
    "dataset": "extractor",
    "review": "extractor",
    "quality": "extractor",
    "conversation": "copilot",
    "proposals": "copilot",
    "setup": "copilot",
}
"""The process that serves it, where that has another name; that name is also the audience of its internal tokens."""

_STUBS: Mapping[str, Any] = {
    "projects": projects_service_pb2_grpc.ProjectsServiceStub,
    "templates": template_service_pb2_grpc.TemplateServiceStub,
    "personal": personal_service_pb2_grpc.PersonalServiceStub,
    "ingest": ingest_service_pb2_grpc.IngestServiceStub,
    "uploads": upload_service_pb2_grpc.UploadServiceStub,
    "extractor": extractor_service_pb2_grpc.ExtractorServiceStub,
    "dataset": dataset_service_pb2_grpc.DatasetServiceStub,
    "review": review_service_pb2_grpc.ReviewServiceStub,
    "quality": quality_service_pb2_grpc.QualityServiceStub,
    "copilot": copilot_service_pb2_grpc.CopilotServiceStub,
    "conversation": conversation_service_pb2_grpc.ConversationServiceStub,
    "proposals": proposal_service_pb2_grpc.ProposalServiceStub,
    "setup": setup_service_pb2_grpc.SetupServiceStub,
    "export": export_service_pb2_grpc.ExportServiceStub,
}
_REACHED_WITHIN = 5.0
"""Seconds that a caller waits for a service that is just starting."""
_HEALTHY_WITHIN = 2.0


def served_by(service: str) -> str:
    """The process that serves what is offered under a name."""
    return _SERVED_BY.get(service, service)


@dataclass(frozen=True, slots=True)
class _Peer:
    """A process behind the gateway, with a stub for each of the services that it serves."""

    name: str
    channel: PeerChannel
    stubs: Mapping[str, Any]
    audit: Any
    """The stub of what all of them serve."""
    wire: grpc.aio.Channel

    async def must_be_reachable(self) -> None:
        if self.channel.get_state(try_to_connect=True) is grpc.ChannelConnectivity.READY:
            return
        try:
            async with asyncio.timeout(_REACHED_WITHIN):
                await self.channel.channel_ready()
        except TimeoutError:
            raise Unavailable(f"the {self.name} service cannot be reached now; try again in a moment") from None


class Peers:
    """The five services. Calls act as the current identity (kit.identity) and raise kit.errors."""

    def __init__(self, addresses: Mapping[str, str], key: TokenKey) -> None:
        """`addresses` is host:port by the service's name."""
        self._peers: dict[str, _Peer] = {}
        for name in dict.fromkeys(map(served_by, SERVICES)):
            channel = PeerChannel(name, addresses[name], key)
            wire = grpc.aio.insecure_channel(addresses[name], options=WIRE_OPTIONS)
            stubs = {service: _STUBS[service](channel) for service in SERVICES if served_by(service) == name}
            audit = audit_service_pb2_grpc.AuditServiceStub(channel)
            self._peers[name] = _Peer(name, channel, stubs, audit, wire)

    async def call(
        self, service: str, rpc: str, request: Message | AsyncIterator[Message], timeout: float | None = None
    ) -> Any:
        """The reply to a call with one reply; within `timeout` seconds, the usual deadline when that is None.

        Raises:
            Unavailable: the service cannot be reached within 5 seconds.
            CoderAIError: what the service raised.
        """
        peer = self._peers[served_by(service)]
        await peer.must_be_reachable()
        return await getattr(peer.stubs[service], rpc)(request, timeout=timeout)

    async def stream(self, service: str, rpc: str, request: Message) -> AsyncGenerator[Any]:
        """The replies of a call with many; raises as `call` does."""
        peer = self._peers[served_by(service)]
        await peer.must_be_reachable()
        async with aclosing(getattr(peer.stubs[service], rpc)(request)) as replies:
            async for reply in replies:
                yield reply

    async def audit_entries(self, request: ListAuditEntriesRequest) -> list[AuditEntry]:
        """A page of the entries of each service, in no order; raises as `call` does."""
        pages = await asyncio.gather(*(self._audit_entries(peer, request) for peer in self._peers.values()))
        return [entry for page in pages for entry in page]

    async def _audit_entries(self, peer: _Peer, request: ListAuditEntriesRequest) -> Sequence[AuditEntry]:
        await peer.must_be_reachable()
        page: Sequence[AuditEntry] = (await peer.audit.ListAuditEntries(request)).items
        return page

    def wire(self, service: str) -> grpc.aio.Channel:
        """A service's plain channel, for bytes that pass through unread."""
        return self._peers[served_by(service)].wire

    async def health(self) -> dict[str, str]:
        """For each service "ok", or what is wrong with it."""
        states = await asyncio.gather(*(_health(peer.wire) for peer in self._peers.values()))
        return dict(zip(self._peers, states, strict=True))

    async def close(self) -> None:
        """Disconnects."""
        for peer in self._peers.values():
            await peer.channel.close()
            await peer.wire.close()


async def _health(wire: grpc.aio.Channel) -> str:
    stub: Any = health_pb2_grpc.HealthStub(wire)
    try:
        reply = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_HEALTHY_WITHIN)
    except grpc.aio.AioRpcError as error:
        return "unreachable" if error.code() is grpc.StatusCode.UNAVAILABLE else error.code().name.lower()
    serving = reply.status == health_pb2.HealthCheckResponse.SERVING
    return "ok" if serving else "not serving"
