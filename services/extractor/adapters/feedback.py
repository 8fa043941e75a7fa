"""What people have said of the dataset's cells, in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.engine import Row

from coderai.kit.db import Session, any_of
from coderai.measuring.feedback import Answer, Feedback, Verdict
from coderai.services.extractor.adapters.cell_etags import etags_of_cells
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, sample_cells, units
from coderai.services.extractor.adapters.rows import evidence_value, read_evidence
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import MissingReason, Status
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.domain.quality.splits import Split
from coderai.services.extractor.usecases.feedback_ports import Cell, DocumentNotCoded, FeedbackNotFound, Judged, Place


class FeedbackStore(Session):
    """usecases.feedback_ports.FeedbackStore, but for `recast`."""

    async def places_of_extractions(self, extraction_ids: Collection[UUID]) -> dict[UUID, Place]:
        e = extractions.c
        wanted = select(e.id, e.project_id, e.document_id, e.unit_id, e.variable_id)
        found = await self.execute(wanted.where(e.id == any_of(extraction_ids)))
        return {row.id: Place(row.project_id, row.document_id, row.unit_id, row.variable_id) for row in found}

    async def places_of_units(self, unit_ids: Collection[UUID]) -> dict[UUID, Place]:
        wanted = select(units.c.id, units.c.project_id, units.c.document_id).where(units.c.id == any_of(unit_ids))
        return {row.id: Place(row.project_id, row.document_id, row.id, None) for row in await self.execute(wanted)}

    async def lock_document(self, document_id: UUID) -> Split | None:
        wanted = select(coded_documents.c.split).where(coded_documents.c.document_id == document_id)
        row = (await self.execute(wanted.with_for_update())).one_or_none()
        if row is None:
            raise DocumentNotCoded()
        return Split(row.split) if row.split else None

    async def set_split(self, document_id: UUID, split: Split) -> None:
        of_document = update(coded_documents).where(coded_documents.c.document_id == document_id)
        await self.execute(of_document.values(split=split))

    async def unit_states(self, unit_ids: Collection[UUID]) -> dict[UUID, UnitState]:
        wanted = select(units.c.id, units.c.state).where(units.c.id == any_of(unit_ids))
        return {row.id: UnitState(row.state) for row in await self.execute(wanted)}

    async def newest_extractions(self, unit_ids: Collection[UUID]) -> dict[Cell, UUID]:
        c = cells.c
        wanted = select(c.unit_id, c.variable_id, c.extraction_id).where(c.unit_id == any_of(unit_ids))
        found = await self.execute(wanted.where(c.extraction_id.is_not(None)))
        return {(row.unit_id, row.variable_id): row.extraction_id for row in found}

    async def cell_etags(self, unit_ids: Collection[UUID]) -> dict[Cell, str]:
        return await etags_of_cells(self, unit_ids)

    async def judged(self, extraction_ids: Collection[UUID]) -> dict[UUID, Judged]:
        e = extractions.c
        wanted = select(e.id, e.value, e.missing_reason, e.status, e.confidence, e.prompt_version, e.prompt_version_id)
        found = await self.execute(wanted.where(e.id == any_of(extraction_ids)))
        return {row.id: _judged(row) for row in found}

    async def said_before(self, author: UUID, unit_ids: Collection[UUID]) -> dict[Cell, Feedback]:
        f = feedback.c
        of_author = select(feedback).where(f.unit_id == any_of(unit_ids), f.author == author, f.undone_at.is_(None))
        newest = of_author.ext(distinct_on(f.unit_id, f.variable_id))
        newest = newest.order_by(f.unit_id, f.variable_id, f.created_at.desc(), f.id.desc())
        return {(row.unit_id, row.variable_id): read_feedback(row) for row in await self.execute(newest)}

    async def drawn_cells(self, sample_ids: Collection[UUID], unit_ids: Collection[UUID]) -> set[tuple[UUID, Cell]]:
        s = sample_cells.c
        wanted = select(s.sample_id, s.unit_id, s.variable_id)
        found = await self.execute(wanted.where(s.sample_id == any_of(sample_ids), s.unit_id == any_of(unit_ids)))
        return {(row.sample_id, (row.unit_id, row.variable_id)) for row in found}

    async def add_feedback(self, project_id: UUID, said: Sequence[tuple[Feedback, Judged | None]]) -> None:
        owned = {"workspace_id": self.workspace_id, "project_id": project_id}
        await self.execute(insert(feedback), [owned | _feedback_values(one, judged) for one, judged in said])

    async def feedback_place(self, feedback_id: UUID) -> Place:
        f = feedback.c
        wanted = select(f.project_id, f.document_id, f.unit_id, f.variable_id).where(f.id == feedback_id)
        row = (await self.execute(wanted)).one_or_none()
        if row is None:
            raise FeedbackNotFound()
        return Place(row.project_id, row.document_id, row.unit_id, row.variable_id)

    async def undo_feedback(self, feedback_id: UUID, by: UUID, now: datetime) -> bool:
        stands = update(feedback).where(feedback.c.id == feedback_id, feedback.c.undone_at.is_(None))
        return bool((await self.execute(stands.values(undone_at=now, undone_by=by))).rowcount)


def read_feedback(row: Row[Any]) -> Feedback:
    """The feedback in a row of its table."""
    own = ("id", "document_id", "unit_id", "variable_id", "author", "note", "is_final", "sample_id", "extraction_id")
    same = {name: row._mapping[name] for name in (*own, "created_at", "undone_at")}
    return Feedback(
        **same,
        verdict=Verdict(row.verdict),
        judged=_answer(row.model_value, row.model_missing_reason),
        correction=_answer(row.corrected_value, row.missing_reason) if row.has_correction else None,
        evidence=None if row.evidence is None else read_evidence(row.evidence),
    )


def _feedback_values(one: Feedback, judged: Judged | None) -> dict[str, Any]:
    """The columns of feedback, but those that all of a project have in common."""
    plain = {name: getattr(one, name) for name in feedback.c.keys() if hasattr(one, name)}  # noqa: SIM118
    correction = one.correction or Answer()
    return plain | {
        "model_value": one.judged.value,
        "model_missing_reason": one.judged.missing_reason or "",
        "model_confidence": 0.0 if judged is None else judged.confidence,
        "prompt_version": 0 if judged is None else judged.prompt_version,
        "prompt_version_id": None if judged is None else judged.prompt_version_id,
        "has_correction": one.correction is not None,
        "corrected_value": correction.value,
        "missing_reason": correction.missing_reason or "",
        "evidence": None if one.evidence is None else evidence_value(one.evidence),
    }


def _judged(row: Row[Any]) -> Judged:
    answered = row.status != Status.FAILED
    answer = _answer(row.value, row.missing_reason)
    return Judged(row.id, answer, answered, row.confidence, row.prompt_version, row.prompt_version_id)


def _answer(value: Any, reason: str) -> Answer:
    return Answer(value, MissingReason(reason) if reason else None)
