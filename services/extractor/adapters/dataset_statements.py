"""The statements that enter documents into the dataset, built once; units and cells go in as JSON, a statement for all.

One parameter with all rows takes a fraction of the time that SQLAlchemy needs to bind each value of each row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template
from typing import Any

from sqlalchemy import ARRAY, Integer, Text, TextClause, Uuid, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from coderai.services.extractor.adapters.dataset_rows import CELL, STORED
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, units
from coderai.services.extractor.adapters.rows import BASIS
from coderai.services.extractor.adapters.tables import extractions, jobs
from coderai.services.extractor.domain.coding.extraction import Status
from coderai.services.extractor.domain.jobs.job import JobKind

_TYPES: Mapping[str, Any] = {
    **dict.fromkeys(("id", "workspace", "project", "document", "job", "identified_by"), Uuid),
    **dict.fromkeys(("name", "hash", "units", "cells", "documents"), Text),
    **dict.fromkeys(("unread_pages", "unsure_pages"), ARRAY(Integer)),
    **dict.fromkeys(("unit_ids", "variable_ids", "document_ids"), ARRAY(Uuid)),
    "text_version": Integer,
}
_OWN = "number int, text text, mentions jsonb, state text, added boolean, merged_into uuid, text_version int"
_SHOWN = (
    "extraction_id uuid, job_id uuid, value jsonb, label text, number float8, confidence float8, status text,"
    " flags text[], missing_reason text, support text, origin text, verdict text, feedback_id uuid, corrected_by uuid,"
    " asked text, settings text, model text, outdated text"
)
"""The columns of units and of cells beside their ids, each with its type."""


def _names(columns: str) -> str:
    return ", ".join(one.split()[0] for one in columns.split(", "))


def _replaced(columns: str) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in _names(columns).split(", "))


_PARTS = {
    "own": _names(_OWN),
    "typed_own": _OWN,
    "own_replaced": _replaced(_OWN),
    "shown": _names(_SHOWN),
    "typed_shown": _SHOWN,
    "shown_replaced": _replaced(_SHOWN),
    "add_units": """
        insert into units (id, workspace_id, project_id, document_id, $own)
        select id, :workspace, :project, :document, $own
        from jsonb_to_recordset(cast(:units as jsonb)) as one(id uuid, $typed_own)""",
    "add_cells": """
        insert into cells (id, workspace_id, project_id, document_id, unit_id, variable_id, $shown)
        select one.id, :workspace, :project, :document, one.unit_id, one.variable_id, $shown
        from jsonb_to_recordset(cast(:cells as jsonb)) as one(id uuid, unit_id uuid, variable_id uuid, $typed_shown)""",
}


def _text(sql: str) -> TextClause:
    """A statement in which $name stands for one of the parts, and :name for a parameter."""
    whole = Template(Template(sql).substitute(_PARTS)).substitute(_PARTS)
    names = sorted(set(re.findall(r"(?<!:):(\w+)", whole)))
    return text(whole).bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names))


ENTER = _text(
    """
    with document as (
        insert into coded_documents (id, workspace_id, project_id, document_id, document_name, job_id, status, error,
            unread_pages, unsure_pages, text_version, split)
        values (:id, :workspace, :project, :document, :name, :identified_by, 'DONE', '', :unread_pages, :unsure_pages,
            :text_version, '')
        on conflict (document_id) do update set document_name = excluded.document_name
        returning id = :id as is_new
    ),
    _units as ($add_units cross join document where is_new),
    _cells as ($add_cells cross join document where is_new)
    select is_new, coalesce((select hash from codebooks where project_id = :project), :hash) = :hash as is_present
    from document
    """
)
"""Locks a document, and enters it with its units and cells if it `is_new`; another is left as it is.

`is_present`: whether the codebook with this hash is the project's as it stands.
"""

PLAIN = _text(
    """
    select coalesce(job_id <= :job, true)
        and not exists (select from units where document_id = :document and (state <> 'PRESENT' or added))
        and not exists (select from unit_changes where document_id = :document)
        and not exists (select from feedback where document_id = :document)
        and not exists (select from cells where document_id = :document and job_id > :job)
    from coded_documents where document_id = :document
    """
)
"""Whether a document has nothing of people's, nor of newer jobs."""

REPLACE = _text(
    """
    with _gone as (delete from units where document_id = :document and id <> all(:unit_ids)),
    _gone_cells as (
        delete from cells
        where document_id = :document and (unit_id <> all(:unit_ids) or variable_id <> all(:variable_ids))
    ),
    _units as ($add_units on conflict (id) do update set $own_replaced),
    _cells as ($add_cells on conflict (unit_id, variable_id) do update set $shown_replaced)
    update coded_documents
    set job_id = :identified_by, status = 'DONE', error = '', unread_pages = :unread_pages,
        unsure_pages = :unsure_pages, text_version = :text_version
    where document_id = :document
    """
)
"""Puts a document's units and cells in place of all that it has."""

