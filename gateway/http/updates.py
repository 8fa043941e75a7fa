"""What event streams send, as models: the OpenAPI document names them, though it has no word for a stream's events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from coderai.copilot.v1.conversation_service_pb2 import Message
from coderai.extractor.v1.extractor_service_pb2 import Job, JobEvent, WatchJobResponse
from coderai.gateway.http.models import Reply, reply_model
from coderai.kit.comments import comment_on

EventName = Literal[
    "progress",
    "document_completed",
    "document_failed",
    "job_completed",
    "job_paused",
    "job_failed",
    "job_cancelled",
]
"""What streams call a job's events."""
_OF_JOB = WatchJobResponse.DESCRIPTOR.full_name
_Job: Any = reply_model(Job.DESCRIPTOR)
_JobEvent: Any = reply_model(JobEvent.DESCRIPTOR)
_Message: Any = reply_model(Message.DESCRIPTOR)


class JobSnapshot(Reply):
    """The job as it stands when a stream begins."""

    type: Literal["snapshot"] = Field(description="That it is a snapshot.")
    sequence: int = Field(description="The number of the last event that it holds, 0 before any.")
    event: None = Field(description="A snapshot is no event.")
    job: _Job = Field(description="The job as it stands.")


class JobChange(Reply):
    """One event of a job."""

    type: EventName = Field(description="What happened; `progress` stands for all that have no name here.")
    sequence: int = Field(description="The event's number; to go on after it, send it as Last-Event-ID.")
    event: _JobEvent = Field(description="The event, as the job's log has it.")
    job: _Job = Field(description=comment_on(f"{_OF_JOB}.job"))


JobUpdate: Any = Annotated[
    JobSnapshot | JobChange,
    Field(
        discriminator="type",
        description="What `GET /v1/jobs/{job_id}/events` sends as an event's data, `/ws/jobs/{job_id}` as a message.",
    ),
]


class MessagePart(Reply):
    """The next part of a reply's text."""

    type: Literal["part"] = Field(description="That more of the text comes.")
    sequence: int = Field(description="1, 2, 3 ... within the reply; to go on after it, send it as Last-Event-ID.")
    part: str = Field(description="What the text has more.")
    message: None = Field(description="The reply has not ended yet.")


class MessageEnd(Reply):
    """What a reply has become, once it has ended."""

    type: Literal["ended"] = Field(description="That nothing more comes.")
    sequence: int = Field(description="One beyond the last part's.")
    part: str = Field(description="Empty.")
    message: _Message = Field(description="The reply, with its text, its quotes and the ids of what it proposes.")


MessageUpdate: Any = Annotated[
    MessagePart | MessageEnd,
    Field(discriminator="type", description="What `GET /v1/messages/{message_id}/events` sends as an event's data."),
]
UPDATES: Mapping[str, Any] = {"JobUpdate": JobUpdate, "MessageUpdate": MessageUpdate}
"""By the names that the document gives them."""


def sent_as_events(update: str, description: str) -> dict[str, Any]:
    """How an OpenAPI document describes an answer that is a stream of one of these updates: each event by itself."""
    data = {
        "type": "string",
        "description": f"A {update}, as JSON.",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": f"#/components/schemas/{update}"},
    }
    event = {
        "type": "object",
        "description": "One server-sent event.",
        "properties": {
            "event": {"type": "string", "description": "The update's type."},
            "id": {"type": "string", "description": "Its number: to go on after it, send it as Last-Event-ID."},
            "data": data,
        },
        "required": ["event", "id", "data"],
    }
    return {"description": description, "content": {"text/event-stream": {"schema": event}}}
