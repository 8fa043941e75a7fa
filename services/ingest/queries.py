"""Reads of the ingest service: SQL -> messages, no use case in between."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from coderai.ingest.v1.ingest_service_pb2 import (
    Chunk,
    CountDocumentsResponse,
    Document,
    GetDocumentReadingResponse,
    GetDocumentTextResponse,
    GetDocumentWordsResponse,
    ListChunksResponse,
    ListDocumentsResponse,
    StreamDocumentHeadsResponse,
    StreamDocumentTextsResponse,
)
from coderai.ingest.v1.ingest_service_pb2 import DocumentStatus as PbStatus
from coderai.kit.db import Session, any_of
from coderai.kit.paging import Page as ListPage
from coderai.kit.wire import from_plain
from coderai.language.detection import main_language
from coderai.services.ingest.adapters.tables import chunks, document_texts, documents
from coderai.services.ingest.domain.document import UNREAD, DocumentStatus, blob_key
from coderai.services.ingest.domain.pages import PageText
from coderai.services.ingest.domain.problems import DocumentNotFound, DocumentNotReady
from coderai.services.ingest.domain.scanned_words import unpack
from coderai.services.ingest.domain.text import Page

_AT_A_TIME = 500
"""Documents of a message."""
_BYTES_AT_A_TIME = 4 * 2**20
"""Bytes of texts of a message, unless a single one has more."""
_QUEUEING = ("sent_at", "correlation_id", "traceparent", "lane", "begun_at", "turn", "is_large", "text_bytes", "asked")
_HIDDEN = ("workspace_id", "chunk_count", "sketch", *_QUEUEING)
_LEFT_OUT = documents.c.report["left_out"]
_NUMBER = func.jsonb_build_object(literal("left_out_count", Text), func.coalesce(func.jsonb_array_length(_LEFT_OUT), 0))
_SHOWN = (
    *(column for column in documents.c if column.name not in (*_HIDDEN, "report")),
    # What was left out may be as long as the text: its number tells that there is some.
    documents.c.report.op("-")(literal("left_out", Text)).op("||", return_type=JSONB())(_NUMBER).label("report"),
)
_TEXT = (
    select(documents.c.name, documents.c.language, documents.c.chunk_count)
    .add_columns(documents.c.text_version, document_texts.c.text, document_texts.c.pages)
    .add_columns(*(documents.c.report[of].label(of) for of in ("unread_pages", "unsure_pages", "recognised_pages")))
    .join_from(documents, document_texts, documents.c.id == document_texts.c.id)
    .where(documents.c.id == bindparam("document"))
)
_source = documents.alias("source")
_UTF8 = func.convert_to(document_texts.c.text, "UTF8")
_AS_READ = (
    select(documents.c.id.label("document_id"), documents.c.name, documents.c.format, documents.c.status)
    .add_columns(documents.c.size, documents.c.sha256, documents.c.text_version, documents.c.language)
    .add_columns(documents.c.report["versions"].astext.label("reader"), _source.c.name.label("container"))
    .add_columns(document_texts.c.pages, func.encode(func.sha256(_UTF8), "hex").label("text_sha256"))
    .select_from(documents)
    .outerjoin(document_texts, documents.c.id == document_texts.c.id)
    .outerjoin(_source, documents.c.source_document_id == _source.c.id)
    .order_by(documents.c.id)
)
_HELD = or_(documents.c.document_count == 0, documents.c.status.in_(UNREAD))
"""A table or archive that was read stands for the documents it holds, unless it is read again; all else for itself."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file: its document, and the key of its bytes."""

    document: Document
    key: str


async def get_document(session: Session, document_id: UUID) -> Document:
    """Raises DocumentNotFound."""
    return _document((await _row(session, document_id))._mapping)


