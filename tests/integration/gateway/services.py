"""Small services with the real contracts, behind the gateway under test: real gRPC, real internal tokens."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import grpc

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.audit.v1 import audit_service_pb2_grpc
from coderai.copilot.v1 import conversation_service_pb2 as conversation
from coderai.copilot.v1 import conversation_service_pb2_grpc, copilot_service_pb2_grpc
from coderai.copilot.v1 import copilot_service_pb2 as copilot
from coderai.export.v1 import export_service_pb2 as export
from coderai.export.v1 import export_service_pb2_grpc
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.gateway.peers import SERVICES
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import errors, identity
from coderai.kit.etags import must_match
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import codebook_pb2 as codebook
from coderai.projects.v1 import projects_service_pb2 as projects
from coderai.projects.v1 import projects_service_pb2_grpc
from tests.integration.gateway.running import INTERNAL_KEY


class ProjectChanged(errors.Changed):
    """The project has changed since you read it."""


class Projects(projects_service_pb2_grpc.ProjectsServiceServicer):
    """Keeps projects in memory by workspace; a project's name may ask for an error."""

    def __init__(self) -> None:
        self.by_workspace: dict[Any, dict[str, projects.Project]] = defaultdict(dict)
        self.masks: list[list[str]] = []
        self.expected: list[list[str]] = []
        self.callers: list[identity.Identity] = []
        self.gate: asyncio.Event | None = None
        """When set, CreateProject waits for it."""

    @property
    def _mine(self) -> dict[str, projects.Project]:
        caller = identity.current()
        self.callers.append(caller)
        return self.by_workspace[caller.workspace_id]

    async def CreateProject(self, request: Any, context: Any) -> Any:
        if request.name.startswith("raise "):
            kind = getattr(errors, request.name.removeprefix("raise "))
            raise kind("what is wrong", fields={"unit.row_is": "must say what a row is"}, code="a_stable_code")
        if request.name == "crash":
            raise RuntimeError("the secret inside")
        if self.gate:
            await self.gate.wait()
        project = projects.Project(
            id=str(new_id()),
            name=request.name,
            unit=request.unit,
            token_budget=request.token_budget,
            status=projects.PROJECT_STATUS_CREATED,
            created_at="2026-11-22T10:00:00Z",
            etag='"1"',
        )
        self._mine[project.id] = project
        return projects.CreateProjectResponse(project=project)

    async def ListProjects(self, request: Any, context: Any) -> Any:
        items = list(self._mine.values())
        size = request.page_size or 50
        start = int(request.page_token or 0)
        token = str(start + size) if start + size < len(items) else ""
        return projects.ListProjectsResponse(items=items[start : start + size], next_page_token=token)

    async def GetProject(self, request: Any, context: Any) -> Any:
        return projects.GetProjectResponse(project=self._get(request.project_id))

    async def UpdateProject(self, request: Any, context: Any) -> Any:
        project = self._get(request.project_id)
        self._must_match(request)
        project.etag = f'"{int(project.etag.strip(chr(34))) + 1}"'
        self.masks.append(list(request.update_mask.paths))
        given = to_plain(request)
        for path in request.update_mask.paths:
            project.ClearField(path)
            project.MergeFrom(from_plain(projects.Project, {path: given.get(path)}))
        return projects.UpdateProjectResponse(project=project)

    async def DeleteProject(self, request: Any, context: Any) -> Any:
        self._must_match(request)
        del self._mine[self._get(request.project_id).id]
        return projects.DeleteProjectResponse()

    async def CreateVariable(self, request: Any, context: Any) -> Any:
        own = {"id": str(new_id()), "project_id": request.project_id}
        variable = from_plain(codebook.Variable, to_plain(request.variable) | own)
        return projects.CreateVariableResponse(variable=variable)

    def _must_match(self, request: Any) -> None:
        self.expected.append(list(request.expected_etags))
        must_match(request.expected_etags, self._get(request.project_id).etag, ProjectChanged)

    def _get(self, project_id: str) -> projects.Project:
        project = self._mine.get(project_id)
        if project is None:
            raise errors.NotFound("there is no such project in this workspace", code="project_not_found")
        return project


