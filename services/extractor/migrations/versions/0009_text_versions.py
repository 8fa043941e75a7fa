"""Which of its document's texts a task was coded from; 0 for the first, which is that of all before."""

from __future__ import annotations

from alembic import op

revision = "0009_text_versions"
down_revision = "0008_spending"


def upgrade() -> None:
    op.execute("alter table tasks add column text_version integer not null default 0")
