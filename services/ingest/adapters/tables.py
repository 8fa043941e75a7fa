"""The tables of the schema `ingest`."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from coderai.kit.db import UTC_TIME, tenant_columns

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("source_document_id", Uuid),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("text_column", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("error_message", Text, nullable=False),
    Column("document_count", Integer, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("chunk_count", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("metadata", JSONB, nullable=False),
    Column("duplicate_of", Uuid),
    Column("report", JSONB, nullable=False),
    Column("sketch", LargeBinary),
    Column("sent_at", UTC_TIME, nullable=False, server_default=func.now()),
    Column("correlation_id", Text, nullable=False, server_default=""),
    Column("traceparent", Text, nullable=False, server_default=""),
    Column("lane", Text, nullable=False, server_default=""),
    Column("begun_at", UTC_TIME),
    Column("is_large", Boolean, nullable=False, server_default=false()),
    Column("text_bytes", BigInteger, nullable=False, server_default="0"),
    Column("whole", Boolean, nullable=False, server_default=false()),
    Column("asked", JSONB(none_as_null=True)),
    Column("turn", Uuid),
    Column("text_version", Integer, nullable=False, server_default="0"),
)
"""`lane`: empty for one that is not in the queue yet; `begun_at`: when a worker first took it.
`turn`: the document that its turn goes by: itself, or the first of those that are read with it.

`text_bytes`: of its text, and of what was left out of it. `asked`: of one that is read again, how; the other columns
say until then what the earlier reading gave. `text_version`: how often its text has changed.
"""

usage = Table(
    "usage",
    metadata,
    *tenant_columns(),
    Column("documents", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)
"""One row a workspace: what it keeps, changed in the transactions that change the documents."""

bands = Table(
    "bands",
    metadata,
    *tenant_columns(),
    Column("document_id", Uuid, nullable=False),
    Column("project_id", Uuid, nullable=False),
    Column("band", BigInteger, nullable=False),
)
"""Of the sketches of documents that repeat no other: texts that are alike have one in common."""

document_texts = Table(
    "document_texts",
    metadata,
    *tenant_columns(),
    Column("text", Text, nullable=False),
    Column("pages", JSONB, nullable=False),
    Column("words", JSONB, nullable=False, server_default="{}"),
)
"""One row for each READY document that has a text, under the document's id.

`words`: of pages that were read from pictures, by their numbers, as domain.scanned_words packs them, in Base64.
"""

chunks = Table(
    "chunks",
    metadata,
    *tenant_columns(),
    Column("document_id", Uuid, nullable=False),
    Column("index", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("token_count", Integer, nullable=False),
    Column("overlap_previous", Integer, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("text_column", Text, nullable=False),
    Column("replace", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("expires_at", UTC_TIME, nullable=False),
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("parts", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("writer", Uuid),
    Column("state", Text, nullable=False, server_default="RECEIVING"),
    Column("held_until", UTC_TIME),
    Column("document_id", Uuid),
    Column("created", Boolean, nullable=False, server_default=false()),
    Column("reread", Boolean, nullable=False, server_default=false()),
    Column("refusal", JSONB(none_as_null=True)),
)
"""Uploads that go on after a break. `received`: bytes that are kept, in `parts`, by their names in order.

`writer`: whose parts are kept from now on. `held_until`: while somebody stores it.
"""
