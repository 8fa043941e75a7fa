"""Sessions of browsers, and the link by which the first account of an installation is made."""

from __future__ import annotations

from alembic import op

revision = "0007_browser_sessions"
down_revision = "0006_tickets"


def upgrade() -> None:
    op.execute("alter table refresh_tokens add column is_cookie boolean not null default false")
    op.execute("alter table links alter column user_id drop not null, drop constraint links_purpose_check")
    op.execute(
        "alter table links add constraint links_purpose_check check (purpose in ('VERIFY', 'RESET', 'FIRST')),"
        " add constraint links_first_check check ((purpose = 'FIRST') = (user_id is null))"
    )