class Ingest(ingest_service_pb2_grpc.IngestServiceServicer):
    """Keeps names and digests of what was uploaded; refuses some names, and tells what was broken off."""

    def __init__(self) -> None:
        self.stored: dict[str, ingest.Document] = {}
        self.heads: list[ingest.UploadDocumentHead] = []
        self.broken_off: list[str] = []
        self.calls: list[list[str]] = []
        """The names of the files of each UploadSmallDocuments."""
        self.gate = asyncio.Event()
        """Such calls are answered once it is set."""
        self.gate.set()
        self.file = b""
        """What DownloadDocument and DrawPage send."""
        self.drawn: list[ingest.DrawPageRequest] = []
        self.together = asyncio.Barrier(2)
        """Files named together-... are answered in twos."""
        self.sent_to_end: bool | None = None
        """Whether it could send all of it."""

    async def UploadDocument(self, request_iterator: Any, context: Any) -> Any:
        head = (await anext(request_iterator)).head
        self.heads.append(head)
        digest, size, end = hashlib.sha256(), 0, None
        try:
            async for request in request_iterator:
                if head.name == "refused.bin":
                    raise errors.InvalidInput("this is no document", code="format_unknown")
                if head.name == "lost.txt":
                    raise errors.NotFound("there is no such project in this workspace", code="project_not_found")
                if request.WhichOneof("part") == "end":
                    end = request.end
                digest.update(request.data)
                size += len(request.data)
        except asyncio.CancelledError:
            self.broken_off.append(head.name)
            raise
        if end is None or end.size != size or end.sha256 not in ("", digest.hexdigest()):
            self.broken_off.append(head.name)
            raise errors.InvalidInput("the upload broke off before its end", code="upload_cut_off")
        if head.name.startswith("together-"):
            await asyncio.wait_for(self.together.wait(), 30)
        return self._kept(head.name, size, digest.hexdigest())

    async def UploadSmallDocuments(self, request: Any, context: Any) -> Any:
        self.calls.append([file.name for file in request.files])
        await self.gate.wait()
        answer = ingest.UploadSmallDocumentsResponse()
        for file in request.files:
            if file.name == "all lost.txt":
                raise errors.Unavailable("the files cannot be reached now", code="blobs_away")
            is_plain = file.data and file.name not in ("refused.bin", "lost.txt")
            digest = hashlib.sha256(file.data).hexdigest()
            answer.files.append(
                self._kept(file.name, len(file.data), digest) if is_plain else ingest.UploadDocumentResponse()
            )
            if is_plain:
                about = {"project_id": request.project_id, "text_column": request.text_column}
                self.heads.append(ingest.UploadDocumentHead(name=file.name, **about))
        return answer

    def _kept(self, name: str, size: int, digest: str) -> ingest.UploadDocumentResponse:
        created = digest not in self.stored
        document = ingest.Document(id=str(new_id()), name=name, size=size, sha256=digest)
        document = self.stored.setdefault(digest, document)
        return ingest.UploadDocumentResponse(document=document, created=created)

    async def GetDocumentReading(self, request: Any, context: Any) -> Any:
        report = ingest.ReadingReport(reader="html", left_out_count=1)
        return ingest.GetDocumentReadingResponse(document_id=request.document_id, report=report, left_out=["Home"])

    async def RereadDocument(self, request: Any, context: Any) -> Any:
        if not request.replace:
            raise errors.Conflict("it is coded", code="codings_would_be_lost", fields={"replace": "true goes on"})
        document = ingest.Document(id=request.document_id, whole=request.whole, text_column=request.text_column)
        return ingest.RereadDocumentResponse(document=document)

    async def ListDocuments(self, request: Any, context: Any) -> Any:
        return ingest.ListDocumentsResponse(counts={"READY": 3, "FAILED": 1})

    async def DrawPage(self, request: Any, context: Any) -> AsyncIterator[Any]:
        self.drawn.append(request)
        if request.document_id == "text":
            raise errors.InvalidInput("no pages to draw", code="page_pictures_missing")
        tag = f"{request.document_id}-{request.page}-{request.width}-{request.dpi}"
        if tag in request.known_tags:
            yield ingest.DrawPageResponse(head=ingest.PictureHead(tag=tag))
            return
        size = len(self.file) + (request.document_id == "broken off")
        yield ingest.DrawPageResponse(head=ingest.PictureHead(tag=tag, media_type="image/png", size=size))
        for start in range(0, len(self.file), 2**18):
            yield ingest.DrawPageResponse(data=self.file[start : start + 2**18])

    async def GetDocumentRegions(self, request: Any, context: Any) -> Any:
        answer = ingest.GetDocumentRegionsResponse(document_id=request.document_id, text_version=2)
        for start, end in zip(request.start, request.end, strict=True):
            passage = answer.passages.add(start=start, end=end)
            if start == 0:
                passage.missing = ingest.REGIONS_MISSING_NOT_FOUND
            else:
                passage.regions.add(page=3, left=0.1, top=0.2, right=0.3, bottom=0.4)
        return answer

    async def DownloadDocument(self, request: Any, context: Any) -> AsyncIterator[Any]:
        if request.document_id == "absent":
            raise errors.NotFound("there is no such document", code="document_not_found")
        head = ingest.Document(id=request.document_id, name='Bericht "Ä"/..\\1.pdf', size=len(self.file))
        head.format = ingest.DOCUMENT_FORMAT_PDF
        yield ingest.DownloadDocumentResponse(head=head)
        start = 0
        try:
            for start in range(0, len(self.file), 2**18):
                yield ingest.DownloadDocumentResponse(data=self.file[start : start + 2**18])
        finally:
            self.sent_to_end = start + 2**18 >= len(self.file)


