"""Under which correlation id each document was uploaded; empty for those before."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004_tenant_policy"


def upgrade() -> None:
    op.execute("alter table documents add column correlation_id text not null default ''")
    op.execute("grant select (correlation_id) on documents to coderai_ingest_sweeper")
