"""Proposals, the conversation with its replies part by part, and the guided setup."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import tenant_table

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    tenant_table(
        "proposals",
        """
        project_id uuid not null,
        kind text not null,
        status text not null,
        origin text not null,
        title text not null,
        reason text not null,
        changes jsonb not null,
        names jsonb not null,
        key text not null,
        diff text not null,
        quotes jsonb not null,
        counts jsonb not null,
        leftovers jsonb not null,
        sampled_documents integer not null,
        model text not null,
        author uuid,
        decided_by uuid,
        decided_at timestamptz,
        variable_ids jsonb not null default '[]',
        is_begun boolean not null default false,
        message_id uuid
        """,
    )
    op.execute("create index proposals_by_project on proposals (project_id, id)")
    tenant_table(
        "messages",
        """
        project_id uuid not null,
        role text not null,
        status text not null,
        text text not null default '',
        quotes jsonb not null default '[]',
        quotes_not_found jsonb not null default '[]',
        proposal_ids jsonb not null default '[]',
        problem text not null default '',
        author uuid,
        model text not null default '',
        reply_to uuid,
        ended_at timestamptz,
        alive_until timestamptz
        """,
    )
    op.execute("create index messages_by_project on messages (project_id, id)")
    tenant_table(
        "message_parts",
        """
        message_id uuid not null references messages (id) on delete cascade,
        sequence bigint not null,
        part text not null,
        unique (message_id, sequence)
        """,
    )
    tenant_table(
        "setups",
        """
        project_id uuid not null unique,
        steps jsonb not null
        """,
    )
