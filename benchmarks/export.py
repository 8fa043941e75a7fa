"""How long an export takes, from Postgres to the finished file, in each format, beside the format's bare writer.

    .venv/bin/python -m benchmarks export

A Postgres of its own is filled by SQL with documents of which each is a row: values of every type, several values and
values with two ends, quotes, missing reasons, flags, verdicts and corrections. The extractor's servicer and the export
are processes of their own, as in an installation. The bare writer gets the same rows, from memory.
"""

from __future__ import annotations

import asyncio
import csv
import json
import multiprocessing
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any, cast
from uuid import UUID

import psutil
from xlsxwriter import Workbook

import coderai.kit.garbage  # noqa: F401 - as in every service
from benchmarks.dataset import FORMS, OneProject
from benchmarks.line import report
from coderai.codebook.codebook import Codebook
from coderai.codebook.fingerprints import asked
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, IfMultipleValues, Variable, VariableType
from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.provision import provision
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.blobs import Blobs
from coderai.kit.db import Database
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.migrations import migrate
from coderai.services.export.adapters.extractor_client import ExtractorClient
from coderai.services.export.adapters.files import ExportFiles
from coderai.services.export.domain.choice import WHOLE
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Export, Layout, Options
from coderai.services.export.domain.stages import Stages
from coderai.services.export.domain.table import Row
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.entrypoints.grpc_service import ExtractorServicer

LARGE, SMALL = (10_000, 50), (100, 10)
"""Documents and variables."""
FORMATS = ("CSV", "PARQUET", "JSONL", "JSON", "SQLITE", "SAV", "DTA", "XLSX")
GOALS = {"CSV": 10.0, "PARQUET": 10.0, "XLSX": 30.0}
"""Seconds at most, of the large one."""
SMALL_GOAL, MEMORY_GOAL = 1.0, 300.0
"""Seconds; MB."""
MB = 10**6
KEY = identity.TokenKey("k" * 32)
TYPES = tuple(VariableType)
_SEVERAL = 7
"""Each seventh variable keeps several values."""

