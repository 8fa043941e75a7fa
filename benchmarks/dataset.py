"""How long a page of the dataset's rows takes, and its facets, under filters: 10,000 rows of 50 variables each.

    .venv/bin/python -m benchmarks.dataset

A Postgres of its own is filled by SQL; what is measured is what the service does for a request once it has the
project's codebook, from the filter's text to the message as bytes, in the tenant's session under row-level security.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from benchmarks.line import report
from coderai.codebook.codebook import Codebook
from coderai.codebook.fingerprints import asked
from coderai.codebook.plain import write
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, Variable, VariableType
from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.provision import provision
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.ids import new_id
from coderai.kit.migrations import migrate
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer

ROWS, VARIABLES, TIMES = 10_000, 50, 40
FORMS = ("march", "strike", "vigil", "sit-in", "blockade", "petition")
TYPES = tuple(VariableType)
PAGES = {
    "number": {"filter": ["number_1>=50"], "sort": "-number_6"},
    "two": {"filter": ["category_3=march", "text_0~district 1"], "sort": "date_2"},
    "any": {"filter": ["any.status=FLAGGED"], "sort": "document"},
    "stale": {"filter": ["number_1.stale=false", "category_3.verdict=NONE"], "sort": "-category_3.confidence"},
    "plain": {},
}
FACETS = {"number": {"filter": ["number_1>=50"]}, "any": {"filter": ["any.status=FLAGGED"]}, "plain": {}}

# Values missing, flags, verdicts: a fifth, a seventh, a thirtieth. Cells come document by document, as jobs write them.
_FILL = """
select set_config('app.workspace_id', :'workspace', false);
set search_path = extractor;
begin;
create temp table rows as select n, md5('row' || n)::uuid id from generate_series(1, {rows}) n;
create temp table variables (n int, id uuid, type text, asked text);
insert into variables values {variables};
insert into coded_documents (id, workspace_id, project_id, document_id, document_name, status, error, unread_pages,
    unsure_pages, text_version, split)
select id, :'workspace', :'project', id, 'report-' || n || '.txt', 'DONE', '', '{{}}', '{{}}', 0, '' from rows;
insert into units (id, workspace_id, project_id, document_id, number, text, mentions, state, added, text_version)
select id, :'workspace', :'project', id, 0, '', '[]', 'PRESENT', false, 0 from rows;
insert into cells (id, workspace_id, project_id, document_id, unit_id, variable_id, extraction_id, job_id, value, label,
    number, confidence, status, flags, missing_reason, support, origin, verdict, asked, settings, model, outdated)
select gen_random_uuid(), :'workspace', :'project', rows.id, rows.id, variables.id, gen_random_uuid(), :'project',
    case when is_missing then null when type in ('NUMBER', 'BOOLEAN') then label::jsonb else to_jsonb(label) end,
    case when is_missing then '' else label end,
    case when is_missing then null when type = 'NUMBER' then label::float8
        when type = 'DATE' then left(label, 4)::float8 end,
    case when is_missing then 0 else 0.3 + 0.7 * sqrt(random()) end,
    case when random() < 0.15 then 'FLAGGED' else 'EXTRACTED' end,
    (array['{{LOW_CONFIDENCE}}', '{{UNCHECKED,AMBIGUOUS}}', '{{}}', '{{}}', '{{}}', '{{}}'])
        [1 + floor(random() * 6)]::text[],
    case when is_missing then (array['NOT_STATED', 'NOT_STATED', 'AMBIGUOUS'])[1 + floor(random() * 3)] else '' end,
    case when is_missing then '' else 'STATED' end, 'EXTRACTED', case when random() < 0.03 then 'CORRECT' else '' end,
    asked, '0123456789abcdef', 'offline', ''
