"""Under which correlation id each task was queued; empty for those queued before."""

from __future__ import annotations

from alembic import op

revision = "0007_task_correlation"
down_revision = "0006_sample_seed"


def upgrade() -> None:
    op.execute("alter table tasks add column correlation_id text not null default ''")
