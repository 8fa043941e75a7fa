"""Indexes for what a list of documents says of all of them, and for its tables and archives."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        "create index documents_summary on documents (project_id, status, language, duplicate_of)"
        " include (workspace_id) where document_count = 0"
    )
    op.execute("create index documents_sources on documents (project_id, id) where document_count > 0")
