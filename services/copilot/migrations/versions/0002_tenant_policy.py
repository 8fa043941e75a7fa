"""Row-level security that asks for the acting workspace once a statement."""

from __future__ import annotations

from coderai.kit.migrations import renew_tenant_policies

revision = "0002_tenant_policy"
down_revision = "0001"


def upgrade() -> None:
    renew_tenant_policies()