UPDATE_DOCUMENT = _text(
    """
    update coded_documents
    set job_id = coalesce(:identified_by, job_id), status = 'DONE', error = '', unread_pages = :unread_pages,
        unsure_pages = :unsure_pages, text_version = :text_version
    where document_id = :document and coalesce(job_id <= :job, true)
    returning id
    """
)
"""Notes what a job found of a document, unless a newer one has identified its units: then it gives no row."""

ADD_UNITS = _text(
    """
    $add_units
    on conflict (id) do update set number = excluded.number, text = excluded.text,
        mentions = excluded.mentions, text_version = excluded.text_version, state = 'PRESENT'
    where units.state in ('PRESENT', 'LOST')
    """
)
"""Adds units that a job has identified; what people have removed, merged or split stays that way."""

LOSE_UNITS = _text(
    """
    with vanished as (
        select id, exists (select from feedback where unit_id = units.id and undone_at is null)
            or exists (select from unit_changes where document_id = :document and units.id = any(unit_ids)) as is_known
        from units
        where document_id = :document and state = 'PRESENT' and not added and id <> all(:unit_ids)
    ),
    _gone as (delete from units where id in (select id from vanished where not is_known)),
    _gone_cells as (delete from cells where unit_id in (select id from vanished))
    update units set state = 'LOST' where id in (select id from vanished where is_known)
    """
)
"""Removes units that a job has not identified; those of which people have said something are LOST.

Those that people have added stay: one may have been added since the job began with the document.
"""

ENTER_FAILED = _text(
    """
    insert into coded_documents (id, workspace_id, project_id, document_id, document_name, status, error,
        unread_pages, unsure_pages, text_version, split)
    select id, :workspace, :project, document_id, name, 'FAILED', error, '{}', '{}', text_version, ''
    from jsonb_to_recordset(cast(:documents as jsonb))
        as one(id uuid, document_id uuid, name text, error text, text_version int)
    order by document_id
    on conflict (document_id) do update
    set error = case when coded_documents.status = 'FAILED' then excluded.error else coded_documents.error end
    """
)
"""Locks documents that have failed, in order, and enters those that are new."""

ADD_PLACES = _text(
    """
    insert into units (id, workspace_id, project_id, document_id, number, text, mentions, state, added, text_version)
    select md5(document_id || '/0')::uuid, :workspace, :project, document_id, 0, '', '[]', 'PRESENT', false,
        text_version
    from coded_documents d
    where document_id = any(:document_ids) and job_id is null
    and not exists (select from units where document_id = d.document_id)
    """
)
"""A row for each document in which nothing was ever identified."""

OUTDATE_FAILED = _text(
    """
    update cells set outdated = 'FAILED'
    where document_id = any(:document_ids) and variable_id = any(:variable_ids) and coalesce(job_id < :job, true)
    """
)

WRITE_CELLS = _text(
    """
    insert into cells (id, workspace_id, project_id, document_id, unit_id, variable_id, $shown)
    select one.id, :workspace, one.project_id, one.document_id, one.unit_id, one.variable_id, $shown
    from jsonb_to_recordset(cast(:cells as jsonb))
        as one(id uuid, project_id uuid, document_id uuid, unit_id uuid, variable_id uuid, $typed_shown)
    on conflict (unit_id, variable_id) do update set $shown_replaced
    """
)

_of_units = any_(bindparam("unit_ids", type_=ARRAY(Uuid)))
LOCK_OF_UNITS = (
    select(coded_documents.c.document_id, coded_documents.c.project_id)
    .where(coded_documents.c.document_id.in_(select(units.c.document_id).where(units.c.id == _of_units)))
    .order_by(coded_documents.c.document_id)
    .with_for_update()
)
UNITS = select(units.c.id, units.c.document_id, units.c.project_id, units.c.state).where(units.c.id == _of_units)
CELLS = select(*CELL).where(cells.c.unit_id == _of_units)
FEEDBACK = select(feedback).where(feedback.c.unit_id == _of_units, feedback.c.undone_at.is_(None))
_failed = extractions.c.status == Status.FAILED
NEWEST = (
    select(*(extractions.c[name] for name in (*STORED, "origin", "model", "unit_id")))
    .add_columns(extractions.c.basis.is_not(None).label("has_basis"))
    .join_from(extractions, jobs, jobs.c.id == extractions.c.job_id)
    .where(extractions.c.unit_id == _of_units, jobs.c.kind != JobKind.TRIAL)
    .ext(distinct_on(extractions.c.unit_id, extractions.c.variable_id, _failed))
    .order_by(extractions.c.unit_id, extractions.c.variable_id, _failed, extractions.c.job_id.desc())
)
"""Of each cell of some units the newest extraction that did not fail, and the newest that did."""
BASES = select(extractions.c.id, *BASIS).where(extractions.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
