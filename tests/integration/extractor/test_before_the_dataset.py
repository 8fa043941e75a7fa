"""What was extracted before there was a dataset is in it when the schema changes, and newer jobs find its units."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import select

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.provision import provision
from coderai.kit import migrations
from coderai.kit.db import Database, Session
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.dataset.units import first_id
from tests.integration.extractor.conftest import codebook

JOB = """
insert into jobs (id, workspace_id, project_id, kind, status, status_reason, codebook_hash, codebook, model,
  documents_total, documents_processed, documents_failed, consecutive_failures, token_budget, tokens_in, tokens_out,
  tokens_cached, last_sequence, pace_documents, pace_seconds)
values ($1, $2, $3, 'FULL', 'COMPLETE', '', 'h', $4, 'm', 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)
"""
TASK = """
insert into tasks (id, workspace_id, job_id, document_id, document_name, position, status, attempts, error, receipt,
  tokens_reserved, tokens_in, tokens_out, tokens_cached)
values ($1, $2, $3, $4, 'd', 0, $5, 1, $6, $7, 0, 0, 0, 0)
"""
EXTRACTION = """
insert into extractions (id, workspace_id, project_id, job_id, document_id, document_name, variable_id, variable,
  position, entity_index, entity_text, value, confidence, status, flags, missing_reason, explanation, support, origin,
  model_confidence, prompt_version, prompt_version_id, model)
values ($1, $2, $3, $4, $5, 'd', $6, 'first', 0, $7, $8, $9, 0.9, $10, '{}', $11, '', '', 'EXTRACTED', 0.9, 1, $1, 'm')
"""
ENTITIES = {"unread_pages": [2], "unsure_pages": [], "entities": [{"index": 1, "mentions": [{"evidence": {}}]}]}


async def test_the_newest_job_of_each_document_is_the_dataset(
    tmp_path: Path, process_group: ProcessGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, project, coded, failed = (new_id() for _ in range(4))
    plain = codebook("first")
    with EmbeddedPostgres(tmp_path / "postgres", group=process_group, unsafe_fast=True) as server:
        dsns = provision(server, tmp_path / "passwords.json")["extractor"]
        with monkeypatch.context() as before:
            upgrade = migrations.command.upgrade
            before.setattr(migrations.command, "upgrade", lambda config, _: upgrade(config, "0010_traces"))
            await asyncio.to_thread(migrations.migrate, "extractor", dsns.owner)
        newest = await store_some(dsns.application, workspace, project, (coded, failed), plain)
        await asyncio.to_thread(migrations.migrate, "extractor", dsns.owner)
        db = Database(dsns.application, "extractor")
        async with db.session(workspace, Session) as session:
            documents = {row.document_id: row for row in await session.execute(select(coded_documents))}
            rows = {row.id: row for row in await session.execute(select(units))}
            of_units = select(extractions.c.job_id).where(extractions.c.unit_id.is_not(None))
            linked = set((await session.execute(of_units)).scalars())
        of_coded = documents[coded]
        assert (of_coded.status, of_coded.job_id, of_coded.unread_pages) == ("DONE", newest, [2])
        assert (documents[failed].status, documents[failed].job_id) == ("FAILED", None)
        assert {id: (unit.number, unit.text) for id, unit in rows.items()} == {
            first_id(coded, 1): (1, "Ada"),
            first_id(failed, 0): (0, ""),
        }
        assert linked == {newest}
        assert await shown(db, workspace) == {coded: ("new", "", ""), failed: (None, "FAILED", "")}

        async with db.session(workspace, ExtractorStore) as store:
            assert await store.documents_behind(project) == sorted((coded, failed))
            await store.recast_documents([coded, failed])
            assert await store.documents_behind(project) == []
            await store.commit()
        assert await shown(db, workspace) == {coded: ("new", "", "known"), failed: (None, "FAILED", "known")}
        await db.close()


async def shown(db: Database, workspace: UUID) -> dict[UUID, tuple[object, str, str]]:
    """Of each document's cell the value, whether it failed, and whether it is known what was asked."""
    async with db.session(workspace, Session) as session:
        found = (await session.execute(select(cells))).all()
    assert len(found) == 2
    return {
        row.document_id: (row.value, "FAILED" if row.status == "FAILED" else "", "known" if row.asked else "")
        for row in found
    }


async def store_some(
    dsn: str, workspace: UUID, project: UUID, documents: tuple[UUID, UUID], plain: dict[str, object]
) -> UUID:
    """Two jobs over two documents, of which one fails both times; the id of the newest job."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"set app.workspace_id = '{workspace}'")
    (variable,) = plain["variables"]  # type: ignore[misc]
    coded, failed = documents
    jobs = sorted(new_id() for _ in range(2))
    for job, value in zip(jobs, ("old", "new"), strict=True):
        await connection.execute(JOB, job, workspace, project, json.dumps(plain))
        await connection.execute(TASK, new_id(), workspace, job, coded, "DONE", "", json.dumps(ENTITIES))
        await connection.execute(TASK, new_id(), workspace, job, failed, "FAILED", "it is empty", None)
        of = (workspace, project, job)
        of_variable = UUID(variable["id"])  # type: ignore[index]
        await connection.execute(
            EXTRACTION, new_id(), *of, coded, of_variable, 1, "Ada", json.dumps(value), "EXTRACTED", ""
        )
        await connection.execute(EXTRACTION, new_id(), *of, failed, of_variable, 0, "", None, "FAILED", "UNREADABLE")
    await connection.close()
    return jobs[-1]
