"""The span that had each message sent; empty for those before, and where nothing is traced."""

from __future__ import annotations

from alembic import op

revision = "0007_traces"
down_revision = "0006"


def upgrade() -> None:
    op.execute("alter table outbox add column traceparent text not null default ''")
