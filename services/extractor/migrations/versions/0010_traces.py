"""The span that had each message and task sent, and the trace that wrote each row of a log; empty where untraced."""

from __future__ import annotations

from alembic import op

revision = "0010_traces"
down_revision = "0009_text_versions"


def upgrade() -> None:
    op.execute("alter table outbox add column traceparent text not null default ''")
    op.execute("alter table tasks add column traceparent text not null default ''")
    op.execute("alter table job_events add column trace_id text not null default ''")
