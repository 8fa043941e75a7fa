"""The list of who did what."""

from __future__ import annotations

from coderai.kit.migrations import audit_table

revision = "0012_audit"
down_revision = "0011_dataset"


def upgrade() -> None:
    audit_table("extractor")
