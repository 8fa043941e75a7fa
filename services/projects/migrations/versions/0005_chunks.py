"""Whether a project's long documents go out in chunks though its model would take them whole."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("alter table projects add chunk_long_documents boolean not null default false")
    op.execute("alter table projects alter chunk_long_documents drop default")
