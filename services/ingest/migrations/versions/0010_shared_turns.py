"""Which documents have their turn to be read together."""

from __future__ import annotations

from alembic import op

revision = "0010_shared_turns"
down_revision = "0009_words"


def upgrade() -> None:
    op.execute("alter table documents add column turn uuid")
