"""Under which correlation id each export was asked for; empty for those before."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003_tenant_policy"


def upgrade() -> None:
    op.execute("alter table exports add column correlation_id text not null default ''")
    op.execute("grant select (correlation_id) on exports to coderai_export_sweeper")
