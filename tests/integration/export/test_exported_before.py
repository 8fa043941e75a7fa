"""What was exported before an export had several files is downloaded as before when the schema has changed."""

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
from coderai.services.export.adapters.store import ExportsStore
from coderai.services.export.domain.export import Status

EXPORT = """
insert into exports (id, workspace_id, project_id, format, layout, options, status, error, file_name,
  codebook_file_name, size, row_count)
values ($1, $2, $3, $4, 'WIDE', '{"confidence": true}', $5, '', $6, $7, 9, 1)
"""


async def test_files_of_before_are_found(
    tmp_path: Path, process_group: ProcessGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, project, csv, xlsx, waiting = (uuid4() for _ in range(5))
    with EmbeddedPostgres(tmp_path / "postgres", group=process_group, unsafe_fast=True) as server:
        dsns = provision(server, tmp_path / "passwords.json")["export"]
        with monkeypatch.context() as before:
            upgrade = migrations.command.upgrade
            before.setattr(migrations.command, "upgrade", lambda config, _: upgrade(config, "0006_dataset"))
            await asyncio.to_thread(migrations.migrate, "export", dsns.owner)
        await store_some(dsns.application, workspace, project, csv, xlsx, waiting)
        await asyncio.to_thread(migrations.migrate, "export", dsns.owner)
        db = Database(dsns.application, "export")
        async with db.session(workspace, ExportsStore) as store:
            with_codebook, whole, pending = [await store.export(one) for one in (csv, xlsx, waiting)]
        await db.close()
    assert with_codebook is not None and whole is not None and pending is not None
    folder = f"exports/{project}/{csv}"
    assert with_codebook.file("", codebook=False).key == f"{folder}/dataset.csv"
    assert with_codebook.file("", codebook=True).key == f"{folder}/codebook.md"
    assert whole.file("a.xlsx", codebook=False).media_type.endswith("spreadsheetml.sheet")
    assert (pending.status, pending.files) == (Status.PENDING, ())


async def store_some(dsn: str, workspace: UUID, project: UUID, csv: UUID, xlsx: UUID, waiting: UUID) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"set app.workspace_id = '{workspace}'")
    await connection.execute(EXPORT, csv, workspace, project, "CSV", "COMPLETE", "a.csv", "a-codebook.md")
    await connection.execute(EXPORT, xlsx, workspace, project, "XLSX", "COMPLETE", "a.xlsx", "")
    await connection.execute(EXPORT, waiting, workspace, project, "JSON", "PENDING", "", "")
    await connection.close()
