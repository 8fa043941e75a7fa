"""When an export was last sent to be written, and the sweep for those whose message was lost."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import let_sweep

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("alter table exports add column sent_at timestamptz not null default now()")
    op.execute("create index exports_unwritten on exports (sent_at) where status = 'PENDING'")
    let_sweep("export", "exports", "select (id, workspace_id, status, sent_at)")
