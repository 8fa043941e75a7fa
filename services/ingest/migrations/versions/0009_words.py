"""The words that were read from pictures: where they stand on them, and how surely they were read."""

from __future__ import annotations

from alembic import op

revision = "0009_words"
down_revision = "0008_traces"


def upgrade() -> None:
    op.execute("alter table document_texts add column words jsonb not null default '{}'")
