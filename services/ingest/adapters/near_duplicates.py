"""Finds in Postgres the documents that others of their project repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam, insert, select, text

from coderai.kit.db import Session, any_of
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.tables import bands, documents
from coderai.services.ingest.domain.duplicates import Sketch

_MOST_COMPARED = 20
"""Documents that one is compared with by a band: more than so many have it in common with texts they do not repeat."""
_SHARING = text(
    """
    select found.band, found.document_id
    from unnest(:bands) as wanted (band) cross join lateral (
        select band, document_id from bands
        where project_id = :project_id and band = wanted.band order by document_id limit :most
    ) as found
    order by found.document_id
    """
).bindparams(most=_MOST_COMPARED)
_MARK = text(
    """
    update documents set duplicate_of = marked.original
    from unnest(:ids, :originals) as marked (id, original) where documents.id = marked.id
    """
)
_AT_A_TIME = 500
"""Documents that are compared anew by one statement."""
_BY_INDEX = text("select set_config('enable_seqscan', 'off', true)")
"""For this transaction: what it has added itself is in no statistics, and a plan made for the few rows of before reads
all of them for each document."""


async def originals(session: Session, project_id: UUID, sketches: Mapping[UUID, Sketch]) -> dict[UUID, UUID]:
    """For those of some new documents, given in order, that repeat an earlier or a stored one: which."""
    candidates = await _stored(session, project_id, sketches)
    found: dict[UUID, UUID] = {}
    for document_id, sketch in sketches.items():
        compared = {other_id: other for band in sketch.bands for other_id, other in candidates[band].items()}
        repeated = sketch.first_repeated(list(compared.values()))
        if repeated is not None:
            found[document_id] = list(compared)[repeated]
            continue
        for band in sketch.bands:
            if len(candidates[band]) < _MOST_COMPARED:
                candidates[band][document_id] = sketch
    return found


async def keep_originals(session: Session, project_id: UUID, sketches: Mapping[UUID, Sketch]) -> None:
    """Keeps documents that repeat no other, to compare later ones with."""
    owned = {"workspace_id": session.workspace_id, "project_id": project_id}
    rows = [
        {**owned, "id": new_id(), "document_id": document_id, "band": band}
        for document_id, sketch in sketches.items()
        for band in sketch.bands
    ]
    if rows:
        await session.execute(insert(bands), rows)


async def compare_anew(session: Session, project_id: UUID, document_ids: Sequence[UUID]) -> None:
    """Marks documents, given in order, whose originals are gone: the first stands for those after it that repeat it."""
    for start in range(0, len(document_ids), _AT_A_TIME):
        sketches = await _sketches(session, document_ids[start : start + _AT_A_TIME])
        found = await originals(session, project_id, sketches)
        if found:
            columns = {"ids": list(found), "originals": list(found.values())}
            bound = (bindparam(name, ids, ARRAY(Uuid)) for name, ids in columns.items())
            await session.execute(_MARK.bindparams(*bound))
        await keep_originals(session, project_id, {key: sketches[key] for key in sketches if key not in found})


async def _stored(
    session: Session, project_id: UUID, sketches: Mapping[UUID, Sketch]
) -> defaultdict[int, dict[UUID, Sketch]]:
    """Documents that repeat no other, by each of their bands."""
    wanted = sorted({band for sketch in sketches.values() for band in sketch.bands})
    bound = _SHARING.bindparams(
        bindparam("bands", wanted, ARRAY(BigInteger)), bindparam("project_id", project_id, Uuid)
    )
    await session.execute(_BY_INDEX)
    sharing = (await session.execute(bound)).all()
    stored = await _sketches(session, list({row.document_id for row in sharing}))
    candidates: defaultdict[int, dict[UUID, Sketch]] = defaultdict(dict)
    for row in sharing:
        candidates[row.band][row.document_id] = stored[row.document_id]
    return candidates


async def _sketches(session: Session, document_ids: Sequence[UUID]) -> dict[UUID, Sketch]:
    """The sketches of documents, in upload order."""
    wanted = documents.c.id == any_of(document_ids)
    columns = select(documents.c.id, documents.c.sketch, documents.c.word_count)
    rows = await session.execute(columns.where(wanted).order_by(documents.c.id))
    return {row.id: Sketch(row.sketch, row.word_count) for row in rows}
