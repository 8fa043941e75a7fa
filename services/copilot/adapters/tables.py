"""The tables of the schema `copilot`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Table, Text, Uuid
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

proposals = Table(
    "proposals",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("names", JSONB, nullable=False),
    Column("key", Text, nullable=False),
    Column("diff", Text, nullable=False),
    Column("quotes", JSONB, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("leftovers", JSONB, nullable=False),
    Column("sampled_documents", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("author", Uuid),
    Column("decided_by", Uuid),
    Column("decided_at", UTC_TIME),
    Column("variable_ids", JSONB, nullable=False),
    Column("is_begun", Boolean, nullable=False),
    Column("message_id", Uuid),
)

messages = Table(
    "messages",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("quotes", JSONB, nullable=False),
    Column("quotes_not_found", JSONB, nullable=False),
    Column("proposal_ids", JSONB, nullable=False),
    Column("problem", Text, nullable=False),
    Column("author", Uuid),
    Column("model", Text, nullable=False),
    Column("reply_to", Uuid),
    Column("ended_at", UTC_TIME),
    Column("alive_until", UTC_TIME),
)

message_parts = Table(
    "message_parts",
    metadata,
    *tenant_columns(),
    Column("message_id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("part", Text, nullable=False),
)

setups = Table(
    "setups",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("steps", JSONB, nullable=False),
)
