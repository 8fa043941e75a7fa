"""Fills a project of a running stack with a large dataset, by SQL: no document is read or coded for it."""

from __future__ import annotations

from typing import Any, Protocol

from coderai.deploy.stack import LocalStack

FORMS = ("march", "strike", "vigil", "sit-in", "blockade", "petition")
_TYPES = ("TEXT", "NUMBER", "DATE", "CATEGORY", "BOOLEAN")

# Of every five cells one is without a value; one of seven is flagged, one of thirty judged. Names and some texts are
# Arabic in every third row. `asked` is empty: of cells only each eleventh row is stale, as its document was reread.
_FILL = """
select set_config('app.workspace_id', :'workspace', false);
select setseed(0.5);
set search_path = extractor;
begin;
create temp table rows as select n, md5(:'project' || n)::uuid id,
    case when n % 3 = 0 then 'تقرير رقم ' || n || '.pdf' else 'report-' || n || '.txt' end as name
    from generate_series(1, {rows}) n;
create temp table variables (n int, id uuid, type text);
insert into variables values {variables};
insert into coded_documents (id, workspace_id, project_id, document_id, document_name, status, error, unread_pages,
    unsure_pages, text_version, split)
select id, :'workspace', :'project', id, name, 'DONE', '', '{{}}', '{{}}', 0, '' from rows;
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
    case when is_flagged then 'FLAGGED' else 'EXTRACTED' end,
    case when is_flagged then (array['{{LOW_CONFIDENCE}}', '{{UNCHECKED,AMBIGUOUS}}'])[1 + floor(random() * 2)]::text[]
        else '{{}}' end,
    case when is_missing then (array['NOT_STATED', 'NOT_STATED', 'AMBIGUOUS'])[1 + floor(random() * 3)] else '' end,
    case when is_missing then '' else 'STATED' end, 'EXTRACTED', case when random() < 0.03 then 'CORRECT' else '' end,
    '', '0123456789abcdef', 'offline', case when rows.n % 11 = 0 then 'REREAD' else '' end
from rows cross join variables cross join lateral (
    select random() < 0.2 is_missing, random() < 0.15 is_flagged, case type
        when 'NUMBER' then floor(exp(random() * 9))::text
        when 'DATE' then (date '1990-01-01' + (random() * 12000)::int)::text
        when 'CATEGORY' then ({forms})[1 + floor(random() * {form_count})]
        when 'BOOLEAN' then (array['true', 'false'])[1 + floor(random() * 2)]
        else case when rows.n % 3 = 0 then 'نقابة عمال النقل في الحي ' else 'the council of district ' end
            || floor(random() * 4000)
    end label
    where rows.n > 0 and variables.n >= 0
) drawn
order by rows.n, variables.n;
commit;
drop table rows, variables;
vacuum analyze coded_documents, units, cells;
"""


class Api(Protocol):
    """Calls of the API by somebody with a workspace."""

    def post(self, path: str, body: Any = None) -> Any: ...

    def get(self, path: str) -> Any: ...


def large_project(stack: LocalStack, api: Api, rows: int, variables: int, name: str = "A large dataset") -> str:
    """A project with so many rows and variables, called type_number; its id."""
    project = str(api.post("projects", {"name": name})["id"])
    made = [api.post(f"projects/{project}/variables", _variable(number)) for number in range(variables)]
    workspace = api.get("auth/me")["workspace"]["id"]
    script = _FILL.format(
        rows=rows,
        variables=", ".join(f"({number}, '{one['id']}', '{one['type']}')" for number, one in enumerate(made)),
        forms=f"array[{', '.join(map(repr, FORMS))}]",
        form_count=len(FORMS),
    )
    stack.postgres.psql(script, {"workspace": workspace, "project": project}, "coderai")
    return project


def _variable(number: int) -> dict[str, Any]:
    kind = _TYPES[number % len(_TYPES)]
    name = f"{kind.lower()}_{number}"
    categories = [{"value": form, "description": ""} for form in FORMS] if kind == "CATEGORY" else []
    return {"name": name, "type": kind, "instructions": f"The {name} that the report states.", "categories": categories}
