"""The span that had each message sent, and in which each export was asked for; empty where nothing is traced."""

from __future__ import annotations

from alembic import op

revision = "0005_traces"
down_revision = "0004"


def upgrade() -> None:
    op.execute("alter table outbox add column traceparent text not null default ''")
    op.execute("alter table exports add column traceparent text not null default ''")
    op.execute("grant select (traceparent) on exports to coderai_export_sweeper")
