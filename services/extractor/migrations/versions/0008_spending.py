"""What is spent on models, by day; what the co-pilot has set aside; workspaces' budgets."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows, tenant_table

revision = "0008_spending"
down_revision = "0007_task_correlation"


def upgrade() -> None:
    # Without a reference to the project: what was spent stays spent when that is deleted.
    tenant_table(
        "model_usage",
        """
        project_id uuid not null,
        day date not null,
        purpose text not null,
        model text not null,
        calls bigint not null,
        tokens_in bigint not null,
        tokens_out bigint not null,
        tokens_cached bigint not null,
        cost double precision not null
        """,
    )
    op.execute("create unique index model_usage_of_day on model_usage (workspace_id, project_id, day, purpose, model)")
    op.execute("create index model_usage_by_day on model_usage (workspace_id, day)")
    tenant_table("model_reservations", "project_id uuid not null, tokens bigint not null")
    tenant_table("workspace_budgets", "tokens_a_month bigint not null")
    op.execute("create unique index workspace_budgets_one on workspace_budgets (workspace_id)")
    with all_rows("jobs", "model_usage"):
        op.execute(
            "insert into model_usage (id, workspace_id, project_id, day, purpose, model, calls, tokens_in, tokens_out,"
            " tokens_cached, cost)"
            " select gen_random_uuid(), workspace_id, project_id, (created_at at time zone 'utc')::date, 'EXTRACTION',"
            " model, 0, sum(tokens_in), sum(tokens_out), sum(tokens_cached), coalesce(sum(cost), 0) from jobs"
            " where tokens_in + tokens_out > 0 group by workspace_id, project_id, 4, model"
        )
