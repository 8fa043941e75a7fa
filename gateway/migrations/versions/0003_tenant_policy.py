"""Row-level security that asks for the acting workspace once a statement."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import ACTING_IN, renew_tenant_policies

revision = "0003_tenant_policy"
down_revision = "0002"


def upgrade() -> None:
    renew_tenant_policies()
    op.execute(f"alter policy tenant on workspaces using (id = {ACTING_IN})")
