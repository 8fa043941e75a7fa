"""Refinements: what goes wrong with a variable, the options for a better prompt, and what a person decided."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import tenant_table

revision = "0003"
down_revision = "0002_tenant_policy"


def upgrade() -> None:
    tenant_table(
        "refinements",
        """
        project_id uuid not null,
        variable_id uuid not null,
        variable text not null,
        status text not null,
        groups jsonb not null,
        options jsonb not null,
        based_on_prompt_id uuid not null,
        asked text not null,
        feedback_ids jsonb not null,
        document_ids jsonb not null,
        model text not null,
        author uuid,
        chosen_option integer not null default 0,
        prompt_id uuid,
        decided_by uuid,
        decided_at timestamptz
        """,
    )
    op.execute("create index refinements_by_variable on refinements (variable_id, id)")
    op.execute("create index refinements_by_project on refinements (project_id)")
    op.execute("alter table outbox add column traceparent text not null default ''")