# Values missing, flags, verdicts, corrections: a fifth, a seventh, a thirtieth, a hundredth. Of each seventh variable
# two values a cell, of each eighth number two ends, in a fiftieth of texts a line break and other alphabets.
_FILL = """
select set_config('app.workspace_id', :'workspace', false);
select setseed(0.5);
set search_path = extractor;
begin;
create temp table rows as select n, md5(:'project' || n)::uuid id from generate_series(1, {rows}) n;
create temp table variables (n int, id uuid, name text, type text, several boolean, asked text);
insert into variables values {variables};
insert into jobs (id, workspace_id, project_id, kind, status, status_reason, codebook_hash, codebook, model,
    documents_total, documents_processed, documents_failed, consecutive_failures, token_budget, tokens_in, tokens_out,
    tokens_cached, last_sequence, pace_documents, pace_seconds, variables)
values (:'project', :'workspace', :'project', 'FULL', 'COMPLETE', '', '', '{{}}', 'openai:small', {rows}, {rows}, 0, 0,
    0, 0, 0, 0, 0, 0, 0, '{{}}');
insert into coded_documents (id, workspace_id, project_id, document_id, document_name, status, error, unread_pages,
    unsure_pages, text_version, split)
select id, :'workspace', :'project', id, 'report-' || n || '.txt', 'DONE', '', '{{}}', '{{}}', 0, '' from rows;
insert into units (id, workspace_id, project_id, document_id, number, text, mentions, state, added, text_version)
select id, :'workspace', :'project', id, 0, '', '[]', 'PRESENT', false, 0 from rows;
create temp table drawn as
select rows.n row_n, rows.id document_id, variables.*, is_missing, gen_random_uuid() extraction_id, one, two,
    random() < 0.01 is_corrected, floor(random() * 4000)::int place,
    case when is_missing then null
        when type = 'NUMBER' and several then jsonb_build_array(one::float8, two::float8)
        when type = 'NUMBER' and one::float8 < 3 then jsonb_build_object('low', one::float8, 'high', one::float8 + 100,
            'low_closed', true, 'high_closed', true)
        when type in ('NUMBER', 'BOOLEAN') then one::jsonb
        when several then jsonb_build_array(one, two) else to_jsonb(one) end value
from rows cross join variables cross join lateral (
    select random() < 0.2 is_missing, drawn_value(type, rows.n) one, drawn_value(type, variables.n) two
) drawn;
insert into extractions (id, workspace_id, project_id, job_id, document_id, document_name, variable_id, variable,
    position, entity_index, entity_text, value, confidence, evidence, status, flags, missing_reason, explanation,
    raw_value, candidates, support, origin, model_confidence, prompt_version, prompt_version_id, model, unit_id)
select extraction_id, :'workspace', :'project', :'project', document_id, 'report-' || row_n || '.txt', id, name, n, 0,
    '', value, 0.3 + 0.7 * sqrt(random()), case when value is not null then jsonb_build_object('quote',
        'The report of the day says that ' || one || ' were counted there', 'match', 'EXACT', 'start', place, 'end',
        place + 60, 'page', 1 + place / 400, 'spans',
        jsonb_build_array(jsonb_build_object('start', place, 'end', place + 60, 'page', 1 + place / 400))) end,
    'EXTRACTED', '{{}}', case when value is null then 'NOT_STATED' else '' end, 'It says so.', value, null,
    case when value is null then '' else 'STATED' end, 'EXTRACTED', 0.9, 1, id, 'openai:small', document_id
from drawn order by row_n, n;
insert into feedback (id, workspace_id, project_id, document_id, unit_id, variable_id, author, verdict, model_value,
    model_missing_reason, model_confidence, has_correction, corrected_value, missing_reason, note, is_final,
    extraction_id, prompt_version)
select extraction_id, :'workspace', :'project', document_id, document_id, id, :'workspace', 'INCORRECT', value, '', 0.5,
    true, value, '', '', false, extraction_id, 1
from drawn where is_corrected and value is not null;
insert into cells (id, workspace_id, project_id, document_id, unit_id, variable_id, extraction_id, job_id, value, label,
    confidence, status, flags, missing_reason, support, origin, verdict, feedback_id, corrected_by, asked, settings,
    model, outdated)
select gen_random_uuid(), :'workspace', :'project', d.document_id, d.document_id, d.id, d.extraction_id, :'project',
    d.value, coalesce(d.one, ''), 0.3 + 0.7 * sqrt(random()),
    case when f.id is not null then 'VALIDATED' when random() < 0.15 then 'FLAGGED' else 'EXTRACTED' end,
    (array['{{LOW_CONFIDENCE}}', '{{UNCHECKED,AMBIGUOUS}}', '{{}}', '{{}}', '{{}}', '{{}}'])
        [1 + floor(random() * 6)]::text[],
    case when d.value is null then (array['NOT_STATED', 'NOT_STATED', 'AMBIGUOUS'])[1 + floor(random() * 3)]
        else '' end,
    case when d.value is null then '' else 'STATED' end, case when f.id is null then 'EXTRACTED' else 'CORRECTED' end,
    case when f.id is null then '' else 'INCORRECT' end, f.id, f.author, asked, '0123456789abcdef', 'openai:small', ''
from drawn d left join feedback f on f.id = d.extraction_id
order by d.row_n, d.n;
commit;
drop table rows, variables, drawn;
vacuum analyze jobs, coded_documents, units, cells, extractions, feedback;
"""
_DRAW = """
create function extractor.drawn_value(type text, n int) returns text language sql volatile as $$
select case type
    when 'NUMBER' then floor(exp(random() * 9))::text
    when 'DATE' then (date '1990-01-01' + (random() * 12000)::int)::text
    when 'CATEGORY' then ({forms})[1 + floor(random() * {form_count})]
    when 'BOOLEAN' then (array['true', 'false'])[1 + floor(random() * 2)]
    when 'TEXT' then case when random() < 0.02 then E'نقابة عمال النقل\\nand "others"'
        else 'the council of district ' || floor(random() * 4000) || ' and the union of transport workers' end
end where n >= 0
$$;
"""


