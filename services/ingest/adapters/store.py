"""The store of documents in Postgres."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from coderai.kit import tracing
from coderai.kit.audit_entries import RecordingSession
from coderai.kit.db import any_of
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.near_duplicates import compare_anew, keep_originals, originals
from coderai.services.ingest.adapters.reader_versions import versions_of
from coderai.services.ingest.adapters.rereading import compare, take_back
from coderai.services.ingest.adapters.tables import chunks, document_texts, documents, uploads, usage
from coderai.services.ingest.adapters.turns import OF_TURN, next_turns, turn_from
from coderai.services.ingest.domain.document import UNREAD, Document, DocumentStatus, Manner, part_id
from coderai.services.ingest.domain.problems import DocumentNotFound
from coderai.services.ingest.domain.reading import Container, Part, Reading, Report
from coderai.services.ingest.domain.storage import Usage
from coderai.services.ingest.domain.turns import Turn, is_large
from coderai.services.ingest.usecases.ports import Reread

_UNREAD: dict[str, Any] = {
    "format": "",
    "error_message": "",
    "document_count": 0,
    "word_count": 0,
    "page_count": 0,
    "chunk_count": 0,
    "language": "",
    "metadata": {},
    "duplicate_of": None,
    "report": {},
    "sketch": None,
    "text_bytes": 0,
    "asked": None,
}
"""What is known of a document before it is read, or when it cannot be."""


_KEPT = (documents.c.text_bytes + case((documents.c.source_document_id.is_(None), documents.c.size), else_=0)).label(
    "kept"
)
"""Bytes that are kept for a document: its text, and the file if it is one of its own."""
_is_unread = documents.c.status.in_(UNREAD)


class IngestStore(RecordingSession):
    """usecases.ports.Store over one tenant transaction."""

    async def add(self, document: Document) -> Document:
        (kept,) = await self.add_all([document])
        return kept

    async def add_all(self, new: Sequence[Document]) -> Sequence[Document]:
        own = {"position": 0, "workspace_id": self.workspace_id, **asdict(tracing.cause())}
        rows = [{**asdict(document), **_UNREAD, **own, "is_large": is_large(document.size)} for document in new]
        rows.sort(key=itemgetter("sha256"))  # two that add the same files wait for each other in one order, not in two
        unless_kept = insert(documents).on_conflict_do_nothing(
            index_elements=["project_id", "sha256"], index_where=documents.c.source_document_id.is_(None)
        )
        added = set((await self.execute(unless_kept.returning(documents.c.id), rows)).scalars())
        if added:
            await self._use(len(added), sum(document.size for document in new if document.id in added))
        if len(added) == len(new):
            return new
        kept = await self._by_bytes(new[0].project_id, {document.sha256 for document in new})
        return [document if document.id in added else kept[document.sha256] for document in new]

    async def document(self, document_id: UUID) -> Document:
        found = await self.several([document_id])
        if not found:
            raise DocumentNotFound()
        return found[0]

    async def several(self, document_ids: Sequence[UUID]) -> Sequence[Document]:
        return await self._locked(documents.c.id == any_of(document_ids))

    async def next_turns(self) -> Sequence[Turn]:
        return await next_turns(self)

    async def begin(self, document_id: UUID, lane: str) -> Sequence[Document]:
        of_turn = or_(documents.c.id == document_id, documents.c.turn == document_id)
        turn = await self._locked(_is_unread, documents.c.lane == lane, of_turn)
        values = {"begun_at": func.coalesce(documents.c.begun_at, func.now())}
        await self.execute(update(documents).where(_among(turn)).values(values))
        return turn

    async def give_back(self, turn: Sequence[Document], *, alone: bool) -> None:
        begun = {} if alone else {"begun_at": None}
        await self.execute(update(documents).where(_among(turn), _is_unread).values(lane="", turn=None, **begun))

    async def sent_again(self, document_id: UUID) -> Turn | None:
        await self.document(document_id)
        waits = (documents.c.id == document_id, _is_unread, documents.c.lane != "")
        sent = update(documents).where(*waits).values(sent_at=func.now()).returning(*OF_TURN)
        row = (await self.execute(sent)).one_or_none()
        return None if row is None else turn_from(row)

    async def usage(self) -> Usage:
        row = (await self.execute(select(usage.c.documents, usage.c.bytes))).one_or_none()
        return Usage() if row is None else Usage(row.documents, row.bytes)

    async def note_parsed(self, parsed: Sequence[Document]) -> None:
        waiting = (_among(parsed), documents.c.status == DocumentStatus.UPLOADED)
        await self.execute(update(documents).where(*waiting).values(status=DocumentStatus.PARSED))

    async def lock_project(self, project_id: UUID) -> None:
        await self.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(project_id), 0))))

    async def part_ids(self, document: Document) -> Sequence[UUID]:
        wanted = select(documents.c.id).where(documents.c.source_document_id == document.id)
        return (await self.execute(wanted.order_by(documents.c.id))).scalars().all()

    async def ask(self, document: Document, manner: Manner) -> None:
        values: dict[str, Any] = asdict(manner)
        if document.asked is not None or not document.is_unread:
            values = {"asked": values}
        if not document.is_unread:
            values |= {"status": DocumentStatus.UPLOADED, "lane": "", "turn": None, "begun_at": None}
            values |= {"sent_at": func.now(), **asdict(tracing.cause())}
        await self.execute(update(documents).where(documents.c.id == document.id).values(values))

    async def save_again(self, document: Document, save: Callable[[], Awaitable[None]]) -> Reread:
        earlier = await take_back(self, document)
        await self._use(-len(earlier.texts) + 1, -earlier.text_bytes)
        await save()
        return await compare(self, document, earlier)

    async def save_readings(self, project_id: UUID, read: Sequence[tuple[Document, Reading]]) -> None:
        readings = {document.id: reading for document, reading in read}
        of = await originals(self, project_id, _sketches(readings))
        rows = [
            {
                **_UNREAD,
                **_read_columns(reading),
                **_manner(document),
                "duplicate_of": of.get(document.id),
                "of_document": document.id,
            }
            for document, reading in read
        ]
        await self.execute(update(documents).where(documents.c.id == bindparam("of_document")), rows)
        await self._save_texts(project_id, readings, of)
        await self._use(0, sum(map(_text_bytes, readings.values())))

    async def save_parts(self, document: Document, container: Container, batches: Iterable[Sequence[Part]]) -> None:
        count, size = 0, 0
        for batch in batches:
            await self._save_batch(document, container, batch)
            count += len(batch)
            size += sum(_text_bytes(part.outcome) for part in batch)
        await self._update(
            document,
            status=DocumentStatus.READY,
            format=container.format,
            document_count=count,
            **_manner(document) | {"text_column": container.text_column},
            report=_report(container.report),
        )
        await self._use(count, size)

    async def save_failure(self, document: Document, reason: str) -> None:
        if document.gave_something:
            warning = f"reading it again failed, so that what was read before stays: {reason}"
            warnings = func.coalesce(documents.c.report["warnings"], cast([], JSONB)).op("||")(cast([warning], JSONB))
            told = documents.c.report.op("||")(func.jsonb_build_object(literal_column("'warnings'"), warnings))
            as_before = update(documents).where(documents.c.id == document.id)
            await self.execute(as_before.values(status=DocumentStatus.READY, asked=None, report=told))
        else:
            await self._update(document, status=DocumentStatus.FAILED, error_message=reason, **_manner(document))

    async def remove(self, document: Document) -> Sequence[UUID]:
        await self.lock_project(document.project_id)
        removed = or_(documents.c.id == document.id, documents.c.source_document_id == document.id)
        of_removed = documents.c.duplicate_of.in_(select(documents.c.id).where(removed))
        left = select(documents.c.id).where(of_removed, removed.is_not(true())).order_by(documents.c.id)
        repeating = (await self.execute(left)).scalars().all()
        gone = (await self.execute(delete(documents).where(removed).returning(documents.c.id, _KEPT))).all()
        await compare_anew(self, document.project_id, repeating)
        await self._use(-len(gone), -sum(row.kept for row in gone))
        return [row.id for row in gone]

    async def remove_project(self, project_id: UUID) -> None:
        await self.lock_project(project_id)
        gone = delete(documents).where(documents.c.project_id == project_id).returning(_KEPT).cte("gone")
        kept = func.coalesce(func.sum(gone.c.kept), 0).cast(BigInteger)
        total = select(func.count().label("documents"), kept.label("bytes")).select_from(gone)
        removed = (await self.execute(total)).one()
        await self._use(-removed.documents, -removed.bytes)

    async def remove_uploads(self, project_id: UUID) -> None:
        await self.execute(delete(uploads).where(uploads.c.project_id == project_id))

    async def _by_bytes(self, project_id: UUID, digests: Collection[str]) -> Mapping[str, Document]:
        """The uploaded documents of a project that have these bytes, by their SHA-256."""
        same = (documents.c.project_id == project_id, documents.c.sha256.in_(digests))
        found = await self.execute(select(documents).where(*same, documents.c.source_document_id.is_(None)))
        return {row.sha256: _document(row) for row in found}

    async def _locked(self, *conditions: ColumnElement[bool]) -> list[Document]:
        wanted = select(documents).where(*conditions).order_by(documents.c.id).with_for_update()
        return [_document(row) for row in await self.execute(wanted)]

    async def _use(self, count: int, size: int) -> None:
        """Counts documents and bytes that come (or go, when negative); locks the workspace's count."""
        row = {"id": new_id(), "workspace_id": self.workspace_id, "documents": count, "bytes": size}
        added = insert(usage).values(row)
        sums = {name: usage.c[name] + added.excluded[name] for name in ("documents", "bytes")}
        await self.execute(added.on_conflict_do_update(index_elements=["workspace_id"], set_=sums))

    async def _save_batch(self, source: Document, container: Container, batch: Sequence[Part]) -> None:
        ids = {part.position: part_id(source.id, part.position) for part in batch}
        readings = {ids[part.position]: part.outcome for part in batch if isinstance(part.outcome, Reading)}
        of = await originals(self, source.project_id, _sketches(readings))
        rows = [
            {
                **_UNREAD,
                "id": ids[part.position],
                "workspace_id": self.workspace_id,
                "project_id": source.project_id,
                "source_document_id": source.id,
                "position": part.position,
                "name": part.name,
                "size": part.size,
                "sha256": part.sha256,
                "text_column": "",
                "whole": source.manner.whole,
                **_part_columns(part, container),
                "duplicate_of": of.get(ids[part.position]),
            }
            for part in batch
        ]
        # Those of a table that is read again are there already, and keep their ids.
        added = insert(documents)
        renewed = {name: added.excluded[name] for name in rows[0] if name not in ("id", "workspace_id")}
        await self.execute(added.on_conflict_do_update(index_elements=["id"], set_=renewed), rows)
        await self._save_texts(source.project_id, readings, of)

    async def _save_texts(self, project_id: UUID, readings: Mapping[UUID, Reading], of: Mapping[UUID, UUID]) -> None:
        owned = {"workspace_id": self.workspace_id}
        texts = [
            {
                **owned,
                "id": document_id,
                "text": reading.text,
                "pages": [asdict(page) for page in reading.pages],
                "words": {number: b64encode(words).decode() for number, words in reading.words.items()},
            }
            for document_id, reading in readings.items()
        ]
        cut = [
            {**owned, "id": new_id(), "document_id": document_id, **asdict(chunk)}
            for document_id, reading in readings.items()
            for chunk in reading.chunks
        ]
        if texts:
            await self.execute(insert(document_texts), texts)
            await self.execute(insert(chunks), cut)
        sketches = _sketches(readings)
        await keep_originals(self, project_id, {key: sketches[key] for key in sketches.keys() - of.keys()})

    async def _update(self, document: Document, **values: Any) -> None:
        await self.execute(update(documents).where(documents.c.id == document.id).values(**_UNREAD | values))