async def get_documents(session: Session, document_ids: Collection[UUID]) -> Mapping[UUID, Document]:
    """Those of the documents that there are, by their ids."""
    rows = await session.execute(select(*_SHOWN).where(documents.c.id == any_of(document_ids)))
    return {row.id: _document(row._mapping) for row in rows}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of a project's documents are wanted; all of them at first."""

    status: str = ""
    source_id: UUID | None = None
    duplicates: bool = False
    """Only those that repeat another."""
    sources: bool = False
    """Only tables and archives."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What must hold for a document."""
        if self.status:
            yield documents.c.status == self.status
        if self.source_id:
            yield documents.c.source_document_id == self.source_id
        if self.duplicates:
            yield documents.c.duplicate_of.is_not(None)
        if self.sources:
            yield documents.c.document_count > 0


async def list_documents(session: Session, project_id: UUID, page: ListPage, chosen: Filter) -> ListDocumentsResponse:
    """A page of a project's documents in upload order, and what all of its documents are, whatever is chosen."""
    # As an array of one: with a plain equality Postgres may follow the ids alone, past those of all other projects.
    of_project = documents.c.project_id == any_of([project_id])
    wanted = select(*_SHOWN).where(of_project, *chosen.conditions())
    if page.after:
        wanted = wanted.where(documents.c.id > page.after)
    rows = (await session.execute(wanted.order_by(documents.c.project_id, documents.c.id).limit(page.size))).all()
    return ListDocumentsResponse(
        items=[_document(row._mapping) for row in rows],
        next_page_token=page.next_token(rows),
        **await _summary(session, project_id),
    )


async def get_text(session: Session, document_id: UUID) -> GetDocumentTextResponse:
    """A document's text, pages and chunks. Raises DocumentNotFound, DocumentNotReady."""
    row = (await session.execute(_TEXT, {"document": document_id})).one_or_none()
    if row is None:
        raise _why_not_ready(await get_document(session, document_id))
    # Reports of documents that were read before it was noted have no such lists.
    plain = {**row._mapping, "document_id": document_id, "unread_pages": row.unread_pages or []}
    unsure = row.unsure_pages or []
    plain["unsure_pages"] = [page for page in plain.pop("recognised_pages") or [] if page["number"] in unsure]
    if plain.pop("chunk_count"):
        plain["chunks"] = await _chunks(session, document_id)
    return from_plain(GetDocumentTextResponse, plain)


async def get_reading(session: Session, document_id: UUID) -> GetDocumentReadingResponse:
    """How a document was read, with what was left out. Raises DocumentNotFound."""
    document = await get_document(session, document_id)
    left_out = (await session.execute(select(_LEFT_OUT).where(documents.c.id == document_id))).scalar_one_or_none()
    return GetDocumentReadingResponse(
        document_id=document.id,
        name=document.name,
        status=document.status,
        format=document.format,
        whole=document.whole,
        text_column=document.text_column,
        report=document.report,
        left_out=left_out or [],
    )


async def get_words(session: Session, document_id: UUID, page: int) -> GetDocumentWordsResponse:
    """The words of a page (from 1) that was read from a picture; none of another. Raises as get_text does."""
    words = document_texts.c.words[str(page)].astext
    row = (await session.execute(select(words.label("packed")).where(document_texts.c.id == document_id))).one_or_none()
    if row is None:
        raise _why_not_ready(await get_document(session, document_id))
    found = [asdict(word) for word in unpack(b64decode(row.packed or ""))]
    return from_plain(GetDocumentWordsResponse, {"document_id": document_id, "page": page, "words": found})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document's pages are."""

    format: str
    """Its short name; empty until it is known."""
    page_count: int
    """0 until it is read."""
    key: str
    """Of the uploaded file's bytes."""
    sha256: str
    """Of the document's own bytes, which may be a file in the uploaded one."""
    path: str
    """That file's path; empty for an uploaded file."""


