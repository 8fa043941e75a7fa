"""Projects, variables, prompt versions, frozen codebooks."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import outbox_table, tenant_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    tenant_table(
        "projects",
        """
        name text not null,
        description text not null,
        domain text not null,
        language text not null,
        document_type text not null,
        unit jsonb not null,
        model text not null,
        token_budget bigint not null,
        ask_per_variable boolean not null,
        status text not null
        """,
    )
    tenant_table(
        "variables",
        """
        project_id uuid not null references projects on delete cascade,
        name text not null,
        position integer not null,
        definition jsonb not null,
        unique (project_id, name)
        """,
    )
    tenant_table(
        "prompts",
        """
        variable_id uuid not null references variables on delete cascade,
        version integer not null,
        text text not null,
        temperature double precision not null,
        max_tokens integer not null,
        response_schema jsonb not null,
        origin text not null,
        author uuid,
        active boolean not null,
        unique (variable_id, version)
        """,
    )
    op.execute("create unique index prompts_one_active on prompts (variable_id) where active")
    tenant_table(
        "codebooks",
        """
        project_id uuid not null references projects on delete cascade,
        hash text not null,
        snapshot jsonb not null,
        unique (project_id, hash)
        """,
    )
    outbox_table("projects")