from rows cross join variables cross join lateral (
    select random() < 0.2 is_missing, case type
        when 'NUMBER' then floor(exp(random() * 9))::text
        when 'DATE' then (date '1990-01-01' + (random() * 12000)::int)::text
        when 'CATEGORY' then ({forms})[1 + floor(random() * {form_count})]
        when 'BOOLEAN' then (array['true', 'false'])[1 + floor(random() * 2)]
        else 'the council of district ' || floor(random() * 4000) || ' and the union of transport workers'
    end label
    where rows.n > 0 and variables.n >= 0
) drawn
order by rows.n, variables.n;
commit;
vacuum analyze coded_documents, units, cells;
"""


class OneProject:
    """usecases.ports.Projects with a codebook that is at hand."""

    def __init__(self, codebook: Codebook) -> None:
        self._plain = to_plain(from_plain(codebook_pb2.Codebook, write(codebook)))

    async def freeze(self, project_id: UUID) -> Mapping[str, Any]:
        return self._plain

    async def must_exist(self, project_id: UUID) -> None:
        pass

    async def token_budget(self, project_id: UUID) -> int:
        return 0


def main() -> None:
    """Prints the measurements."""
    with TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as server:
        dsns = provision(server, Path(folder) / "passwords.json")["extractor"]
        migrate("extractor", dsns.owner)
        codebook, project_id = _codebook(), new_id()
        who = identity.Identity(new_id(), new_id(), identity.Role.VIEWER, "bench")
        server.psql(_fill(codebook), {"workspace": str(who.workspace_id), "project": str(project_id)}, "coderai")
        asyncio.run(_measure(dsns.application, codebook, project_id, who))


async def _measure(dsn: str, codebook: Codebook, project_id: UUID, who: identity.Identity) -> None:
    db = Database(dsn, "extractor")
    servicer = DatasetServicer(open_store=partial(db.session, kind=ExtractorStore), projects=OneProject(codebook))
    of = f"{ROWS} rows x {VARIABLES} variables"
    with identity.acting_as(who):
        for name, fields in PAGES.items():
            page = pb.ListDatasetRowsRequest(project_id=str(project_id), page_size=50, **fields)
            how = f"50 rows with all variables, {of}, {_how(fields)}, {TIMES} times"
            await _times(f"dataset.page.{name}", how, 200, partial(servicer.ListDatasetRows, page, None))
        for name, fields in FACETS.items():
            facets = pb.GetDatasetFacetsRequest(project_id=str(project_id), **fields)
            how = f"facets of all variables, {of}, {_how(fields)}, {TIMES} times"
            await _times(f"dataset.facets.{name}", how, 500, partial(servicer.GetDatasetFacets, facets, None))
        stale = pb.GetStalenessRequest(project_id=str(project_id))
        await _times("dataset.staleness", f"{of}, {TIMES} times", None, partial(servicer.GetStaleness, stale, None))
    await db.close()


async def _times(name: str, how: str, goal: float | None, ask: Callable[[], Awaitable[Any]]) -> None:
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        (await ask()).SerializeToString()
        took.append((time.perf_counter() - started) * 1000)
    percentiles = quantiles(took, n=20)
    report(f"{name}.p50", percentiles[9], "ms", how)
    report(f"{name}.p95", percentiles[18], "ms", how, goal=goal, at_least=False)


def _how(fields: Mapping[str, Any]) -> str:
    under = " and ".join(fields.get("filter", [])) or "no filter"
    return f"under {under}" + (f", sorted by {fields['sort']}" if "sort" in fields else "")


def _codebook() -> Codebook:
    """Variables of each type in turn, called type_number."""
    return Codebook("", tuple(_variable(n, TYPES[n % len(TYPES)]) for n in range(VARIABLES)))


def _variable(number: int, kind: VariableType) -> Variable:
    name = f"{kind.lower()}_{number}"
    prompt = PromptVersion(str(new_id()), 1, f"The {name} that the report states.", 0.1, 512)
    categories = tuple(map(Category, FORMS)) if kind is VariableType.CATEGORY else ()
    return Variable(str(new_id()), name, kind, prompt, categories=categories)


def _fill(codebook: Codebook) -> str:
    variables = ", ".join(
        f"({n}, '{v.id}', '{v.type}', '{asked(v, codebook.unit)}')" for n, v in enumerate(codebook.variables)
    )
    forms = f"array[{', '.join(repr(form) for form in FORMS)}]"
    return _FILL.format(rows=ROWS, variables=variables, forms=forms, form_count=len(FORMS))


if __name__ == "__main__":
    main()
