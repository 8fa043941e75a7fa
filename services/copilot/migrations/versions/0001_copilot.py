"""The outbox that every service has."""

from __future__ import annotations

from coderai.kit.migrations import outbox_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    outbox_table("copilot")
