"""Cells of the dataset that are accepted as they are, by set: their values stay in Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, exists, false, func, insert, literal, or_, select

from coderai.kit.db import Session, any_of
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.adapters.dataset_filters import rows_under
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, units
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import Status
from coderai.services.extractor.usecases.accepting import ANSWERS, Acceptable, AcceptableCell


class AcceptingStore(Session):
    """usecases.accepting.AcceptingStore, but for `recast`."""

    async def lock_documents(self, project_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
        d = coded_documents.c
        locked = select(d.document_id).where(d.project_id == project_id).order_by(d.document_id).limit(limit)
        if after is not None:
            locked = locked.where(d.document_id > after)
        return list((await self.execute(locked.with_for_update())).scalars())

    async def acceptable(self, wanted: Acceptable, document_ids: Sequence[UUID]) -> list[AcceptableCell]:
        rows = rows_under(wanted.project_id, wanted.codebook, wanted.filters)
        of_rows = cells.c.unit_id.in_(rows.where(units.c.document_id == any_of(document_ids)))
        found = await self.execute(select(cells.c.id, cells.c.unit_id).where(of_rows, _is_acceptable(wanted)))
        return [AcceptableCell(row.id, row.unit_id) for row in found]

    async def accept(self, feedback_ids: Mapping[UUID, UUID], author: UUID, note: str, now: datetime) -> None:
        e = extractions.c
        columns = [literal(list(some), ARRAY(Uuid)) for some in (feedback_ids, feedback_ids.values())]
        named = func.unnest(*columns).table_valued("cell_id", "id").render_derived(name="named")
        values = {
            "id": named.c.id,
            "workspace_id": cells.c.workspace_id,
            "created_at": literal(now),
            "project_id": cells.c.project_id,
            "document_id": cells.c.document_id,
            "unit_id": cells.c.unit_id,
            "variable_id": cells.c.variable_id,
            "author": literal(author, Uuid),
            "verdict": literal(Verdict.CORRECT.value),
            "model_value": e.value,
            "model_missing_reason": e.missing_reason,
            "model_confidence": e.confidence,
            "has_correction": false(),
            "missing_reason": literal(""),
            "note": literal(note),
            "is_final": false(),
            "extraction_id": e.id,
            "prompt_version": e.prompt_version,
            "prompt_version_id": e.prompt_version_id,
        }
        accepted = (
            select(*values.values())
            .join_from(named, cells, cells.c.id == named.c.cell_id)
            .join(extractions, e.id == cells.c.extraction_id)
        )
        await self.execute(insert(feedback).from_select(list(values), accepted))


def _is_acceptable(wanted: Acceptable) -> ColumnElement[bool]:
    """Holds for a cell to accept."""
    e = extractions.c
    has_answer = or_(e.value.is_not(None), e.missing_reason.in_(ANSWERS))
    return and_(
        cells.c.variable_id == any_of(wanted.variable_ids),
        exists().where(e.id == cells.c.extraction_id, e.status != Status.FAILED, has_answer),
        ~exists().where(
            feedback.c.unit_id == cells.c.unit_id,
            feedback.c.variable_id == cells.c.variable_id,
            feedback.c.undone_at.is_(None),
        ),
    )