@dataclass(frozen=True, slots=True)
class Project:
    """What is exported."""

    documents: int
    codebook: Codebook
    who: identity.Identity
    id: UUID

    @property
    def size(self) -> str:
        """In words."""
        return f"{self.documents:,} documents x {len(self.codebook.variables)} variables"


@dataclass(frozen=True, slots=True)
class Taken:
    """What an export took, and the bare writer with the same rows."""

    seconds: float
    processor: float
    """Seconds of processor time of the process that exports."""
    memory: float
    """MB: the most that this process had."""
    rows: int
    bare: float
    """Seconds of processor time."""


def main() -> None:
    """Prints the measurements."""
    with TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as server:
        dsns = provision(server, Path(folder) / "passwords.json")["extractor"]
        migrate("extractor", dsns.owner)
        forms = f"array[{', '.join(repr(form) for form in FORMS)}]"
        server.psql(_DRAW.format(forms=forms, form_count=len(FORMS)), {}, "coderai")
        server.psql("grant execute on function extractor.drawn_value to public", {}, "coderai")
        for size in (SMALL, LARGE):
            project = _project(*size)
            own = {"workspace": str(project.who.workspace_id), "project": str(project.id)}
            server.psql(_fill(project), own, "coderai")
            for format in FORMATS if size == LARGE else ("CSV", "XLSX"):
                _measure(dsns.application, project, format)


def _measure(dsn: str, project: Project, format: str) -> None:
    with _extractor(dsn, project) as (address, process):
        before = sum(process.cpu_times()[:2])
        taken = _in_process(_export, address, project, format)
        extractor = sum(process.cpu_times()[:2]) - before
    name, is_large = f"export.{format.lower()}.{project.documents}", project.documents == LARGE[0]
    own = f"{taken.processor:.1f} s of processor time, {extractor:.1f} s of the extractor"
    bare = f"the bare writer takes {taken.bare:.1f} s for the same rows"
    goal = GOALS.get(format) if is_large else SMALL_GOAL
    how = f"{project.size} from Postgres to the files: {own}; {bare}"
    report(f"{name}.seconds", taken.seconds, "s", how, goal=goal, at_least=False)
    of_processor = f"{taken.rows / taken.processor:,.0f} of the export's and {taken.rows / taken.bare:,.0f} of the bare"
    how = f"{project.size}; per second of processor time {of_processor} writer's"
    report(f"{name}.rows", taken.rows / taken.seconds, "rows/s", how)
    goal = MEMORY_GOAL if is_large else None
    report(f"{name}.memory", taken.memory, "MB", "most of the process that exports", goal=goal, at_least=False)


def _in_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """What a process of its own returns, in which nothing was done before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


@contextmanager
def _extractor(dsn: str, project: Project) -> Iterator[tuple[str, psutil.Process]]:
    """The extractor's servicer in a process of its own: its address."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(dsn, project, there), daemon=True)
    process.start()
    try:
        yield f"127.0.0.1:{here.recv()}", psutil.Process(process.pid)
    finally:
        here.send(None)
        process.join(20)


def _serve(dsn: str, project: Project, ends: Connection) -> None:
    async def serve() -> None:
        db = Database(dsn, "extractor")
        open_store, unused = partial(db.session, kind=ExtractorStore), cast(Any, None)
        projects = OneProject(project.codebook)
        servicer = ExtractorServicer(open_store, projects, *[unused] * 7)
        register = partial(extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server, servicer)
        names = ["coderai.extractor.v1.ExtractorService"]
        async with serving("extractor", "127.0.0.1:0", KEY, register, names) as port:
            ends.send(port)
            await asyncio.to_thread(ends.recv)
        await db.close()

    asyncio.run(serve())


def _export(address: str, project: Project, format: str) -> Taken:
    return asyncio.run(_exported(address, project, format))


