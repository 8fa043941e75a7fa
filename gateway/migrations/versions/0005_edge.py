"""Failed sign-ins by account and address, and the requests of late of addresses and users."""

from __future__ import annotations

from alembic import op

revision = "0005_edge"
down_revision = "0004_sessions_invitations_links"


def upgrade() -> None:
    op.execute("drop table login_attempts")
    op.execute(
        "create table sign_in_attempts (email text not null, source text not null, failures double precision not null,"
        " last_at timestamptz not null, next_at timestamptz not null, primary key (email, source))"
    )
    op.execute("create index sign_in_attempts_last_at on sign_in_attempts (last_at)")
    # Lost in a crash of the server, and nothing with it: a minute later all is as if it had not been.
    op.execute("create unlogged table request_rates (who text primary key, free_at timestamptz not null)")
    op.execute("grant select, delete on sign_in_attempts, request_rates to coderai_gateway_sweeper")
