"""Which cells a second call judges, and how much a model thinks."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "alter table projects add verify text not null default 'DOUBTFUL',"
        " add reasoning_effort text not null default ''"
    )
    op.execute("alter table projects alter verify drop default, alter reasoning_effort drop default")
