"""How much of an export is written, when its files are removed, and what the sweep that removes them needs to see."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows

revision = "0008_life"
down_revision = "0007"


def upgrade() -> None:
    op.execute("alter table exports add column progress double precision not null default 0")
    with all_rows("exports"):
        op.execute("update exports set progress = 100 where status = 'COMPLETE'")
    # Exports from before have no time at which their files are removed: whoever made them was not told of one.
    op.execute("alter table exports add column expires_at timestamptz")
    op.execute("alter table exports add column may_have_files boolean not null default true")
    op.execute("create index exports_expiring on exports (expires_at) where status = 'COMPLETE'")
    ended = "may_have_files and status in ('FAILED', 'CANCELLED', 'EXPIRED')"
    op.execute(f"create index exports_with_leftovers on exports (id) where {ended}")
    op.execute("create index exports_pending on exports (workspace_id) where status = 'PENDING'")
    op.execute("grant select (expires_at, may_have_files) on exports to coderai_export_sweeper")