@dataclass
class JobScript:
    """A job's events, and where connections that follow them break."""

    events: list[int]
    """Types of the job's events, in order."""
    breaks: list[int] = field(default_factory=list)
    """For each connection that follows events: how many it sends before it breaks; later ones hold."""
    grown: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def add(self, *types: int) -> None:
        """More happens."""
        async with self.grown:
            self.events += types
            self.grown.notify_all()


_STATUS_AFTER = {
    extractor.JOB_EVENT_TYPE_JOB_COMPLETED: extractor.JOB_STATUS_COMPLETE,
    extractor.JOB_EVENT_TYPE_JOB_FAILED: extractor.JOB_STATUS_FAILED,
    extractor.JOB_EVENT_TYPE_JOB_CANCELLED: extractor.JOB_STATUS_CANCELLED,
    extractor.JOB_EVENT_TYPE_JOB_PAUSED: extractor.JOB_STATUS_PAUSED,
}


class Extractor(extractor_service_pb2_grpc.ExtractorServiceServicer):
    """Plays scripted jobs."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobScript] = {}
        self.watched_from: list[int | None] = []
        self.watched_by: list[identity.Identity] = []
        self.away = False
        """Whether whoever wants to watch finds nobody."""

    async def StartJob(self, request: Any, context: Any) -> Any:
        job = extractor.Job(id=str(new_id()), project_id=request.project_id, kind=request.kind)
        return extractor.StartJobResponse(job=job)

    async def CancelJob(self, request: Any, context: Any) -> Any:
        return extractor.CancelJobResponse(job=extractor.Job(id=request.job_id, status=extractor.JOB_STATUS_CANCELLED))

    async def WatchJob(self, request: Any, context: Any) -> AsyncIterator[Any]:
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
        self.watched_by.append(identity.current())
        script = self.jobs.get(request.job_id)
        if script is None:
            raise errors.NotFound("there is no such job in this workspace", code="job_not_found")
        if not request.HasField("after_sequence"):
            yield extractor.WatchJobResponse(sequence=len(script.events), job=self._job(request.job_id, script.events))
            return
        self.watched_from.append(request.after_sequence)
        left = script.breaks.pop(0) if script.breaks else None
        after = request.after_sequence
        while True:
            while after < len(script.events):
                if left == 0:
                    await context.abort(grpc.StatusCode.UNAVAILABLE, "the connection broke")
                left = None if left is None else left - 1
                after += 1
                yield self._event(request.job_id, script.events[:after])
            if script.events[-1:] == [extractor.JOB_EVENT_TYPE_JOB_COMPLETED]:
                return
            async with script.grown:
                await script.grown.wait_for(lambda seen=after: len(script.events) > seen)

    def _event(self, job_id: str, events: list[int]) -> extractor.WatchJobResponse:
        sequence = len(events)
        event = extractor.JobEvent(sequence=sequence, event=events[-1], job_id=job_id, document_id=f"d{sequence}")
        return extractor.WatchJobResponse(sequence=sequence, event=event, job=self._job(job_id, events))

    def _job(self, job_id: str, events: list[int]) -> extractor.Job:
        done = events.count(extractor.JOB_EVENT_TYPE_DOC_COMPLETED)
        last = events[-1] if events else None
        status = _STATUS_AFTER.get(last, extractor.JOB_STATUS_PROCESSING)
        return extractor.Job(id=job_id, status=status, documents_processed=done, kind=extractor.JOB_KIND_SAMPLE)


class Copilot(copilot_service_pb2_grpc.CopilotServiceServicer):
    """Suggests one variable."""

    async def SuggestVariables(self, request: Any, context: Any) -> Any:
        suggestion = copilot.VariableSuggestion(
            variable=codebook.Variable(name="place", type=codebook.VARIABLE_TYPE_TEXT), reason=request.hint
        )
        return copilot.SuggestVariablesResponse(items=[suggestion])


@dataclass
class ReplyScript:
    """A reply that comes as the test says."""

    parts: list[str] = field(default_factory=list)
    has_ended: bool = False
    breaks: list[int] = field(default_factory=list)
    """After how many updates each of the next streams breaks."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def say(self, *parts: str, end: bool = False) -> None:
        async with self.changed:
            self.parts += parts
            self.has_ended = self.has_ended or end
            self.changed.notify_all()


