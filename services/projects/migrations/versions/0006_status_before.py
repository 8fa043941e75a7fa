"""Where a project stands again when its full run is not completed; of those that run now, after their sample."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("alter table projects add status_before text not null default 'SAMPLE_COMPLETE'")
    op.execute("alter table projects alter status_before drop default")
