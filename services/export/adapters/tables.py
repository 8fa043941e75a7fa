"""The tables of the schema `export`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, MetaData, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from coderai.kit.db import UTC_TIME, tenant_columns

metadata = MetaData()

exports = Table(
    "exports",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("job_id", Uuid),
    Column("format", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("file_name", Text, nullable=False, default=""),
    Column("codebook_file_name", Text, nullable=False, default=""),
    Column("size", BigInteger, nullable=False, default=0),
    Column("row_count", Integer, nullable=False, default=0),
    Column("choice", JSONB, nullable=False, default={}),
    Column("files", JSONB, nullable=False, default=[]),
    Column("notes", JSONB, nullable=False, default=[]),
    Column("finished_at", UTC_TIME),
    Column("progress", Double, nullable=False, server_default="0"),
    Column("expires_at", UTC_TIME),
    # Whether the blob store may hold files of it.
    Column("may_have_files", Boolean, nullable=False, server_default="true"),
    Column("sent_at", UTC_TIME, nullable=False, server_default=func.now()),
    Column("correlation_id", Text, nullable=False, server_default=""),
    Column("traceparent", Text, nullable=False, server_default=""),
)
