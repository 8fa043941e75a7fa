"""What part of a dataset an export holds, all of its files, how far it is, what could not be held, and when it goes."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006_dataset"


def upgrade() -> None:
    op.execute("alter table exports add column choice jsonb not null default '{}'")
    op.execute("alter table exports add column files jsonb not null default '[]'")
    op.execute("alter table exports add column notes jsonb not null default '[]'")
    op.execute("alter table exports add column progress integer not null default 0")
    op.execute("alter table exports add column expires_at timestamptz")
