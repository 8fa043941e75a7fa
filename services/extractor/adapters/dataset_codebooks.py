"""The codebooks that cells are worked out under: jobs' own, and each project's as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, and_, column, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.kit.db import Database, Session, any_of
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import cells, codebooks, units
from coderai.services.extractor.adapters.tables import jobs
from coderai.services.extractor.domain.dataset.casting import Columns, columns_of
from coderai.services.extractor.domain.dataset.units import UnitState

_KEPT = 64
K = TypeVar("K")


class _Kept(Generic[K]):
    """The columns of the last codebooks; they are never changed, so that every process may keep them."""

    def __init__(self) -> None:
        self._columns: dict[K, Columns] = {}

    def get(self, key: K) -> Columns | None:
        return self._columns.get(key)

    def add(self, key: K, codebook: Codebook) -> Columns:
        while len(self._columns) >= _KEPT:
            del self._columns[next(iter(self._columns))]
        return self._columns.setdefault(key, columns_of(codebook))


_of_jobs = _Kept[UUID]()
_of_projects = _Kept[tuple[UUID, str, datetime]]()


def columns_of_job(job_id: UUID, codebook: Codebook) -> Columns:
    """The columns of a job's codebook."""
    return _of_jobs.get(job_id) or _of_jobs.add(job_id, codebook)


async def columns_of_jobs(session: Session, job_ids: Iterable[UUID]) -> dict[UUID, Columns]:
    """The columns of several jobs' codebooks."""
    found = {job_id: columns for job_id in set(job_ids) if (columns := _of_jobs.get(job_id)) is not None}
    missing = [job_id for job_id in set(job_ids) if job_id not in found]
    if missing:
        wanted = select(jobs.c.id, jobs.c.codebook).where(jobs.c.id == any_of(missing))
        for row in await session.execute(wanted):
            found[row.id] = _of_jobs.add(row.id, read_codebook(row.codebook))
    return found


async def columns_now(session: Session, project_id: UUID) -> Columns | None:
    """The columns of a project's codebook as it stands; None where it was never heard of."""
    of_project = codebooks.c.project_id == project_id
    key = (await session.execute(select(codebooks.c.hash, codebooks.c.read_at).where(of_project))).one_or_none()
    if key is None:
        return None
    kept = _of_projects.get((project_id, key.hash, key.read_at))
    if kept is not None:
        return kept
    row = (await session.execute(select(codebooks).where(of_project))).one()
    return _of_projects.add((project_id, row.hash, row.read_at), read_codebook(row.codebook))


async def keep_codebook(session: Session, project_id: UUID, plain: Mapping[str, Any], read_at: datetime) -> None:
    """Keeps a project's codebook, unless one is kept that was asked for later than `read_at`."""
    new = {"hash": plain["hash"], "codebook": plain, "read_at": read_at}
    owned = {"id": new_id(), "workspace_id": session.workspace_id, "project_id": project_id, "applied": ""}
    adding = insert(codebooks).values(**owned, **new)
    replacing = adding.on_conflict_do_update(
        index_elements=["project_id"], set_=new, where=codebooks.c.read_at < adding.excluded.read_at
    )
    await session.execute(replacing)


async def documents_behind(session: Session, project_id: UUID) -> list[UUID]:
    """The project's documents with cells that were not worked out under its codebook as it is kept, in order."""
    # Whoever is entering a document under the codebook that was kept before has its job locked: they end first.
    of_project = select(jobs.c.id).where(jobs.c.project_id == project_id)
    await session.execute(of_project.order_by(jobs.c.id).with_for_update(read=True))
    columns = await columns_now(session, project_id)
    if columns is None:
        return []
    ids = literal(list(columns.by_id), ARRAY(Uuid))
    settings = literal([one.settings for one in columns.by_id.values()], ARRAY(Text))
    now = func.unnest(ids, settings).table_valued(column("variable_id", Uuid), column("settings", Text))
    now = now.render_derived("now")
    is_right = and_(now.c.variable_id == cells.c.variable_id, now.c.settings == cells.c.settings)
    found = (
        select(units.c.document_id)
        .select_from(units)
        .outerjoin(cells, cells.c.unit_id == units.c.id)
        .outerjoin(now, is_right)
        .where(units.c.project_id == project_id, units.c.state == UnitState.PRESENT)
        .group_by(units.c.id)
        .having(or_(func.count(now.c.variable_id) != len(columns.by_id), func.count(cells.c.id) != len(columns.by_id)))
        .subquery()
    )
    wanted = select(found.c.document_id).distinct().order_by(found.c.document_id)
    return list((await session.execute(wanted)).scalars())


async def note_applied(session: Session, project_id: UUID, hash: str) -> None:
    """Notes that every cell of a project was worked out under the codebook with this hash."""
    await session.execute(update(codebooks).where(codebooks.c.project_id == project_id).values(applied=hash))


async def projects_behind(db: Database) -> list[tuple[UUID, UUID]]:
    """Workspace and id of the projects, of all workspaces, whose cells were worked out under an earlier codebook."""
    wanted = select(codebooks.c.workspace_id, codebooks.c.project_id).where(codebooks.c.applied != codebooks.c.hash)
    async with db.sweep() as connection:
        return [(row.workspace_id, row.project_id) for row in await connection.execute(wanted)]
