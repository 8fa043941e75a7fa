"""When a document was last sent to be read, and the sweep for those whose message was lost."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import let_sweep

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("alter table documents add column sent_at timestamptz not null default now()")
    op.execute("create index documents_unread on documents (sent_at) where status = 'UPLOADED'")
    let_sweep("ingest", "documents", "select (id, workspace_id, status, sent_at)")
