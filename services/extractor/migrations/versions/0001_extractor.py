"""Jobs, tasks, extractions, the jobs' logs, and how far models' limits are used."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import let_sweep, outbox_table, tenant_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    tenant_table(
        "jobs",
        """
        project_id uuid not null,
        kind text not null,
        status text not null,
        status_reason text not null,
        codebook_hash text not null,
        codebook jsonb not null,
        model text not null,
        documents_total integer not null,
        documents_processed integer not null,
        documents_failed integer not null,
        consecutive_failures integer not null,
        token_budget bigint not null,
        tokens_in bigint not null,
        tokens_out bigint not null,
        tokens_cached bigint not null,
        cost double precision,
        last_sequence bigint not null,
        started_at timestamptz,
        finished_at timestamptz,
        pace_documents double precision not null,
        pace_seconds double precision not null,
        pace_since timestamptz
        """,
    )
    let_sweep("extractor", "jobs", "select (status, documents_total, documents_processed)")
    op.execute("create index jobs_by_project on jobs (project_id, id)")
    op.execute(
        "create unique index jobs_one_active on jobs (project_id) where status in ('PENDING', 'PROCESSING', 'PAUSED')"
    )
    tenant_table(
        "tasks",
        """
        job_id uuid not null references jobs on delete cascade,
        document_id uuid not null,
        document_name text not null,
        position integer not null,
        status text not null,
        attempts integer not null,
        error text not null,
        receipt jsonb,
        tokens_reserved bigint not null,
        tokens_in bigint not null,
        tokens_out bigint not null,
        tokens_cached bigint not null,
        changed_at timestamptz not null default now(),
        unique (job_id, document_id)
        """,
    )
    op.execute("create index tasks_in_order on tasks (job_id, status, position)")
    op.execute("create index tasks_in_queue on tasks (changed_at) where status = 'QUEUED'")
    let_sweep("extractor", "tasks", "select")
    tenant_table(
        "extractions",
        """
        project_id uuid not null,
        job_id uuid not null references jobs on delete cascade,
        document_id uuid not null,
        document_name text not null,
        variable_id uuid not null,
        variable text not null,
        position integer not null,
        entity_index integer not null,
        entity_text text not null,
        value jsonb,
        confidence double precision not null,
        evidence jsonb,
        status text not null,
        flags text[] not null,
        missing_reason text not null,
        explanation text not null,
        raw_value jsonb,
        candidates jsonb,
        prompt_version integer not null,
        prompt_version_id uuid not null,
        model text not null,
        unique (job_id, document_id, entity_index, variable_id)
        """,
    )
    tenant_table(
        "job_events",
        """
        job_id uuid not null references jobs on delete cascade,
        sequence bigint not null,
        event text not null,
        level text not null,
        document_id uuid,
        message text not null,
        metadata jsonb not null,
        progress jsonb not null,
        unique (job_id, sequence)
        """,
    )
    op.execute("create table model_limits (model text primary key, free_at timestamptz not null)")
    outbox_table("extractor")
