"""Saves what reading a document again gives: what it gave before goes, and the texts are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, delete, func, or_, select, update

from coderai.kit.db import Session, any_of
from coderai.services.ingest.adapters.near_duplicates import compare_anew
from coderai.services.ingest.adapters.tables import bands, chunks, document_texts, documents
from coderai.services.ingest.domain.document import Document
from coderai.services.ingest.usecases.ports import Reread

_AT_A_TIME = 1_000
"""Documents of one statement."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a document and those it held were before it was read again."""

    texts: Mapping[UUID, str | None]
    """A digest of each one's text with its pages; None where it had none."""
    text_bytes: int
    repeating: Sequence[UUID]
    """Other documents, in upload order, that repeated one of them."""


async def take_back(session: Session, document: Document) -> Earlier:
    """Removes the texts that a document and those it holds have; the documents stay. The project is locked."""
    own = _own(document)
    held = func.coalesce(func.sum(documents.c.text_bytes), 0)
    text_bytes = int((await session.execute(select(held).where(own))).scalar_one())
    texts = await _digests(session, document)
    repeating: list[UUID] = []
    for some in _some(list(texts)):
        of_some = documents.c.duplicate_of == any_of(some)
        left = (await session.execute(select(documents.c.id).where(of_some))).scalars()
        repeating += [document_id for document_id in left if document_id not in texts]
        await session.execute(update(documents).where(of_some).values(duplicate_of=None))
        for owned in (bands.c.document_id, chunks.c.document_id, document_texts.c.id):
            await session.execute(delete(owned.table).where(owned == any_of(some)))
    return Earlier(texts, text_bytes, sorted(repeating))


async def compare(session: Session, document: Document, earlier: Earlier) -> Reread:
    """Removes documents that it does not hold any more, and notes whose texts have changed."""
    count = select(documents.c.document_count).where(documents.c.id == document.id).scalar_subquery()
    surplus = (documents.c.source_document_id == document.id, documents.c.position > count)
    gone = (await session.execute(delete(documents).where(*surplus).returning(documents.c.id))).scalars().all()
    now = await _digests(session, document)
    changed = [document_id for document_id, text in earlier.texts.items() if text != now.get(document_id, text)]
    versions: dict[UUID, int] = {}
    for some in _some(changed):
        of_some = update(documents).where(documents.c.id == any_of(some))
        counted = of_some.values(text_version=documents.c.text_version + 1)
        rows = await session.execute(counted.returning(documents.c.id, documents.c.text_version))
        versions |= {row.id: row.text_version for row in rows}
    await compare_anew(session, document.project_id, earlier.repeating)
    return Reread(versions, gone)


def _own(document: Document) -> Any:
    return or_(documents.c.id == document.id, documents.c.source_document_id == document.id)


async def _digests(session: Session, document: Document) -> dict[UUID, str | None]:
    said = func.convert_to(document_texts.c.text + document_texts.c.pages.cast(Text), "UTF8")
    digest = func.encode(func.sha256(said), "hex").label("digest")
    of_own = select(documents.c.id, digest).join_from(
        documents, document_texts, documents.c.id == document_texts.c.id, isouter=True
    )
    return {row.id: row.digest for row in await session.execute(of_own.where(_own(document)))}


def _some(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + _AT_A_TIME] for start in range(0, len(ids), _AT_A_TIME))