async def get_source(session: Session, document_id: UUID) -> Source:
    """Where a document's pages are. Raises DocumentNotFound."""
    row = await _row(session, document_id)
    key = blob_key(session.workspace_id, row.project_id, row.source_document_id or row.id)
    path = row.metadata.get("path", "") if row.source_document_id else ""
    return Source(row.format, row.page_count, key, row.sha256, path if isinstance(path, str) else "")


async def get_pages(session: Session, document_id: UUID) -> tuple[int, Sequence[Page]]:
    """How often a document's text has changed, and its pages. Raises as get_text does."""
    of_it = (documents.c.text_version, document_texts.c.pages)
    wanted = select(*of_it).join_from(documents, document_texts, documents.c.id == document_texts.c.id)
    row = (await session.execute(wanted.where(documents.c.id == document_id))).one_or_none()
    if row is None:
        raise _why_not_ready(await get_document(session, document_id))
    return row.text_version, [Page(page["number"], page["start"], page["end"]) for page in row.pages]


async def get_page_texts(session: Session, document_id: UUID, pages: Sequence[Page]) -> list[PageText]:
    """The texts of some of a document's pages, with the words of those that were read from pictures."""
    text = document_texts.c.text
    columns = [func.substr(text, page.start + 1, page.end - page.start).label(f"text{page.number}") for page in pages]
    columns += [document_texts.c.words[str(page.number)].astext.label(f"words{page.number}") for page in pages]
    row = (await session.execute(select(*columns).where(document_texts.c.id == document_id))).one()._mapping
    return [
        PageText(page, row[f"text{page.number}"], tuple(unpack(b64decode(row[f"words{page.number}"] or ""))))
        for page in pages
    ]


async def list_chunks(session: Session, document_id: UUID) -> ListChunksResponse:
    """All chunks of a document; none while it is not READY. Raises DocumentNotFound."""
    await get_document(session, document_id)
    return ListChunksResponse(items=await _chunks(session, document_id))


async def get_file(session: Session, document_id: UUID) -> StoredFile:
    """The uploaded file that a document is, or comes from. Raises DocumentNotFound."""
    row = await _row(session, document_id)
    if row.source_document_id is not None:
        row = await _row(session, row.source_document_id)
    return StoredFile(_document(row._mapping), blob_key(session.workspace_id, row.project_id, row.id))


async def stream_heads(
    open_session: Callable[[], AbstractAsyncContextManager[Session]], project_id: UUID, document_ids: Sequence[UUID]
) -> AsyncIterator[StreamDocumentHeadsResponse]:
    """A project's documents in upload order, or those named, some hundreds at a time, each time of one snapshot.

    No transaction is open while the receiver takes them. What is uploaded or read meanwhile comes after what was read
    before, so that it is there or not; a table is there as one unread document, or as all of its rows.
    """
    columns = ("name", "status", "error_message", "word_count", "chunk_count", "duplicate_of", "format", "language")
    wanted = select(documents.c.id.label("document_id"), *(documents.c[name] for name in columns))
    wanted = wanted.where(documents.c.project_id == project_id, _HELD)
    wanted = wanted.order_by(documents.c.project_id, documents.c.id).limit(_AT_A_TIME)
    if document_ids:
        wanted = wanted.where(_named(document_ids))
    after = UUID(int=0)
    while True:
        async with open_session() as session:
            rows = (await session.execute(wanted.where(documents.c.id > after))).all()
        if not rows:
            return
        yield from_plain(StreamDocumentHeadsResponse, {"items": [row._mapping for row in rows]})
        after = rows[-1].document_id


