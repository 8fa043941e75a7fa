"""Documents and projects that are deleted are gone from the dataset, with what people have said of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from coderai.ingest.v1.events_pb2 import DocumentsDeleted
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.db import Session
from coderai.kit.ids import new_id
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.extractor.adapters import dataset_tables
from coderai.services.extractor.adapters.tables import metadata
from coderai.services.extractor.entrypoints import consumer
from tests.integration.extractor.conftest import Extractor, Stall
from tests.integration.extractor.dataset import cells, document, run, say, units_of, variable_id

OF_DOCUMENTS = ("coded_documents", "units", "cells", "feedback", "unit_changes", "sample_cells", "gold")
OF_PROJECTS = ("codebooks", "review_samples", "gold_looks")


async def counts(extractor: Extractor) -> dict[str, int]:
    """Rows of the workspace in each table of the dataset."""
    found = dict[str, int]()
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        for name in (*OF_DOCUMENTS, *OF_PROJECTS):
            found[name] = (await session.execute(select(func.count()).select_from(metadata.tables[name]))).scalar_one()
    return found


async def fill(extractor: Extractor, document_id: UUID) -> None:
    """Rows in the tables that neither jobs nor feedback write."""
    (unit,) = await units_of(extractor, document_id)
    own = {"workspace_id": extractor.who.workspace_id, "project_id": extractor.project_id}
    by = {"author": extractor.who.user_id}
    of_cell = {"document_id": document_id, "unit_id": unit.id, "variable_id": variable_id(extractor, "first")}
    sample = {"id": new_id(), "design": "UNIFORM", "blind": True, "seed": 1, "size": 1, "population": 1}
    drawn = {"position": 0, "stratum": "", "inclusion_probability": 1.0, "missing_reason": "", "confidence": 0.5}
    of_gold = {"document_name": "d0", "entity_texts": [], "right_values": ["one"], "source": "CSV"}
    change = {"document_id": document_id, "kind": "REMOVE", "unit_ids": [unit.id], "before": [], "note": ""}
    rows = {
        dataset_tables.review_samples: sample | {"variable_ids": [], "strata": []} | by,
        dataset_tables.sample_cells: {"sample_id": sample["id"], "extraction_id": new_id()} | of_cell | drawn,
        dataset_tables.gold: of_cell | of_gold | by,
        dataset_tables.gold_looks: {"split": "TEST"} | by,
        dataset_tables.unit_changes: change | by,
    }
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        for table, row in rows.items():
            await session.execute(insert(table).values(**{"id": new_id()} | own | row))
        await session.commit()


async def delete_documents(extractor: Extractor, document_ids: Sequence[UUID]) -> None:
    gone = [str(document_id) for document_id in document_ids]
    payload = DocumentsDeleted(project_id=str(extractor.project_id), document_ids=gone).SerializeToString()
    envelope = Envelope(new_id(), "event.ingest.documents_deleted", payload, extractor.who.workspace_id, "test")
    with identity.acting_as(extractor.who):
        for _ in range(2):
            await consumer.documents_deleted(extractor.open_store).handle(envelope)


async def filled(extractor: Extractor) -> list[UUID]:
    """A dataset of two documents; of the first there is a row in every table."""
    extractor.world.add(2)
    ids = [head.id for head in extractor.world.heads_]
    async with extractor.working():
        await run(extractor)
    await say(extractor, ids[0], "first", correction="right")
    await fill(extractor, ids[0])
    assert all((await counts(extractor)).values())
    return ids


async def test_deleted_documents_are_gone_from_the_dataset(extractor: Extractor) -> None:
    ids = await filled(extractor)
    await delete_documents(extractor, ids[:1])
    left = await counts(extractor)
    assert {name: left[name] for name in OF_DOCUMENTS if left[name]} == {"coded_documents": 1, "units": 1, "cells": 2}
    assert await document(extractor, ids[0]) is None
    assert len(await cells(extractor, ids[1])) == 2


async def test_a_deleted_project_leaves_nothing(extractor: Extractor) -> None:
    await filled(extractor)
    payload = ProjectDeleted(project_id=str(extractor.project_id)).SerializeToString()
    envelope = Envelope(new_id(), "event.projects.project_deleted", payload, extractor.who.workspace_id, "test")
    with identity.acting_as(extractor.who):
        await consumer.project_deleted(extractor.open_store).handle(envelope)
    assert not any((await counts(extractor)).values())


@pytest.mark.parametrize("while_asked", [True, False])
async def test_a_document_that_is_deleted_while_a_job_runs_does_not_come_back(
    extractor: Extractor, while_asked: bool
) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    stall = Stall(1)
    extractor.world.stalls = stall if while_asked else None
    if not while_asked:
        extractor.world.gone.add(head.name)
    async with extractor.working():
        job_id = await extractor.start()
        if while_asked:
            await stall.reached.wait()
            extractor.world.gone.add(head.name)
            await delete_documents(extractor, [head.id])
            stall.released.set()
        await extractor.events(job_id)
    assert (await extractor.job(job_id)).documents_failed == 1
    left = await counts(extractor)
    assert not any(left[name] for name in OF_DOCUMENTS)
