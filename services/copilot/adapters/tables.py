"""The tables of the schema `copilot`."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from coderai.kit.db import UTC_TIME, tenant_columns

metadata = MetaData()

refinements = Table(
    "refinements",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("variable_id", Uuid, nullable=False),
    Column("variable", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("groups", JSONB, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("based_on_prompt_id", Uuid, nullable=False),
    Column("asked", Text, nullable=False),
    Column("feedback_ids", JSONB, nullable=False),
    Column("document_ids", JSONB, nullable=False),
    Column("model", Text, nullable=False),
    Column("author", Uuid),
    Column("chosen_option", Integer, nullable=False),
    Column("prompt_id", Uuid),
    Column("decided_by", Uuid),
    Column("decided_at", UTC_TIME),
)
