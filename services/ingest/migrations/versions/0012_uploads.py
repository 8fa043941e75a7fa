"""Uploads that go on after a break, and the sweep for those whose time is over or that nobody has stored."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import let_sweep, tenant_table

revision = "0012_uploads"
down_revision = "0011_audit"


def upgrade() -> None:
    tenant_table(
        "uploads",
        """
        project_id uuid not null,
        name text not null,
        length bigint not null,
        text_column text not null,
        replace boolean not null,
        note text not null,
        expires_at timestamptz not null,
        received bigint not null default 0,
        parts uuid[] not null default '{}',
        writer uuid,
        state text not null default 'RECEIVING',
        held_until timestamptz,
        document_id uuid,
        created boolean not null default false,
        reread boolean not null default false,
        refusal jsonb
        """,
    )
    op.execute("create index uploads_of_project on uploads (project_id)")
    op.execute("create index uploads_expiring on uploads (expires_at)")
    op.execute("create index uploads_unfinished on uploads (workspace_id) where state = 'RECEIVING'")
    op.execute("create index uploads_unstored on uploads (id) where state = 'RECEIVING' and received = length")
    seen = "id, workspace_id, project_id, expires_at, received, length, state, held_until"
    let_sweep("ingest", "uploads", f"select ({seen})")
