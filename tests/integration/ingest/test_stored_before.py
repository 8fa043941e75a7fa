"""What was stored before documents had lanes, and workspaces a count, is queued and counted when the schema changes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.provision import provision
from coderai.kit import migrations
from coderai.kit.db import Database
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.storage import Usage

DOCUMENT = """
insert into documents (id, workspace_id, project_id, source_document_id, position, name, format, size, sha256,
  text_column, status, error_message, document_count, word_count, page_count, chunk_count, language, metadata, report)
values ($1::uuid, $2, $3, $4, 0, 'a', '', $5, $1::uuid::text, '', $6, '', 0, 0, 0, 0, '', '{}', '{}')
"""
TEXT = "insert into document_texts (id, workspace_id, text, pages) values ($1, $2, $3, '[]')"


async def test_documents_of_before_are_counted_and_those_that_wait_are_found(
    tmp_path: Path, process_group: ProcessGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = uuid4()
    with EmbeddedPostgres(tmp_path / "postgres", group=process_group, unsafe_fast=True) as server:
        dsns = provision(server, tmp_path / "passwords.json")["ingest"]
        with monkeypatch.context() as before:
            upgrade = migrations.command.upgrade
            before.setattr(migrations.command, "upgrade", lambda config, _: upgrade(config, "0004_tenant_policy"))
            await asyncio.to_thread(migrations.migrate, "ingest", dsns.owner)
        waiting = await store_some(dsns.application, workspace)
        await asyncio.to_thread(migrations.migrate, "ingest", dsns.owner)
        db = Database(dsns.application, "ingest")
        async with db.session(workspace, IngestStore) as store:
            assert await store.usage() == Usage(documents=3, bytes=300_000 + 10 + len("Köln".encode()))
            turn = await store.sent_again(waiting)
            assert turn is not None
            assert [document.id for document in await store.begin(waiting, turn.lane)] == [waiting]
        await db.close()


async def store_some(dsn: str, workspace: UUID) -> UUID:
    """A table that was read, its row, and a file that waits; the id of the last."""
    table, row, waiting, project = uuid4(), uuid4(), uuid4(), uuid4()
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"set app.workspace_id = '{workspace}'")
    await connection.execute(DOCUMENT, table, workspace, project, None, 10, "READY")
    await connection.execute(DOCUMENT, row, workspace, project, table, 4, "READY")
    await connection.execute(DOCUMENT, waiting, workspace, project, None, 300_000, "UPLOADED")
    await connection.execute(TEXT, row, workspace, "Köln")
    await connection.close()
    return waiting
