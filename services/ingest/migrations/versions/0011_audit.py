"""The list of who did what."""

from __future__ import annotations

from coderai.kit.migrations import audit_table

revision = "0011_audit"
down_revision = "0010_shared_turns"


def upgrade() -> None:
    audit_table("ingest")
