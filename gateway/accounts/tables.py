"""The tables of the schema `gateway`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, MetaData, Table, Text, Uuid

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

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("expires_at", UTC_TIME, nullable=False),
    Column("rotated_at", UTC_TIME),
    Column("revoked_at", UTC_TIME),
)

api_keys = Table(
    "api_keys",
    metadata,
    *tenant_columns(),
    Column("user_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
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