async def stream_texts(
    open_session: Callable[[], AbstractAsyncContextManager[Session]],
    project_id: UUID,
    document_ids: Sequence[UUID],
    *,
    with_text: bool,
) -> AsyncIterator[StreamDocumentTextsResponse]:
    """A project's documents as they were read, or those named, with their texts if wanted; else like stream_heads.

    A message has so many documents that their texts take some MiB, or one document with a longer text.
    """
    next_ids = select(documents.c.id, documents.c.text_bytes).where(documents.c.project_id == project_id, _HELD)
    next_ids = next_ids.order_by(documents.c.project_id, documents.c.id).limit(_AT_A_TIME)
    if document_ids:
        next_ids = next_ids.where(_named(document_ids))
    wanted = _AS_READ.add_columns(document_texts.c.text) if with_text else _AS_READ
    after = UUID(int=0)
    while True:
        async with open_session() as session:
            sizes = (await session.execute(next_ids.where(documents.c.id > after))).all()
            ids = list(_of_one_message(sizes))
            rows = (await session.execute(wanted.where(documents.c.id == any_of(ids)))).all()
        if not ids:
            return
        yield from_plain(StreamDocumentTextsResponse, {"items": [_known(row._mapping) for row in rows]})
        after = ids[-1]


def _of_one_message(sizes: Sequence[Any]) -> Iterator[UUID]:
    """The first of them whose texts fit into a message."""
    total = 0
    for row in sizes:
        total += row.text_bytes
        if total > _BYTES_AT_A_TIME and total > row.text_bytes:
            return
        yield row.id


def _known(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _named(document_ids: Sequence[UUID]) -> ColumnElement[bool]:
    # One array, as there may be more ids than a statement takes parameters.
    ids = any_of(document_ids)
    return or_(documents.c.id == ids, documents.c.source_document_id == ids)


async def _row(session: Session, document_id: UUID) -> Any:
    row = (await session.execute(select(*_SHOWN).where(documents.c.id == document_id))).one_or_none()
    if row is None:
        raise DocumentNotFound()
    return row


async def count_documents(session: Session, project_ids: Sequence[UUID]) -> CountDocumentsResponse:
    """How many documents each of some projects has in each status, in the order of the ids."""
    of = (documents.c.project_id, documents.c.status)
    wanted = select(*of, func.count().label("many")).where(documents.c.project_id == any_of(project_ids), _HELD)
    counts = defaultdict[UUID, dict[str, int]](dict)
    for row in await session.execute(wanted.group_by(*of)):
        counts[row.project_id][row.status] = row.many
    items = [{"project_id": one, "counts": counts[one]} for one in project_ids]
    return from_plain(CountDocumentsResponse, {"items": items})


async def _summary(session: Session, project_id: UUID) -> dict[str, Any]:
    """How many documents a project has in each status; of the READY ones how many repeat others, and the languages."""
    kinds = (documents.c.status, documents.c.language, documents.c.duplicate_of.is_not(None).label("repeats"))
    wanted = select(*kinds, func.count().label("many")).where(documents.c.project_id == project_id, _HELD)
    counts, languages, repeating = Counter[str](), Counter[str](), 0
    for row in await session.execute(wanted.group_by(*kinds)):
        counts[row.status] += row.many
        if row.status == DocumentStatus.READY:
            languages[row.language] += row.many
            repeating += row.many * row.repeats
    return {
        "counts": {status: counts[status] for status in DocumentStatus},
        "duplicate_count": repeating,
        "languages": languages,
        "suggested_language": main_language(languages),
    }


async def _chunks(session: Session, document_id: UUID) -> list[Chunk]:
    wanted = select(chunks).where(chunks.c.document_id == document_id).order_by(chunks.c.index)
    hidden = ("workspace_id", "created_at")
    return [
        from_plain(Chunk, {name: value for name, value in row._mapping.items() if name not in hidden})
        for row in await session.execute(wanted)
    ]


def _document(row: Mapping[Any, Any]) -> Document:
    return from_plain(Document, row)


def _why_not_ready(document: Document) -> DocumentNotReady:
    if document.document_count:
        return DocumentNotReady(f"{document.name} has no text of its own: its {document.document_count} documents have")
    if document.status == PbStatus.DOCUMENT_STATUS_FAILED:
        return DocumentNotReady(f"{document.name} could not be read: {document.error_message}")
    return DocumentNotReady(f"{document.name} is still being read")
