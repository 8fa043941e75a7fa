"""A refined prompt version says which refinement it came from; a refinement makes one version at most."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007_traces"


def upgrade() -> None:
    op.execute("alter table prompts add refinement_id uuid")
    op.execute(
        "create unique index prompts_one_of_a_refinement on prompts (workspace_id, refinement_id)"
        " where refinement_id is not null"
    )
