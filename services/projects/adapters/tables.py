"""The tables of the schema `projects`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from coderai.kit.db import UTC_TIME, tenant_columns

metadata = MetaData()

projects = Table(
    "projects",
    metadata,
    *tenant_columns(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("unit", JSONB, nullable=False),
    Column("model", Text, nullable=False),
    Column("token_budget", BigInteger, nullable=False),
    Column("ask_per_variable", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_before", Text, nullable=False),
    Column("verify", Text, nullable=False),
    Column("reasoning_effort", Text, nullable=False),
    Column("chunk_long_documents", Boolean, nullable=False),
)

variables = Table(
    "variables",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("definition", JSONB, nullable=False),
)

prompts = Table(
    "prompts",
    metadata,
    *tenant_columns(),
    Column("variable_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("temperature", Float, nullable=False),
    Column("max_tokens", Integer, nullable=False),
    Column("asked", Text, nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("origin", Text, nullable=False),
    Column("author", Uuid),
    Column("active", Boolean, nullable=False),
    Column("refinement_id", Uuid),
)

codebooks = Table(
    "codebooks",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("hash", Text, nullable=False),
    Column("snapshot", JSONB, nullable=False),
)

templates = Table(
    "templates",
    metadata,
    *tenant_columns(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("schema", JSONB, nullable=False),
    Column("author", Uuid),
)

schema_changes = Table(
    "schema_changes",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("change_id", Uuid, nullable=False),
    Column("variable_ids", JSONB, nullable=False),
    Column("author", Uuid),
)

views = Table(
    "views",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("filter", JSONB, nullable=False),
    Column("sort", Text, nullable=False),
    Column("columns", JSONB, nullable=False),
)
"""Each is its user's alone: statements name the user, as the database's policies know workspaces only."""

visits = Table(
    "visits",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("seen_at", UTC_TIME, nullable=False),
)
"""When each user last saw a project."""
