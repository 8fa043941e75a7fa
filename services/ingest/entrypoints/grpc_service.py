"""The service's RPCs: each opens a tenant session, calls a use case or a query, and answers with its message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id, parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import enum_names
from coderai.services.ingest import queries
from coderai.services.ingest.adapters.page_sandbox import DRAWN_BY
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.document import Manner
from coderai.services.ingest.domain.pages import PictureSize
from coderai.services.ingest.domain.problems import Unreadable, UploadInvalid
from coderai.services.ingest.domain.storage import GENEROUS, Quota
from coderai.services.ingest.usecases import documents
from coderai.services.ingest.usecases.pages import (
    draw_page,
    has_pictures,
    locate_passages,
    must_have_page,
    pages_with,
    passages_of,
)
from coderai.services.ingest.usecases.ports import CodingsOf, Files, PageReader, Projects
from coderai.services.ingest.usecases.rereading import reread_document
from coderai.services.ingest.usecases.small_uploads import SmallFile, upload_small_documents
from coderai.services.ingest.usecases.uploads import Sent, Upload, upload_document

OpenStore = Callable[[UUID], AbstractAsyncContextManager[IngestStore]]

_PIECE = 2**20
"""Bytes of a picture that are sent at a time."""
_STATUS_NAMES = enum_names(pb.DocumentStatus.DESCRIPTOR)


class IngestServicer(ingest_service_pb2_grpc.IngestServiceServicer):
    """coderai.ingest.v1.IngestService."""

    def __init__(
        self,
        open_store: OpenStore,
        files: Files,
        projects: Projects,
        codings_of: CodingsOf,
        pages: PageReader,
        quota: Quota = GENEROUS,
    ) -> None:
        self._open_store = open_store
        self._files = files
        self._projects = projects
        self._codings_of = codings_of
        self._pages = pages
        self._quota = quota

    def _store(self) -> AbstractAsyncContextManager[IngestStore]:
        return self._open_store(identity.current().workspace_id)

    async def UploadDocument(
        self, requests: AsyncIterator[pb.UploadDocumentRequest], context: Any
    ) -> pb.UploadDocumentResponse:
        head, document_id = await _head(requests), new_id()
        project_id = parse_id(head.project_id, "project")
        upload = Upload(project_id, head.name, _parts(requests), head.text_column, head.replace)
        ports = (self._open_store, self._files, self._projects, self._codings_of)
        kept = await upload_document(*ports, identity.current(), document_id, upload, self._quota)
        async with self._store() as store:
            return pb.UploadDocumentResponse(
                document=await queries.get_document(store, kept.document_id),
                created=kept.document_id == document_id,
                reread=kept.is_reread,
            )

    async def UploadSmallDocuments(
        self, request: pb.UploadSmallDocumentsRequest, context: Any
    ) -> pb.UploadSmallDocumentsResponse:
        project_id, small = parse_id(request.project_id, "project"), [_small_file(file) for file in request.files]
        ports = (self._open_store, self._files, self._projects)
        about = (identity.current(), project_id, request.text_column)
        kept = await upload_small_documents(*ports, *about, small, self._quota)
        async with self._store() as store:
            found = await queries.get_documents(store, {one.document_id for one in kept if one is not None})
        answer = pb.UploadSmallDocumentsResponse()
        for file, one in zip(small, kept, strict=True):
            document = found.get(one.document_id) if one else None
            answer.files.add(document=document, created=document is not None and document.id == str(file.document_id))
        return answer

    async def CountDocuments(self, request: pb.CountDocumentsRequest, context: Any) -> pb.CountDocumentsResponse:
        project_ids = list(dict.fromkeys(parse_id(one, "project") for one in request.project_ids))
        async with self._store() as store:
            return await queries.count_documents(store, project_ids)

    async def ListDocuments(self, request: pb.ListDocumentsRequest, context: Any) -> pb.ListDocumentsResponse:
        source = request.source_document_id
        chosen = queries.Filter(
            status=_STATUS_NAMES[request.status],
            source_id=parse_id(source, "document") if source else None,
            duplicates=request.duplicates,
            sources=request.sources,
        )
        project_id, page = parse_id(request.project_id, "project"), read_page(request.page_size, request.page_token)
        async with self._store() as store:
            found = await queries.list_documents(store, project_id, page, chosen)
        if not any(found.counts.values()):
            # A project that has documents is known to exist; of another it is asked.
            await self._projects.must_exist(project_id)
        return found

    async def GetDocument(self, request: pb.GetDocumentRequest, context: Any) -> pb.GetDocumentResponse:
        async with self._store() as store:
            document = await queries.get_document(store, parse_id(request.document_id, "document"))
            return pb.GetDocumentResponse(document=document)

    async def DeleteDocument(self, request: pb.DeleteDocumentRequest, context: Any) -> pb.DeleteDocumentResponse:
        document_id = parse_id(request.document_id, "document")
        await documents.delete_document(self._open_store, self._files, identity.current(), document_id)
        return pb.DeleteDocumentResponse()

    async def GetDocumentText(self, request: pb.GetDocumentTextRequest, context: Any) -> pb.GetDocumentTextResponse:
        async with self._store() as store:
            return await queries.get_text(store, parse_id(request.document_id, "document"))

    async def GetDocumentReading(
        self, request: pb.GetDocumentReadingRequest, context: Any
    ) -> pb.GetDocumentReadingResponse:
        async with self._store() as store:
            return await queries.get_reading(store, parse_id(request.document_id, "document"))

    async def GetDocumentWords(self, request: pb.GetDocumentWordsRequest, context: Any) -> pb.GetDocumentWordsResponse:
        if request.page < 1:
            raise InvalidInput("page: which page's words are wanted, from 1", fields={"page": "1 or more"})
        async with self._store() as store:
            return await queries.get_words(store, parse_id(request.document_id, "document"), request.page)

    async def DrawPage(self, request: pb.DrawPageRequest, context: Any) -> AsyncIterator[pb.DrawPageResponse]:
        document_id, size = parse_id(request.document_id, "document"), PictureSize.of(request.width, request.dpi)
        async with self._store() as store:
            source = await queries.get_source(store, document_id)
        must_have_page(source, request.page)
        tag = f"{source.sha256[:32]}-{request.page}-{size}-{DRAWN_BY}"
        if tag in request.known_tags:
            yield pb.DrawPageResponse(head=pb.PictureHead(tag=tag))
            return
        who = identity.current().workspace_id
        picture = await draw_page(source, self._files, self._pages, who, request.page, size)
        head = pb.PictureHead(tag=tag, media_type=picture.media_type, size=len(picture.data))
        yield pb.DrawPageResponse(head=head)
        for start in range(0, head.size, _PIECE):
            yield pb.DrawPageResponse(data=picture.data[start : start + _PIECE])

    async def GetDocumentRegions(
        self, request: pb.GetDocumentRegionsRequest, context: Any
    ) -> pb.GetDocumentRegionsResponse:
        document_id = parse_id(request.document_id, "document")
        async with self._store() as store:
            source = await queries.get_source(store, document_id)
            text_version, pages = await queries.get_pages(store, document_id)
            passages = passages_of(request.start, request.end, pages[-1].end if pages else 0)
            missing, texts = pb.REGIONS_MISSING_NO_PICTURES, []
            if has_pictures(source):
                missing = pb.REGIONS_MISSING_NOT_FOUND
                texts = await queries.get_page_texts(store, document_id, pages_with(passages, pages))
        try:
            ports = (self._files, self._pages, identity.current().workspace_id)
            found = await locate_passages(source, *ports, texts, passages)
        except Unreadable:
            missing, found = pb.REGIONS_MISSING_UNREADABLE, [[] for _ in passages]
        answer = pb.GetDocumentRegionsResponse(document_id=str(document_id), text_version=text_version)
        for passage, regions in zip(passages, found, strict=True):
            shown = [pb.Region(**asdict(region)) for region in regions]
            reason = pb.REGIONS_MISSING_UNSPECIFIED if shown else missing
            answer.passages.add(start=passage.start, end=passage.end, regions=shown, missing=reason)
        return answer

    async def RereadDocument(self, request: pb.RereadDocumentRequest, context: Any) -> pb.RereadDocumentResponse:
        document_id, asked = parse_id(request.document_id, "document"), Manner(request.text_column, request.whole)
        ports = (self._open_store, self._codings_of)
        await reread_document(*ports, identity.current(), document_id, asked, replace=request.replace)
        async with self._store() as store:
            return pb.RereadDocumentResponse(document=await queries.get_document(store, document_id))

    async def ListChunks(self, request: pb.ListChunksRequest, context: Any) -> pb.ListChunksResponse:
        async with self._store() as store:
            return await queries.list_chunks(store, parse_id(request.document_id, "document"))

    async def DownloadDocument(
        self, request: pb.DownloadDocumentRequest, context: Any
    ) -> AsyncIterator[pb.DownloadDocumentResponse]:
        async with self._store() as store:
            file = await queries.get_file(store, parse_id(request.document_id, "document"))
        yield pb.DownloadDocumentResponse(head=file.document)
        async for part in self._files.read(file.key):
            yield pb.DownloadDocumentResponse(data=part)

    async def StreamDocumentHeads(
        self, request: pb.StreamDocumentHeadsRequest, context: Any
    ) -> AsyncIterator[pb.StreamDocumentHeadsResponse]:
        ids = [parse_id(document_id, "document") for document_id in request.document_ids]
        async for response in queries.stream_heads(self._store, parse_id(request.project_id, "project"), ids):
            yield response

    async def StreamDocumentTexts(
        self, request: pb.StreamDocumentTextsRequest, context: Any
    ) -> AsyncIterator[pb.StreamDocumentTextsResponse]:
        ids = [parse_id(document_id, "document") for document_id in request.document_ids]
        project_id = parse_id(request.project_id, "project")
        async for response in queries.stream_texts(self._store, project_id, ids, with_text=request.with_text):
            yield response


def _small_file(file: pb.SmallFile) -> SmallFile:
    return SmallFile(new_id(), file.name, file.data)


async def _head(requests: AsyncIterator[pb.UploadDocumentRequest]) -> pb.UploadDocumentHead:
    async for request in requests:
        if request.WhichOneof("part") == "head":
            return request.head
        break
    raise UploadInvalid("an upload begins with its head: the project and the file's name")


async def _parts(requests: AsyncIterator[pb.UploadDocumentRequest]) -> AsyncIterator[bytes | Sent]:
    async for request in requests:
        match request.WhichOneof("part"):
            case "data":
                yield request.data
            case "end":
                yield Sent(request.end.size, request.end.sha256)
            case _:
                raise UploadInvalid("after its head an upload has only data, and then its end")
