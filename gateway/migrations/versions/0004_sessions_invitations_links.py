"""Sessions, invitations, links sent to people, and what API keys may do and until when."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows, let_sweep, tenant_table

revision = "0004_sessions_invitations_links"
down_revision = "0003_tenant_policy"

_ACTING_FOR = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
"""The person whom a transaction acts for, as SQL."""


def upgrade() -> None:
    op.execute("alter table users add column verified_at timestamptz")
    op.execute("grant select (id, is_active) on users to coderai_gateway_sweeper")
    let_sweep("gateway", "memberships", "select (workspace_id, user_id, role)")
    _sessions()
    _api_keys()
    _invitations()
    _links_and_mails()


def _sessions() -> None:
    tenant_table(
        "sessions",
        "user_id uuid not null references users on delete cascade, address text not null default '',"
        " used_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz",
    )
    op.execute("create index sessions_user on sessions (user_id)")
    op.execute("create index sessions_expire on sessions (expires_at)")
    op.execute(f"create policy own on sessions using (user_id = {_ACTING_FOR})")
    let_sweep("gateway", "sessions", "select, delete")
    op.execute("alter table refresh_tokens rename column family_id to session_id")
    with all_rows("refresh_tokens", "sessions"):
        op.execute(
            "insert into sessions (id, workspace_id, created_at, user_id, used_at, expires_at, ended_at)"
            " select session_id, workspace_id, min(created_at), user_id, max(created_at), max(expires_at),"
            " max(revoked_at) from refresh_tokens group by session_id, workspace_id, user_id"
        )
        op.execute(
            "alter table refresh_tokens drop column revoked_at,"
            " add foreign key (session_id) references sessions on delete cascade"
        )


def _api_keys() -> None:
    # Keys that are there already could do all that their user could.
    op.execute(
        "alter table api_keys add column role text not null default 'OWNER'"
        " check (role in ('OWNER', 'EDITOR', 'VIEWER')),"
        " add column expires_at timestamptz, add column used_at timestamptz"
    )
    op.execute("alter table api_keys alter column role drop default")
    op.execute(f"create policy own on api_keys for delete using (user_id = {_ACTING_FOR})")
    op.execute(f"create policy own_seen on api_keys for select using (user_id = {_ACTING_FOR})")
    let_sweep("gateway", "api_keys", "select (id, workspace_id, user_id, role, expires_at)")


def _invitations() -> None:
    tenant_table(
        "invitations",
        "email text not null, role text not null check (role in ('OWNER', 'EDITOR', 'VIEWER')),"
        " invited_by uuid not null references users on delete cascade, digest bytea unique,"
        " expires_at timestamptz not null, mailed_at timestamptz,"
        " foreign key (workspace_id) references workspaces on delete cascade, unique (workspace_id, email)",
    )
    let_sweep("gateway", "invitations", "select, delete")


def _links_and_mails() -> None:
    op.execute(
        "create table links (id uuid primary key, created_at timestamptz not null default now(),"
        " user_id uuid not null references users on delete cascade,"
        " purpose text not null check (purpose in ('VERIFY', 'RESET')), digest bytea not null unique,"
        " is_mailed boolean not null, expires_at timestamptz not null)"
    )
    op.execute("create index links_user on links (user_id)")
    op.execute("grant select, delete on links to coderai_gateway_sweeper")
    op.execute(
        "create table mails (id uuid primary key, created_at timestamptz not null default now(),"
        " purpose text not null check (purpose in ('VERIFY', 'RESET', 'INVITATION')), email text not null,"
        " invitation_id uuid, inviting_workspace uuid, asked_by uuid references users on delete cascade,"
        " attempts integer not null default 0, due_at timestamptz not null, sent_at timestamptz)"
    )
    op.execute("create index mails_due on mails (due_at) where sent_at is null")
    op.execute("create index mails_of_address on mails (email, purpose, created_at)")
    op.execute("create index mails_asked on mails (asked_by, created_at)")
    op.execute("grant select, delete on mails to coderai_gateway_sweeper")
