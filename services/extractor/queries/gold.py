"""Reads of known answers: SQL -> messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.engine import Row

from coderai.extractor.v1 import quality_service_pb2 as pb
from coderai.kit.db import Session, any_of
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters.dataset_tables import coded_documents, gold, gold_looks
from coderai.services.extractor.domain.quality.splits import Split


async def list_gold(
    session: Session,
    project_id: UUID,
    split: Split | None,
    variable: str,
    names: Mapping[UUID, str],
    page: Page,
) -> pb.ListGoldResponse:
    """A page of a project's known answers, with how its documents are divided; `names`: of its variables, by id."""
    d, g = coded_documents.c, gold.c
    wanted = select(gold, d.split).join_from(gold, coded_documents, d.document_id == g.document_id)
    wanted = wanted.where(g.project_id == project_id).order_by(g.id).limit(page.size)
    if split is not None:
        wanted = wanted.where(d.split == split)
    if variable:
        wanted = wanted.where(g.variable_id == any_of([i for i, name in names.items() if name == variable]))
    if page.after:
        wanted = wanted.where(g.id > page.after)
    rows = (await session.execute(wanted)).all()
    parts = select(d.split, func.count().label("many")).where(d.project_id == project_id).group_by(d.split)
    counts = {row.split: row.many for row in await session.execute(parts)}
    looks = select(func.count()).where(gold_looks.c.project_id == project_id, gold_looks.c.split == Split.TEST)
    return pb.ListGoldResponse(
        items=[from_plain(pb.GoldCell, _told(row, names)) for row in rows],
        next_page_token=page.next_token(rows),
        dev_documents=counts.get(Split.DEV, 0),
        test_documents=counts.get(Split.TEST, 0),
        looks_at_test=(await session.execute(looks)).scalar_one(),
    )


def _told(row: Row[Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "document_id": row.document_id,
        "document_name": row.document_name,
        "unit_id": row.unit_id,
        "entity_text": " | ".join(row.entity_texts),
        "variable": names.get(row.variable_id, ""),
        "values": row.right_values,
        "split": row.split,
        "source": row.source,
    }
