"""Reads of the export service: SQL -> messages, no use case in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import JSONB

from coderai.export.v1.export_service_pb2 import Export, ListExportsResponse
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.export.adapters.store import export_from
from coderai.services.export.adapters.tables import exports
from coderai.services.export.domain.export import ExportFile
from coderai.services.export.domain.problems import ExportNotFound

_HIDDEN = ("workspace_id", "sent_at", "correlation_id", "traceparent", "may_have_files")


async def get_export(session: Session, export_id: UUID) -> Export:
    """Raises ExportNotFound."""
    return _message((await _row(session, export_id))._mapping)


async def get_file(session: Session, export_id: UUID, name: str, *, codebook: bool) -> ExportFile:
    """One of an export's files, as domain.export.Export.file has it.

    Raises:
        ExportNotFound, and what domain.export.Export.file raises
    """
    return export_from(await _row(session, export_id)).file(name, codebook=codebook)


async def list_exports(session: Session, project_id: UUID, page: Page) -> ListExportsResponse:
    """A page of a project's exports, newest first, without the documents of their choices: 10,000 ids each at most."""
    choice: Any = exports.c.choice.op("-", return_type=JSONB())("document_ids")
    columns = [choice.label("choice") if column is exports.c.choice else column for column in exports.c]
    wanted = select(*columns).where(exports.c.project_id == project_id).order_by(exports.c.id.desc()).limit(page.size)
    if page.after:
        wanted = wanted.where(exports.c.id < page.after)
    rows = (await session.execute(wanted)).all()
    return ListExportsResponse(items=[_message(row._mapping) for row in rows], next_page_token=page.next_token(rows))


async def _row(session: Session, export_id: UUID) -> Row[Any]:
    row = (await session.execute(select(exports).where(exports.c.id == export_id))).one_or_none()
    if row is None:
        raise ExportNotFound()
    return row


def _message(row: Mapping[Any, Any]) -> Export:
    plain = {name: value for name, value in row.items() if name not in _HIDDEN}
    files = [{name: value for name, value in file.items() if name != "key"} for file in row["files"]]
    return from_plain(Export, {**plain, "files": files})
