"""API keys."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    tenant_table(
        "api_keys",
        "user_id uuid not null references users on delete cascade, name text not null, digest bytea not null unique",
    )
    op.execute("create index api_keys_user on api_keys (user_id)")
