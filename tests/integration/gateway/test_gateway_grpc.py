"""gRPC through the gateway: users' tokens, every arity, errors as the services gave them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import grpc
import psutil
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.gateway.peers import SERVICES
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit.identity import Identity, Role, TokenKey
from coderai.projects.v1 import projects_service_pb2 as projects
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.projects.v1.codebook_pb2 import UnitOfObservation
from tests.integration.gateway.running import INTERNAL_KEY, Person, RunningGateway, Starter, until
from tests.integration.gateway.services import JobScript, Services


@pytest.fixture
async def channel(gateway: RunningGateway) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(gateway.grpc) as opened:
        yield opened


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


@pytest.fixture
def metadata(person: Person) -> tuple[tuple[str, str], ...]:
    return bearer(person.tokens["access_token"])


async def failure(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value


async def test_a_call_reaches_the_service_as_the_user(
    channel: grpc.aio.Channel, metadata: Any, person: Person, services: Services
) -> None:
    stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
    call = stub.CreateProject(
        projects.CreateProjectRequest(name="By gRPC"), metadata=(*metadata, ("x-correlation-id", "grpc-1"))
    )

    assert (await call).project.name == "By gRPC"
    assert ("x-correlation-id", "grpc-1") in tuple(await call.initial_metadata())
    caller = services.projects.callers[-1]
    assert caller.user_id == UUID(person.tokens["user"]["id"])
    assert caller.workspace_id == UUID(person.tokens["workspace"]["id"])
    assert (caller.role, caller.correlation_id) == (Role.OWNER, "grpc-1")


async def test_replies_stream_through_as_they_come(
    channel: grpc.aio.Channel, metadata: Any, services: Services
) -> None:
    job = str(uuid4())
    services.extractor.jobs[job] = script = JobScript([extractor.JOB_EVENT_TYPE_JOB_STARTED])
    stub: Any = extractor_service_pb2_grpc.ExtractorServiceStub(channel)
    request = extractor.WatchJobRequest(job_id=job, after_sequence=0)

    async with asyncio.timeout(20):
        replies = aiter(stub.WatchJob(request, metadata=metadata))
        first = await anext(replies)
        await script.add(extractor.JOB_EVENT_TYPE_DOC_COMPLETED, extractor.JOB_EVENT_TYPE_JOB_COMPLETED)
        rest = [reply.sequence async for reply in replies]

    assert [first.sequence, *rest] == [1, 2, 3]


async def test_requests_stream_through(channel: grpc.aio.Channel, metadata: Any) -> None:
    async def requests() -> AsyncIterator[ingest.UploadDocumentRequest]:
        yield ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id="p1", name="a.txt"))
        digest = hashlib.sha256()
        for _ in range(8):
            data = uuid4().bytes * 2**16
            digest.update(data)
            yield ingest.UploadDocumentRequest(data=data)
        yield ingest.UploadDocumentRequest(end=ingest.UploadDocumentEnd(size=8 * 2**20, sha256=digest.hexdigest()))

    stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
    reply = await stub.UploadDocument(requests(), metadata=metadata)

    assert reply.document.size == 8 * 2**20


async def test_an_upload_that_its_client_breaks_off_does_not_look_whole(
    channel: grpc.aio.Channel, metadata: Any, services: Services
) -> None:
    name = f"{uuid4()}.txt"

    async def requests() -> AsyncIterator[ingest.UploadDocumentRequest]:
        yield ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id="p1", name=name))
        yield ingest.UploadDocumentRequest(data=b"the first half")
        await asyncio.Event().wait()

    stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
    upload = asyncio.ensure_future(stub.UploadDocument(requests(), metadata=metadata))
    await until(lambda: name in [head.name for head in services.ingest.heads])
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)

    await until(lambda: name in services.ingest.broken_off)
    assert name not in [document.name for document in services.ingest.stored.values()]


async def test_a_services_error_passes_unchanged(channel: grpc.aio.Channel, metadata: Any) -> None:
    stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)

    error = await failure(stub.CreateProject(projects.CreateProjectRequest(name="raise Conflict"), metadata=metadata))

    assert (error.code(), error.details()) == (grpc.StatusCode.FAILED_PRECONDITION, "what is wrong")
    details = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    packed = status_pb2.Status.FromString(details).details
    assert packed[0].Unpack(info)
    assert packed[1].Unpack(bad)
    assert info.reason == "a_stable_code"
    assert bad.field_violations[0].field == "unit.row_is"


async def test_a_streams_error_passes_unchanged(channel: grpc.aio.Channel, metadata: Any) -> None:
    stub: Any = extractor_service_pb2_grpc.ExtractorServiceStub(channel)

    error = await failure(anext(aiter(stub.WatchJob(extractor.WatchJobRequest(job_id="none"), metadata=metadata))))

    assert error.code() is grpc.StatusCode.NOT_FOUND


async def test_only_users_tokens_are_let_in(channel: grpc.aio.Channel, person: Person) -> None:
    stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
    insider = Identity(uuid4(), uuid4(), Role.OWNER, "x")
    for metadata in (
        (),
        bearer("forged"),
        bearer(TokenKey(INTERNAL_KEY).mint(insider, "projects")),
        (("authorization", f"Basic {person.tokens['access_token']}"),),
    ):
        error = await failure(stub.ListProjects(projects.ListProjectsRequest(), metadata=metadata))
        assert error.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_viewers_only_read(channel: grpc.aio.Channel, viewer: Person) -> None:
    stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
    metadata = bearer(viewer.token)

    assert not (await stub.ListProjects(projects.ListProjectsRequest(), metadata=metadata)).items
    error = await failure(stub.CreateProject(projects.CreateProjectRequest(name="x"), metadata=metadata))
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(
    "path", ["/coderai.projects.v1.ProjectsService/NoSuchMethod", "/coderai.secret.v1.Secret/Get", "/x", "/a/b/c"]
)
async def test_what_no_public_service_has_is_refused(channel: grpc.aio.Channel, metadata: Any, path: str) -> None:
    error = await failure(channel.unary_unary(path)(b"", metadata=metadata))

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_message_of_more_than_four_mebibytes_is_refused(channel: grpc.aio.Channel, metadata: Any) -> None:
    stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
    fits = projects.CreateProjectRequest(name="x", domain="x" * (4 * 2**20 - 100))
    too_large = projects.CreateProjectRequest(name="x", domain="x" * (4 * 2**20 + 100))

    read = await failure(stub.CreateProject(fits, metadata=metadata))
    assert read.code() is grpc.StatusCode.INVALID_ARGUMENT and "domain" in (read.details() or "")
    error = await failure(stub.CreateProject(too_large, metadata=metadata))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_nothing_of_a_strangers_message_is_read(gateway: RunningGateway) -> None:
    process = psutil.Process(gateway.pid)
    before, most = process.memory_info().rss, 0
    options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
    huge = projects.CreateProjectRequest(name="x" * 100 * 2**20)

    async def flood() -> grpc.aio.AioRpcError:
        async with grpc.aio.insecure_channel(gateway.grpc, options=options) as channel:
            stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
            return await failure(stub.CreateProject(huge))

    floods = [asyncio.create_task(flood()) for _ in range(6)]
    while not all(task.done() for task in floods):
        await asyncio.sleep(0.02)
        most = max(most, process.memory_info().rss)

    assert {task.result().code() for task in floods} <= {
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    }
    assert most - before < 50 * 2**20


async def test_an_upload_streams_whatever_its_size(channel: grpc.aio.Channel, metadata: Any) -> None:
    async def requests(piece: int) -> AsyncIterator[ingest.UploadDocumentRequest]:
        yield ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id="p1", name="a.txt"))
        yield ingest.UploadDocumentRequest(data=uuid4().bytes * (piece // 16))
        # A client that still sends while it is refused learns of its failed write alone.
        if piece <= 2**20:
            yield ingest.UploadDocumentRequest(end=ingest.UploadDocumentEnd(size=piece))

    stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)

    assert (await stub.UploadDocument(requests(2**20), metadata=metadata)).document.size == 2**20
    error = await failure(stub.UploadDocument(requests(5 * 2**20), metadata=metadata))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def refused_fields(error: grpc.aio.AioRpcError) -> list[str]:
    """The fields that an error names."""
    packed = status_pb2.Status.FromString(dict(error.trailing_metadata() or ())["grpc-status-details-bin"]).details
    bad = error_details_pb2.BadRequest()
    assert packed[1].Unpack(bad)
    return [violation.field for violation in bad.field_violations]


@pytest.mark.parametrize(
    ("project", "field"),
    [
        ({"name": "a\0b"}, "name"),
        ({"name": "x", "unit": UnitOfObservation(row_is="a\0b")}, "unit.row_is"),
        (
            {"name": "x", "unit": UnitOfObservation(rows_per_document=99)},
            "unit.rows_per_document",
        ),
    ],
)
async def test_grpc_refuses_what_http_refuses(
    channel: grpc.aio.Channel, metadata: Any, project: dict[str, Any], field: str
) -> None:
    stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)

    error = await failure(stub.CreateProject(projects.CreateProjectRequest(**project), metadata=metadata))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert refused_fields(error) == [field]


@pytest.mark.parametrize(
    "path",
    ["/coderai.projects.v1.ProjectsService/CreateProject", "/coderai.extractor.v1.ExtractorService/WatchJob"],
)
async def test_bytes_that_are_no_message_are_the_callers_fault(
    channel: grpc.aio.Channel, metadata: Any, path: str
) -> None:
    error = await failure(channel.unary_unary(path)(b"\x0a\xff\xff", metadata=metadata))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_bad_piece_of_an_upload_is_refused(channel: grpc.aio.Channel, metadata: Any) -> None:
    async def requests() -> AsyncIterator[ingest.UploadDocumentRequest]:
        yield ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id="p1", name="a\0.txt"))

    stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
    error = await failure(stub.UploadDocument(requests(), metadata=metadata))

    assert (error.code(), refused_fields(error)) == (grpc.StatusCode.INVALID_ARGUMENT, ["head.name"])


async def test_a_call_without_its_message_ends(services: Services, starter: Starter, person: Person) -> None:
    async def nothing(forever: bool) -> AsyncIterator[bytes]:
        if forever:
            await asyncio.Event().wait()
        return
        yield

    metadata = bearer(person.tokens["access_token"])
    async with (
        starter.run("waiting", services.addresses, patience_seconds=0.5) as running,
        grpc.aio.insecure_channel(running.grpc) as channel,
    ):
        call = channel.stream_unary("/coderai.projects.v1.ProjectsService/CreateProject")
        for forever in (False, True):
            error = await failure(call(nothing(forever), metadata=metadata))
            assert error.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_there_are_so_many_grpc_connections(services: Services, starter: Starter) -> None:
    async with starter.run("few", services.addresses, connections=3) as running:
        channels = [
            grpc.aio.insecure_channel(running.grpc, options=[("grpc.use_local_subchannel_pool", 1)]) for _ in range(6)
        ]
        ready = await asyncio.gather(
            *(asyncio.wait_for(channel.channel_ready(), 2) for channel in channels), return_exceptions=True
        )
        for channel in channels:
            await channel.close()

    assert sum(outcome is None for outcome in ready) == 3


async def test_a_callers_deadline_holds(channel: grpc.aio.Channel, metadata: Any, services: Services) -> None:
    job = str(uuid4())
    services.extractor.jobs[job] = JobScript([])
    stub: Any = extractor_service_pb2_grpc.ExtractorServiceStub(channel)
    request = extractor.WatchJobRequest(job_id=job, after_sequence=0)

    error = await failure(anext(aiter(stub.WatchJob(request, metadata=metadata, timeout=0.2))))

    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_health_is_served(channel: grpc.aio.Channel) -> None:
    health: Any = health_pb2_grpc.HealthStub(channel)

    assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING


def reflected(channel: grpc.aio.Channel) -> Any:
    """What a server answers that is asked which services it has."""
    reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    question = reflection_pb2.ServerReflectionRequest(list_services="")
    return anext(aiter(reflection.ServerReflectionInfo(iter([question]))))


async def test_what_methods_there_are_is_not_told(channel: grpc.aio.Channel) -> None:
    reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    # Nothing is sent: a server that refuses while a message is under way leaves the client with an error of its own.
    assert await reflection.ServerReflectionInfo().code() is grpc.StatusCode.UNIMPLEMENTED


async def test_what_methods_there_are_is_told_where_the_operator_says_so(services: Services, starter: Starter) -> None:
    async with (
        starter.run("reflecting", services.addresses, grpc_reflection=True) as running,
        grpc.aio.insecure_channel(running.grpc) as channel,
    ):
        answer = await reflected(channel)
    names = {service.name for service in answer.list_services_response.service}
    assert {descriptor.full_name for descriptor in SERVICES.values()} <= names
