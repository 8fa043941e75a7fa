"""The store of known answers, and of what models said of the cells that are held against them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row

from coderai.codebook.variable import Variable
from coderai.kit.db import any_of
from coderai.kit.ids import new_id
from coderai.measuring.feedback import Answer, Feedback
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, gold, gold_looks, units
from coderai.services.extractor.adapters.feedback import read_feedback
from coderai.services.extractor.adapters.model_answers import SAYS, of_model
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import MissingReason
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.domain.quality.gold import Source
from coderai.services.extractor.domain.quality.splits import Split, split_of
from coderai.services.extractor.usecases.gold import KnownCell, Said

_AT_A_TIME = 1_000
"""Rows of one statement."""


class GoldStore(ExtractorStore):
    """usecases.gold.GoldStore over one tenant transaction."""

    async def replace_gold(
        self, project_id: UUID, known: Sequence[KnownCell], author: UUID, *, of_review: bool
    ) -> None:
        earlier = delete(gold).where(gold.c.project_id == project_id)
        if of_review:
            earlier = earlier.where(gold.c.source != Source.CSV)
        else:
            documents, variables = ({getattr(cell, name) for cell in known} for name in ("document_id", "variable_id"))
            of_cells = (gold.c.document_id == any_of(documents), gold.c.variable_id == any_of(variables))
            earlier = earlier.where(gold.c.source == Source.CSV, *of_cells)
        await self.execute(earlier)
        for start in range(0, len(known), _AT_A_TIME):
            rows = [self._row(project_id, cell, author) for cell in known[start : start + _AT_A_TIME]]
            await self.execute(insert(gold), rows)

    def _row(self, project_id: UUID, cell: KnownCell, author: UUID) -> dict[str, Any]:
        return {
            "id": new_id(),
            "workspace_id": self.workspace_id,
            "project_id": project_id,
            "document_id": cell.document_id,
            "document_name": cell.document_name,
            "unit_id": cell.unit_id,
            "entity_texts": list(cell.entity_texts),
            "variable_id": cell.variable_id,
            "right_values": list(cell.right),
            "source": cell.source,
            "author": author,
        }

    async def gold_of(self, project_id: UUID, split: Split) -> list[KnownCell]:
        """The known answers of the documents of one part."""
        wanted = (
            select(gold)
            .join(coded_documents, coded_documents.c.document_id == gold.c.document_id)
            .where(gold.c.project_id == project_id, coded_documents.c.split == split)
            .order_by(gold.c.document_id, gold.c.id)
        )
        return [_known(row) for row in await self.execute(wanted)]

    async def feedback_of(self, project_id: UUID, variable_ids: Sequence[UUID] = ()) -> list[tuple[str, Feedback]]:
        f = feedback.c
        wanted = (
            select(feedback, coded_documents.c.document_name)
            .join(coded_documents, coded_documents.c.document_id == f.document_id)
            .where(f.project_id == project_id, f.undone_at.is_(None))
        )
        if variable_ids:
            wanted = wanted.where(f.variable_id == any_of(variable_ids))
        return [(row.document_name, read_feedback(row)) for row in await self.execute(wanted)]

    async def assign_splits(self, project_id: UUID, documents: Mapping[UUID, str], split: Split | None) -> None:
        """Documents that no job has coded yet get their rows here, as PENDING."""
        if not documents:
            return
        rows = [
            {
                "id": new_id(),
                "workspace_id": self.workspace_id,
                "project_id": project_id,
                "document_id": document_id,
                "document_name": documents[document_id],
                "status": "PENDING",
                "error": "",
                "unread_pages": [],
                "unsure_pages": [],
                "text_version": 0,
                "split": "",
            }
            for document_id in sorted(documents)
        ]
        await self.execute(upsert(coded_documents).on_conflict_do_nothing(index_elements=["document_id"]), rows)
        d = coded_documents.c
        without = await self.execute(
            select(d.document_id)
            .where(d.document_id == any_of(sorted(documents)), d.split == "")
            .order_by(d.document_id)
            .with_for_update()
        )
        parts = dict[Split, list[UUID]]()
        for document_id in without.scalars():
            parts.setdefault(split or split_of(project_id, document_id), []).append(document_id)
        for part, ids in parts.items():
            await self.execute(update(coded_documents).where(d.document_id == any_of(ids)).values(split=part))

    async def splits_of(self, document_ids: Collection[UUID]) -> dict[UUID, Split]:
        d = coded_documents.c
        wanted = select(d.document_id, d.split).where(d.document_id == any_of(document_ids), d.split != "")
        return {row.document_id: Split(row.split) for row in await self.execute(wanted)}

    async def said_in_dataset(
        self, project_id: UUID, variables: Sequence[Variable], document_ids: Collection[UUID]
    ) -> dict[UUID, list[Said]]:
        by_id = {UUID(variable.id): variable for variable in variables}
        wanted = (
            select(cells.c.variable_id, cells.c.unit_id, cells.c.document_id, units.c.text.label("name"), *SAYS)
            .join_from(cells, extractions, extractions.c.id == cells.c.extraction_id)
            .join(units, units.c.id == cells.c.unit_id)
            .where(cells.c.project_id == project_id, cells.c.variable_id == any_of(by_id))
            .where(cells.c.document_id == any_of(document_ids), units.c.state == UnitState.PRESENT)
            .order_by(units.c.document_id, units.c.number)
        )
        said = dict[UUID, list[Said]]()
        for row in await self.execute(wanted):
            answer, _ = of_model(row, by_id[row.variable_id])
            one = Said(row.unit_id, row.document_id, row.name, answer)
            said.setdefault(row.variable_id, []).append(one)
        return said

    async def said_in_job(self, job_id: UUID, variables: Sequence[Variable]) -> dict[UUID, list[Said]]:
        e = extractions.c
        own = (e.variable_id, e.unit_id, e.document_id, e.entity_text, e.value, e.missing_reason)
        wanted = (
            select(*own, e.evidence["quote"].astext.label("quote"))
            .where(e.job_id == job_id, e.variable_id == any_of([UUID(variable.id) for variable in variables]))
            .order_by(e.document_id, e.entity_index)
        )
        said = dict[UUID, list[Said]]()
        for row in await self.execute(wanted):
            answer = Answer(row.value, MissingReason(row.missing_reason) if row.missing_reason else None)
            one = Said(row.unit_id, row.document_id, row.entity_text, answer, row.quote or "")
            said.setdefault(row.variable_id, []).append(one)
        return said

    async def note_look(self, project_id: UUID, split: Split, job_id: UUID | None, author: UUID) -> None:
        look = {"project_id": project_id, "split": split, "job_id": job_id, "author": author}
        await self.execute(insert(gold_looks).values(id=new_id(), workspace_id=self.workspace_id, **look))

    async def looks_at_test(self, project_id: UUID) -> int:
        looks = select(func.count()).where(gold_looks.c.project_id == project_id, gold_looks.c.split == Split.TEST)
        return int((await self.execute(looks)).scalar_one())


def _known(row: Row[Any]) -> KnownCell:
    return KnownCell(
        row.document_id,
        row.document_name,
        row.variable_id,
        tuple(row.right_values),
        Source(row.source),
        row.unit_id,
        tuple(row.entity_texts),
    )
