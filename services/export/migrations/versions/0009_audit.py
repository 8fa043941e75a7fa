"""The list of who did what."""

from __future__ import annotations

from coderai.kit.migrations import audit_table

revision = "0009_audit"
down_revision = "0008_life"


def upgrade() -> None:
    audit_table("export")
