"""Hears what becomes of jobs, and moves their projects on."""

from __future__ import annotations

from uuid import UUID

from coderai.extractor.v1.events_pb2 import JobChanged
from coderai.kit import tracing
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.message_ids import ids_of
from coderai.kit.wire import to_plain
from coderai.services.projects.entrypoints.grpc_service import OpenStore
from coderai.services.projects.usecases.projects import follow_job


def job_changed(open_store: OpenStore) -> Subscription:
    """event.extractor.job_changed -> the project's status."""

    async def handle(envelope: Envelope) -> None:
        event = JobChanged.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        plain = to_plain(event)
        async with open_store(envelope.workspace_id) as store:
            await follow_job(
                store, UUID(event.project_id), plain["kind"], plain["status"], of_some_variables=event.of_some_variables
            )

    return Subscription("projects__job_changed", EVENTS, "event.extractor.job_changed", handle)