class Conversation(conversation_service_pb2_grpc.ConversationServiceServicer):
    """Streams replies as scripted."""

    def __init__(self) -> None:
        self.replies: dict[str, ReplyScript] = {}
        self.away = False
        """Whether whoever wants to watch finds nobody."""

    async def GetMessage(self, request: Any, context: Any) -> Any:
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
        return conversation.GetMessageResponse(message=self._message(request.message_id))

    async def WatchMessage(self, request: Any, context: Any) -> AsyncIterator[Any]:
        reply, after = self.replies[request.message_id], request.after_sequence
        left = reply.breaks.pop(0) if reply.breaks else None
        while True:
            if left == 0:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "the connection broke")
            left = None if left is None else left - 1
            if after < len(reply.parts):
                after += 1
                yield conversation.WatchMessageResponse(sequence=after, part=reply.parts[after - 1])
            elif reply.has_ended:
                if after == len(reply.parts):
                    message = self._message(request.message_id)
                    yield conversation.WatchMessageResponse(sequence=after + 1, message=message)
                return
            else:
                async with reply.changed:
                    await reply.changed.wait_for(
                        lambda seen=after: reply.has_ended or len(reply.parts) > seen  # type: ignore[misc]
                    )

    def _message(self, message_id: str) -> conversation.Message:
        reply = self.replies.get(message_id)
        if reply is None:
            raise errors.NotFound("there is no such message in this workspace", code="message_not_found")
        status = conversation.MESSAGE_STATUS_COMPLETE if reply.has_ended else conversation.MESSAGE_STATUS_STREAMING
        return conversation.Message(id=message_id, status=status, text="".join(reply.parts))


