"""How often in a row a task was begun and nothing more was heard of it."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("alter table tasks add column vanished integer not null default 0")
