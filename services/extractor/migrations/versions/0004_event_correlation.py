"""Under which correlation id each row of a job's log was caused; empty for those written before."""

from __future__ import annotations

from alembic import op

revision = "0004_event_correlation"
down_revision = "0003_tenant_policy"


def upgrade() -> None:
    op.execute("alter table job_events add column correlation_id text not null default ''")