class Export(export_service_pb2_grpc.ExportServiceServicer):
    """Sends one file, with its SHA-256 where `export_id` does not say otherwise."""

    def __init__(self) -> None:
        self.file = b"a,b"
        self.sent: list[bytes] = []
        """What each call sent behind the head, in pieces of a thousand bytes."""

    async def DownloadExport(self, request: Any, context: Any) -> AsyncIterator[Any]:
        if request.export_id == "expired":
            raise errors.Conflict("its files were removed", code="export_expired")
        head = export.ExportFile(name="data.csv", media_type="text/csv; charset=utf-8")
        if request.export_id != "of-before":
            head.size, head.sha256 = len(self.file), hashlib.sha256(self.file).hexdigest()
        yield export.DownloadExportResponse(head=head)
        if request.head_only:
            return
        end = request.offset + request.length if request.length else len(self.file)
        wanted = self.file[request.offset : end]
        self.sent.append(b"")
        for start in range(0, len(wanted), 1000):
            self.sent[-1] += wanted[start : start + 1000]
            yield export.DownloadExportResponse(data=wanted[start : start + 1000])


class Audit(audit_service_pb2_grpc.AuditServiceServicer):
    """Lists the entries that a test puts in, by workspace."""

    def __init__(self) -> None:
        self.entries: dict[Any, list[audit.AuditEntry]] = defaultdict(list)
        self.asked: list[audit.ListAuditEntriesRequest] = []

    async def ListAuditEntries(self, request: Any, context: Any) -> Any:
        self.asked.append(request)
        mine = self.entries[identity.current().workspace_id]
        after = [entry for entry in mine if not request.page_token or entry.id < request.page_token]
        newest = sorted(after, key=lambda entry: entry.id, reverse=True)
        return audit.ListAuditEntriesResponse(items=newest[: request.page_size or 50])


@dataclass
class Services:
    """What stands behind the gateway, running."""

    addresses: dict[str, str]
    projects: Projects = field(default_factory=Projects)
    ingest: Ingest = field(default_factory=Ingest)
    extractor: Extractor = field(default_factory=Extractor)
    conversation: Conversation = field(default_factory=Conversation)
    export: Export = field(default_factory=Export)
    audit: dict[str, Audit] = field(default_factory=lambda: defaultdict(Audit))
    """By the service that has the entries."""


def _add_all(services: Services, name: str, register: Any, server: Any) -> None:
    register(server)
    audit_service_pb2_grpc.add_AuditServiceServicer_to_server(services.audit[name], server)


def _add_copilot(services: Services, server: Any) -> None:
    copilot_service_pb2_grpc.add_CopilotServiceServicer_to_server(Copilot(), server)  # type: ignore[abstract]
    conversation_service_pb2_grpc.add_ConversationServiceServicer_to_server(services.conversation, server)


@asynccontextmanager
async def running_services() -> AsyncIterator[Services]:
    """All five services, each on a port of its own."""
    services = Services({})
    registrations = {
        "projects": partial(projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server, services.projects),
        "ingest": partial(ingest_service_pb2_grpc.add_IngestServiceServicer_to_server, services.ingest),
        "extractor": partial(extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server, services.extractor),
        "copilot": partial(_add_copilot, services),
        "export": partial(export_service_pb2_grpc.add_ExportServiceServicer_to_server, services.export),
    }
    async with AsyncExitStack() as stack:
        for name, register in registrations.items():
            names, add = [SERVICES[name].full_name], partial(_add_all, services, name, register)
            server = serving(name, "127.0.0.1:0", identity.TokenKey(INTERNAL_KEY), add, names)
            services.addresses[name] = f"127.0.0.1:{await stack.enter_async_context(server)}"
        yield services
