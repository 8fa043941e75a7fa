"""The lane that a document waits on, what its text takes, and how much a workspace keeps."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows, tenant_table

revision = "0006_turns_and_storage"
down_revision = "0005"


def upgrade() -> None:
    for column in (
        "lane text not null default ''",
        "begun_at timestamptz",
        "is_large boolean not null default false",
        "text_bytes bigint not null default 0",
    ):
        op.execute(f"alter table documents add column {column}")
    tenant_table("usage", "documents bigint not null, bytes bigint not null, unique (workspace_id)")
    with all_rows("documents", "document_texts", "usage"):
        op.execute("update documents set is_large = true where size > 262144")
        op.execute("update documents d set text_bytes = octet_length(t.text) from document_texts t where t.id = d.id")
        # Their messages have no lane: they are sent again after 15 minutes, as lost ones are.
        op.execute("update documents set lane = 'rest' where status in ('UPLOADED', 'PARSED')")
        op.execute(
            "insert into usage (id, workspace_id, documents, bytes)"
            " select gen_random_uuid(), workspace_id, count(*),"
            " sum(text_bytes + case when source_document_id is null then size else 0 end)"
            " from documents group by workspace_id"
        )
    op.execute("drop index documents_unread")
    op.execute(
        "create index documents_unread on documents (sent_at) where status in ('UPLOADED', 'PARSED') and lane <> ''"
    )
    op.execute(
        "create index documents_turns on documents (workspace_id, lane, is_large, id)"
        " where status in ('UPLOADED', 'PARSED')"
    )
    op.execute("grant select (lane) on documents to coderai_ingest_sweeper")
