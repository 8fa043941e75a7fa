"""What the tenant policy costs at 500,000 extractions: each statement under the policy as it was and as it is.

    .venv/bin/python -m benchmarks policy

As it was, the policy compared each row with current_setting(...); now a subquery takes the setting once a statement.
Beside the workspace with 500,000 rows there are nine others with as many together.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.line import report
from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.provision import DATABASE, provision
from coderai.kit.migrations import ACTING_IN, migrate

DOCUMENTS, VARIABLES = 10_000, 50
ROUNDS = 7
OURS = UUID(int=1)
JOB = UUID(int=1)
SETTING = "nullif(current_setting('app.workspace_id', true), '')::uuid"
POLICIES = {"was": SETTING, "is": ACTING_IN}

_FILL = f"""
insert into jobs (id, workspace_id, project_id, kind, status, status_reason, codebook_hash, codebook, model,
    documents_total, documents_processed, documents_failed, consecutive_failures, token_budget, tokens_in, tokens_out,
    tokens_cached, last_sequence, pace_documents, pace_seconds)
select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'FULL',
    'COMPLETE', '', '', '{{}}', 'offline', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from generate_series(1, 10) as n;
insert into extractions (id, workspace_id, project_id, job_id, document_id, document_name, variable_id, variable,
    position, entity_index, entity_text, value, confidence, evidence, status, flags, missing_reason, explanation,
    prompt_version, prompt_version_id, model)
select gen_random_uuid(), owner, owner, owner, lpad(to_hex(1000000 + d), 32, '0')::uuid, 'report-' || d || '.txt',
    lpad(to_hex(v), 32, '0')::uuid, 'variable_' || v, v, 0, '', to_jsonb('value ' || d % 997),
    (d % 100) / 100.0, jsonb_build_object('quote', repeat('a quote of some length ', 5), 'match', 'EXACT'),
    case when d % 7 = 0 then 'FLAGGED' else 'EXTRACTED' end, '{{}}', '', '', 1, gen_random_uuid(), 'offline'
from generate_series(1, {DOCUMENTS}) as d cross join generate_series(1, {VARIABLES}) as v
cross join lateral (select lpad(to_hex(w), 32, '0')::uuid as owner
    from (select 1 as w union all select 2 + d % 9) as workspaces) as of_workspace;
analyze;
"""
_STATEMENTS: Mapping[str, str] = {
    "count_all": "select count(*) from extractions",
    "facets": "select status, count(*) from extractions where job_id = $1 group by status",
    "statistics": (
        "select variable, count(*), avg(confidence) from extractions where job_id = $1 group by position, variable"
    ),
    "page": ("select * from extractions where job_id = $1 order by document_id, entity_index, position limit 200"),
    "documents_of_page": (
        "select * from extractions where job_id = $1 and document_id = any"
        " (array(select lpad(to_hex(1000000 + n), 32, '0')::uuid from generate_series(1, 100) as n))"
    ),
    "delete_1000_documents": (
        "delete from extractions where job_id in (select id from jobs where project_id = $1) and document_id = any"
        " (array(select lpad(to_hex(1000000 + n), 32, '0')::uuid from generate_series(1, 1000) as n))"
    ),
}


def main() -> None:
    """Prints the measurements."""
    asyncio.run(_main())


async def _main() -> None:
    with TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder, "postgres"), unsafe_fast=True) as server:
        dsns = provision(server, Path(folder, "passwords.json"))["extractor"]
        await asyncio.to_thread(migrate, "extractor", dsns.owner)
        await asyncio.to_thread(server.psql, f"set search_path = extractor; {_FILL}", database=DATABASE)
        async with AsyncExitStack() as stack:
            owner, application = [await asyncpg.connect(dsn) for dsn in (dsns.owner, dsns.application)]
            stack.push_async_callback(owner.close)
            stack.push_async_callback(application.close)
            for name, condition in POLICIES.items():
                for table in ("jobs", "extractions"):
                    await owner.execute(f"alter policy tenant on {table} using (workspace_id = {condition})")
                for statement, sql in _STATEMENTS.items():
                    milliseconds, plan = await _timed(application, sql)
                    report(f"policy.{name}.{statement}", milliseconds, "ms", plan)


async def _timed(connection: asyncpg.Connection[Any], sql: str) -> tuple[float, str]:
    """The median of the execution times, and the plan's nodes."""
    times, nodes = [], ""
    for _ in range(ROUNDS):
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("select set_config('app.workspace_id', $1, true)", str(OURS))
        arguments = [JOB] if "$1" in sql else []
        told = json.loads(await connection.fetchval(f"explain (analyze, timing off, format json) {sql}", *arguments))[0]
        await transaction.rollback()
        times.append(told["Execution Time"])
        nodes = " > ".join(_nodes(told["Plan"]))
    return median(times), nodes


def _nodes(plan: Mapping[str, Any]) -> list[str]:
    own = plan["Node Type"] + (f" {plan['Index Name']}" if "Index Name" in plan else "")
    return [own, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]


if __name__ == "__main__":
    main()
