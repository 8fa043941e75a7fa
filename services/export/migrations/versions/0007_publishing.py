"""What part of a dataset an export holds, all of its files, and what could not be held."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows

revision = "0007"
down_revision = "0006_dataset"


def upgrade() -> None:
    op.execute("alter table exports add column choice jsonb not null default '{}'")
    op.execute("alter table exports add column files jsonb not null default '[]'")
    op.execute("alter table exports add column notes jsonb not null default '[]'")
    # What is known of the files of earlier exports.
    with all_rows("exports"):
        op.execute(
            """
            update exports set files = jsonb_build_array(jsonb_build_object(
                'name', file_name, 'role', 'DATASET', 'size', size, 'sha256', '', 'media_type', case format
                when 'CSV' then 'text/csv; charset=utf-8' when 'JSON' then 'application/json'
                else 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' end,
                'key', 'exports/' || project_id || '/' || id || '/dataset.' || lower(format)))
            where status = 'COMPLETE'
            """
        )
        op.execute(
            """
            update exports set files = files || jsonb_build_array(jsonb_build_object(
                'name', codebook_file_name, 'role', 'CODEBOOK', 'size', 0, 'sha256', '', 'media_type', 'text/markdown',
                'key', 'exports/' || project_id || '/' || id || '/codebook.md'))
            where status = 'COMPLETE' and codebook_file_name <> ''
            """
        )
