"""Whether the evidence states the value, where the value comes from, and the model's own confidence."""

from __future__ import annotations

from alembic import op

from coderai.kit.migrations import all_rows

revision = "0005_support"
down_revision = "0004_event_correlation"


def upgrade() -> None:
    # Of what was coded before, nobody has checked it.
    op.execute(
        "alter table extractions add support text not null default 'UNCHECKED',"
        " add origin text not null default 'EXTRACTED', add model_confidence double precision not null default 0"
    )
    with all_rows("extractions"):
        op.execute("update extractions set model_confidence = confidence")
        op.execute("update extractions set support = '' where value is null")
        op.execute("update extractions set origin = 'DEFAULTED', support = '' where 'DEFAULT_USED' = any(flags)")
    op.execute(
        "alter table extractions alter support drop default, alter origin drop default,"
        " alter model_confidence drop default"
    )
