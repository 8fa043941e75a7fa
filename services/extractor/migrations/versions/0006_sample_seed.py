"""What a random sample was drawn with."""

from __future__ import annotations

from alembic import op

revision = "0006_sample_seed"
down_revision = "0005_support"


def upgrade() -> None:
    op.execute("alter table jobs add sample_seed integer")
