"""Row-level security that asks for the acting workspace once a statement; lost work that was PARSED is found too."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import renew_tenant_policies

revision = "0004_tenant_policy"
down_revision = "0003"


def upgrade() -> None:
    renew_tenant_policies()
    op.execute("drop index documents_unread")
    op.execute("create index documents_unread on documents (sent_at) where status in ('UPLOADED', 'PARSED')")
