"""The list of who did what."""

from __future__ import annotations

from coderai.kit.migrations import audit_table

revision = "0010_audit"
down_revision = "0009"


def upgrade() -> None:
    audit_table("projects")
