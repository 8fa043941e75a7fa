"""Exports and what became of them."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import outbox_table, tenant_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    tenant_table(
        "exports",
        """
        project_id uuid not null,
        job_id uuid not null,
        format text not null,
        layout text not null,
        options jsonb not null,
        status text not null,
        error text not null,
        file_name text not null,
        codebook_file_name text not null,
        size bigint not null,
        row_count integer not null,
        finished_at timestamptz
        """,
    )
    op.execute("create index exports_by_project on exports (project_id, id)")
    outbox_table("export")
