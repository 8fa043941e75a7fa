"""Documents that are read again: how, and how often their texts have changed."""

from __future__ import annotations

from alembic import op

revision = "0007_rereading"
down_revision = "0006_turns_and_storage"


def upgrade() -> None:
    op.execute("alter table documents add column whole boolean not null default false")
    op.execute("alter table documents add column asked jsonb")
    op.execute("alter table documents add column text_version integer not null default 0")
