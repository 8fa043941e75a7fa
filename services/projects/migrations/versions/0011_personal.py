"""What people keep for themselves in a project: views of its dataset, and when they last saw it."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import tenant_table

revision = "0011"
down_revision = "0010_audit"


def upgrade() -> None:
    tenant_table(
        "views",
        """
        project_id uuid not null references projects on delete cascade,
        user_id uuid not null,
        name text not null,
        filter jsonb not null,
        sort text not null,
        columns jsonb not null
        """,
    )
    op.execute("create unique index views_by_name on views (project_id, user_id, lower(name))")
    tenant_table(
        "visits",
        """
        project_id uuid not null references projects on delete cascade,
        user_id uuid not null,
        seen_at timestamptz not null,
        unique (project_id, user_id)
        """,
    )
