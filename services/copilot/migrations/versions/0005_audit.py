"""The list of who did what."""

from __future__ import annotations

from coderai.kit.migrations import audit_table

revision = "0005_audit"
down_revision = "0004"


def upgrade() -> None:
    audit_table("copilot")
