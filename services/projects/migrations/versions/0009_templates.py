"""Templates, and the changes of a schema that were done, each once."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import tenant_table

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    tenant_table(
        "templates",
        """
        name text not null,
        description text not null,
        schema jsonb not null,
        author uuid,
        unique (workspace_id, name)
        """,
    )
    tenant_table(
        "schema_changes",
        """
        project_id uuid not null,
        change_id uuid not null,
        variable_ids jsonb not null,
        author uuid,
        unique (workspace_id, change_id)
        """,
    )
    op.execute("create index schema_changes_by_project on schema_changes (project_id)")
