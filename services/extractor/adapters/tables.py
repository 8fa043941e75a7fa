"""The tables of the schema `extractor`."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Date, Float, Integer, MetaData, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from coderai.kit.db import UTC_TIME, tenant_columns

metadata = MetaData()
_JSON = JSONB(none_as_null=True)

jobs = Table(
    "jobs",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_reason", Text, nullable=False),
    Column("codebook_hash", Text, nullable=False),
    Column("codebook", _JSON, nullable=False),
    Column("model", Text, nullable=False),
    Column("documents_total", Integer, nullable=False),
    Column("documents_processed", Integer, nullable=False),
    Column("documents_failed", Integer, nullable=False),
    Column("consecutive_failures", Integer, nullable=False),
    Column("token_budget", BigInteger, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("tokens_cached", BigInteger, nullable=False),
    Column("cost", Float),
    Column("last_sequence", BigInteger, nullable=False),
    Column("started_at", UTC_TIME),
    Column("finished_at", UTC_TIME),
    Column("pace_documents", Float, nullable=False),
    Column("pace_seconds", Float, nullable=False),
    Column("pace_since", UTC_TIME),
    Column("sample_seed", Integer),
    Column("variables", ARRAY(Text), nullable=False),
)
"""`variables`: names of the only variables that it asks; empty when it asks all."""

tasks = Table(
    "tasks",
    metadata,
    *tenant_columns(),
    Column("job_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("document_name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("receipt", _JSON),
    Column("tokens_reserved", BigInteger, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("tokens_cached", BigInteger, nullable=False),
    Column("changed_at", UTC_TIME, nullable=False, server_default=func.now(), onupdate=func.now()),
    Column("correlation_id", Text, nullable=False, server_default=""),
    Column("traceparent", Text, nullable=False, server_default=""),
    Column("text_version", Integer, nullable=False, server_default="0"),
    Column("variables", ARRAY(Text)),
)
"""`variables`: names of the only variables that it asks; null when it asks all of the job's.

`text_version`: the newest of the document's texts that is known here: it is coded from that, or to be."""

extractions = Table(
    "extractions",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("job_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("document_name", Text, nullable=False),
    Column("variable_id", Uuid, nullable=False),
    Column("variable", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("entity_index", Integer, nullable=False),
    Column("entity_text", Text, nullable=False),
    Column("value", _JSON),
    Column("confidence", Float, nullable=False),
    Column("evidence", _JSON),
    Column("status", Text, nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("missing_reason", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("raw_value", _JSON),
    Column("candidates", _JSON),
    Column("support", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("model_confidence", Float, nullable=False),
    Column("prompt_version", Integer, nullable=False),
    Column("prompt_version_id", Uuid, nullable=False),
    Column("model", Text, nullable=False),
    Column("unit_id", Uuid),
    Column("basis", _JSON),
)
"""`unit_id`: null of trials, and of jobs that were not the newest of their documents when there were no units yet;
`basis`: what the extraction was decided from, so that it can be decided again under other settings.
"""

job_events = Table(
    "job_events",
    metadata,
    *tenant_columns(),
    Column("job_id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("document_id", Uuid),
    Column("message", Text, nullable=False),
    Column("metadata", _JSON, nullable=False),
    Column("progress", _JSON, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("trace_id", Text, nullable=False, server_default=""),
)

model_usage = Table(
    "model_usage",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("tokens_cached", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
)

model_reservations = Table(
    "model_reservations",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)

workspace_budgets = Table(
    "workspace_budgets",
    metadata,
    *tenant_columns(),
    Column("tokens_a_month", BigInteger, nullable=False),
)

# No tenant's: a provider counts the requests of an installation, whoever they are made for.
model_limits = Table(
    "model_limits",
    metadata,
    Column("model", Text, primary_key=True),
    Column("free_at", UTC_TIME, nullable=False),
)
