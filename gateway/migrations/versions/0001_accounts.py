"""Users, workspaces, memberships, refresh tokens, login attempts, idempotency keys."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import let_sweep, tenant_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        "create table users (id uuid primary key, created_at timestamptz not null default now(),"
        " email text not null, password_hash text not null, is_active boolean not null default true)"
    )
    op.execute("create unique index users_email on users (lower(email))")
    op.execute(
        "create table login_attempts (email text primary key, failures integer not null, since timestamptz not null)"
    )
    op.execute("create index login_attempts_since on login_attempts (since)")
    _workspaces()
    _memberships()
    _tokens()
    tenant_table(
        "idempotency_keys",
        "key text not null, fingerprint bytea not null, status integer, body bytea, unique (workspace_id, key)",
    )
    let_sweep("gateway", "idempotency_keys", "select, delete")


def _workspaces() -> None:
    op.execute(
        "create table workspaces (id uuid primary key, created_at timestamptz not null default now(),"
        " name text not null)"
    )
    for statement in (
        "alter table workspaces enable row level security",
        "alter table workspaces force row level security",
        "create policy tenant on workspaces using (id = nullif(current_setting('app.workspace_id', true), '')::uuid)",
    ):
        op.execute(statement)


def _memberships() -> None:
    tenant_table(
        "memberships",
        "user_id uuid not null references users on delete cascade,"
        " role text not null check (role in ('OWNER', 'EDITOR', 'VIEWER')),"
        " foreign key (workspace_id) references workspaces on delete cascade, unique (workspace_id, user_id)",
    )
    op.execute("create index memberships_user on memberships (user_id)")
    # A person sees which workspaces are theirs before one is chosen: the session says who they are in app.user_id.
    op.execute(
        "create policy own on memberships for select using"
        " (user_id = nullif(current_setting('app.user_id', true), '')::uuid)"
    )
    op.execute(
        "create policy member on workspaces for select using (exists (select from memberships m"
        " where m.workspace_id = workspaces.id"
        " and m.user_id = nullif(current_setting('app.user_id', true), '')::uuid))"
    )


def _tokens() -> None:
    tenant_table(
        "refresh_tokens",
        "user_id uuid not null references users on delete cascade, family_id uuid not null,"
        " digest bytea not null unique, expires_at timestamptz not null, rotated_at timestamptz,"
        " revoked_at timestamptz",
    )
    op.execute("create index refresh_tokens_family on refresh_tokens (family_id)")
    let_sweep("gateway", "refresh_tokens", "select, delete")
