"""Tickets: what opens one stream in place of a token."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import let_sweep, tenant_table

revision = "0006_tickets"
down_revision = "0005_edge"


def upgrade() -> None:
    tenant_table(
        "tickets",
        "user_id uuid not null references users on delete cascade,"
        " session_id uuid references sessions on delete cascade,"
        " api_key_id uuid references api_keys on delete cascade,"
        " digest bytea not null unique, path text not null, expires_at timestamptz not null,"
        " check (num_nonnulls(session_id, api_key_id) = 1)",
    )
    op.execute("create index tickets_session on tickets (session_id)")
    op.execute("create index tickets_api_key on tickets (api_key_id)")
    op.execute("create index tickets_user on tickets (user_id)")
    op.execute("create index tickets_expire on tickets (expires_at)")
    let_sweep("gateway", "tickets", "select, delete")
