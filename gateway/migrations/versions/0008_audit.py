"""The list of who did what."""

from __future__ import annotations

from coderai.kit.migrations import audit_table

revision = "0008_audit"
down_revision = "0007_browser_sessions"


def upgrade() -> None:
    audit_table("gateway")