def _among(some: Sequence[Document]) -> ColumnElement[bool]:
    return documents.c.id == any_of([document.id for document in some])


def _document(row: Any) -> Document:
    return Document(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        text_column=row.text_column,
        status=DocumentStatus(row.status),
        document_count=row.document_count,
        whole=row.whole,
        asked=None if row.asked is None else Manner(**row.asked),
        source_document_id=row.source_document_id,
        error_message=row.error_message,
    )


def _manner(document: Document) -> dict[str, Any]:
    return asdict(document.manner)


def _text_bytes(outcome: Reading | str) -> int:
    """Of the text, of what was left out of it, and of the words that were read from pictures."""
    if not isinstance(outcome, Reading):
        return 0
    return len(outcome.text.encode()) + outcome.report.left_out_bytes + sum(map(len, outcome.words.values()))


def _sketches(readings: Mapping[UUID, Reading]) -> dict[UUID, Any]:
    return {document_id: reading.sketch for document_id, reading in readings.items() if reading.sketch}


def _part_columns(part: Part, container: Container) -> dict[str, Any]:
    metadata, outcome = dict(part.metadata), part.outcome
    if isinstance(outcome, Reading):
        return {**_read_columns(outcome), "metadata": metadata | dict(outcome.metadata)}
    failed = {"status": DocumentStatus.FAILED, "error_message": outcome, "format": container.format}
    return {**failed, "metadata": metadata}


def _report(report: Report) -> dict[str, Any]:
    return {**asdict(report), "versions": versions_of(report)}


def _read_columns(reading: Reading) -> dict[str, Any]:
    return {
        "status": DocumentStatus.READY,
        "format": reading.format,
        "word_count": reading.word_count,
        "page_count": len(reading.pages),
        "chunk_count": len(reading.chunks),
        "text_bytes": _text_bytes(reading),
        "language": reading.language,
        "metadata": reading.metadata,
        "report": _report(reading.report),
        "sketch": reading.sketch.bins if reading.sketch else None,
    }
