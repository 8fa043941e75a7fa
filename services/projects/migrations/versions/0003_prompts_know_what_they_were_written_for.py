"""A prompt version keeps what was asked when it was written, in place of a copy of the reply's schema."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows

revision = "0003"
down_revision = "0002_tenant_policy"


def upgrade() -> None:
    op.execute(
        "alter table prompts add asked text not null default '', add answers jsonb not null default '{}',"
        " drop response_schema"
    )
    # Of earlier versions it is not known: they are taken to be written for what their variables are now.
    with all_rows("prompts", "variables"):
        op.execute(
            """
            update prompts set asked = prompts.text, answers = jsonb_build_object(
                'type', variables.definition -> 'type',
                'categories', (
                    select coalesce(jsonb_agg(category -> 'value'), '[]')
                    from jsonb_array_elements(variables.definition -> 'categories') as category
                )
            )
            from variables where variables.id = prompts.variable_id
            """
        )
    op.execute("alter table prompts alter asked drop default, alter answers drop default")
