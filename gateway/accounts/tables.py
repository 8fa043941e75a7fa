"""The tables of the schema `gateway`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, MetaData, Table, Text, Uuid, func

from coderai.kit.db import UTC_TIME, tenant_columns

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("created_at", UTC_TIME, nullable=False),
    Column("email", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("verified_at", UTC_TIME),
)

# No tenant's: of whoever tries to sign in, before it is known who that is.
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("email", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("failures", Double, nullable=False),
    Column("last_at", UTC_TIME, nullable=False),
    Column("next_at", UTC_TIME, nullable=False),
)

# No tenant's: of addresses and users.
request_rates = Table(
    "request_rates",
    metadata,
    Column("who", Text, primary_key=True),
    Column("free_at", UTC_TIME, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("created_at", UTC_TIME, nullable=False),
    Column("name", Text, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("address", Text, nullable=False),
    Column("used_at", UTC_TIME, nullable=False),
    Column("expires_at", UTC_TIME, nullable=False),
    Column("ended_at", UTC_TIME),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("expires_at", UTC_TIME, nullable=False),
    Column("rotated_at", UTC_TIME),
    Column("is_cookie", Boolean, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("role", Text, nullable=False),
    Column("expires_at", UTC_TIME),
    Column("used_at", UTC_TIME),
)

tickets = Table(
    "tickets",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("session_id", Uuid),
    Column("api_key_id", Uuid),
    Column("digest", LargeBinary, nullable=False),
    Column("path", Text, nullable=False),
    Column("expires_at", UTC_TIME, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    *tenant_columns(),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("invited_by", Uuid, nullable=False),
    Column("digest", LargeBinary),
    Column("expires_at", UTC_TIME, nullable=False),
    Column("mailed_at", UTC_TIME),
)

links = Table(
    "links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("created_at", UTC_TIME, nullable=False, server_default=func.now()),
    Column("user_id", Uuid),
    Column("purpose", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("is_mailed", Boolean, nullable=False),
    Column("expires_at", UTC_TIME, nullable=False),
)

mails = Table(
    "mails",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("created_at", UTC_TIME, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("invitation_id", Uuid),
    Column("inviting_workspace", Uuid),
    Column("asked_by", Uuid),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UTC_TIME, nullable=False),
    Column("sent_at", UTC_TIME),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    *tenant_columns(),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("body", LargeBinary),
)
