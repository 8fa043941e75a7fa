"""The span that had each message sent, and in which each document was uploaded; empty where nothing is traced."""

from __future__ import annotations

from alembic import op

revision = "0008_traces"
down_revision = "0007_rereading"


def upgrade() -> None:
    op.execute("alter table outbox add column traceparent text not null default ''")
    op.execute("alter table documents add column traceparent text not null default ''")
    op.execute("grant select (traceparent) on documents to coderai_ingest_sweeper")
