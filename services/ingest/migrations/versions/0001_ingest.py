"""Documents, their texts and chunks, and what they are compared by."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import outbox_table, tenant_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    tenant_table(
        "documents",
        """
        project_id uuid not null,
        source_document_id uuid references documents on delete cascade,
        position integer not null,
        name text not null,
        format text not null,
        size bigint not null,
        sha256 text not null,
        text_column text not null,
        status text not null,
        error_message text not null,
        document_count integer not null,
        word_count integer not null,
        page_count integer not null,
        chunk_count integer not null,
        language text not null,
        metadata jsonb not null,
        duplicate_of uuid references documents on delete set null,
        report jsonb not null,
        sketch bytea
        """,
    )
    op.execute("create index documents_in_order on documents (project_id, id)")
    op.execute("create unique index documents_bytes on documents (project_id, sha256) where source_document_id is null")
    for column in ("source_document_id", "duplicate_of"):
        op.execute(f"create index documents_{column} on documents ({column}) where {column} is not null")
    tenant_table(
        "document_texts",
        """
        text text not null,
        pages jsonb not null,
        foreign key (id) references documents on delete cascade
        """,
    )
    tenant_table(
        "chunks",
        """
        document_id uuid not null references documents on delete cascade,
        index integer not null,
        start integer not null,
        "end" integer not null,
        token_count integer not null,
        overlap_previous integer not null,
        unique (document_id, index)
        """,
    )
    tenant_table(
        "bands",
        """
        document_id uuid not null references documents on delete cascade,
        project_id uuid not null,
        band bigint not null
        """,
    )
    op.execute("create index bands_alike on bands (project_id, band, document_id)")
    op.execute("create index bands_of_document on bands (document_id)")
    outbox_table("ingest")
