"""An export of the project's dataset names no job."""

from __future__ import annotations

from alembic import op

revision = "0006_dataset"
down_revision = "0005_traces"


def upgrade() -> None:
    op.execute("alter table exports alter column job_id drop not null")