async def _exported(address: str, project: Project, format: str) -> Taken:
    with TemporaryDirectory() as folder, identity.acting_as(project.who):
        files = ExportFiles(Blobs(Path(folder, "blobs").as_uri()), folder)
        export = Export.define(new_id(), project.id, None, {"format": format})
        started, processor = time.perf_counter(), _processor()
        async with (
            PeerChannel("extractor", address, KEY) as channel,
            ExtractorClient(channel, folder).rows(project.id, None) as rows,
        ):
            parts = (rows.words, rows.documents, Options(), datetime.now(UTC), Layout.WIDE, WHOLE)
            made = await asyncio.to_thread(Dataset.of, str(project.id), None, rows.codebook, *parts)
            await files.store(export, made, Stages())
            seconds, processor = time.perf_counter() - started, _processor() - processor
            memory = getrusage(RUSAGE_SELF).ru_maxrss * 1024 / MB
            bare = _bare(format, made, Path(folder, "bare"))
        return Taken(seconds, processor, memory, made.row_count, bare)


def _processor() -> float:
    """Seconds of processor time of this process."""
    return time.process_time()


def _bare(format: str, dataset: Dataset, path: Path) -> float:
    """Seconds of processor time that the format's writer takes for the table, from rows in memory."""
    names, rows = [column.name for column in dataset.table.columns()], list(dataset.rows())
    started = _processor()
    _WRITERS[format](names, rows, path)
    return _processor() - started


def _bare_csv(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


def _bare_json(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n")


def _bare_xlsx(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([names, *rows]):
            sheet.write_row(number, 0, row)


def _bare_sqlite(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"CREATE TABLE data ({columns})")
        file.executemany(f"INSERT INTO data VALUES ({marks})", rows)
        file.commit()


def _frame(names: Sequence[str], rows: Sequence[Row]) -> Any:
    import pandas

    return pandas.DataFrame(rows, columns=list(names)).convert_dtypes()


def _bare_parquet(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    import pyarrow  # type: ignore[import-untyped]
    from pyarrow import parquet

    columns = {name: pyarrow.array(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)}
    parquet.write_table(pyarrow.table(columns), path, compression="zstd")


def _bare_sav(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    import pyreadstat

    pyreadstat.write_sav(_frame(names, rows), path, row_compress=True)


def _bare_dta(names: Sequence[str], rows: Sequence[Row], path: Path) -> None:
    import pyreadstat

    pyreadstat.write_dta(_frame(names, rows), path, version=14)


_WRITERS: Mapping[str, Callable[[Sequence[str], Sequence[Row], Path], None]] = {
    "CSV": _bare_csv,
    "PARQUET": _bare_parquet,
    "JSONL": _bare_json,
    "JSON": _bare_json,
    "SQLITE": _bare_sqlite,
    "SAV": _bare_sav,
    "DTA": _bare_dta,
    "XLSX": _bare_xlsx,
}


def _project(documents: int, variables: int) -> Project:
    """Variables of each type in turn, called type_number."""
    who = identity.Identity(new_id(), new_id(), identity.Role.VIEWER, "bench")
    return Project(documents, Codebook("", tuple(map(_variable, range(variables)))), who, new_id())


def _variable(number: int) -> Variable:
    kind = TYPES[number % len(TYPES)]
    prompt = PromptVersion(str(new_id()), 1, f"The {kind.lower()} that the report states.", 0.1, 512)
    several = IfMultipleValues.ALL if _keeps_several(number) else IfMultipleValues.FIRST
    categories = tuple(map(Category, FORMS)) if kind is VariableType.CATEGORY else ()
    name = f"{kind.lower()}_{number}"
    return Variable(str(new_id()), name, kind, prompt, categories=categories, if_multiple_values=several)


def _keeps_several(number: int) -> bool:
    return number % _SEVERAL == _SEVERAL - 1 and TYPES[number % len(TYPES)] is not VariableType.BOOLEAN


def _fill(project: Project) -> str:
    variables = ", ".join(
        f"({n}, '{v.id}', '{v.name}', '{v.type}', {_keeps_several(n)}, '{asked(v, project.codebook.unit)}')"
        for n, v in enumerate(project.codebook.variables)
    )
    return _FILL.format(rows=project.documents, variables=variables)


if __name__ == "__main__":
    main()
