"""The filters of the dataset's rows as SQL: conditions on the tables `units` and `coded_documents`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from coderai.codebook.codebook import Codebook
from coderai.codebook.fingerprints import asked
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType
from coderai.kit.db import Session
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.adapters.staleness import as_it_stands, stale
from coderai.services.extractor.domain.dataset.filters import NONE, Comparison, Field, Filter, Subject
from coderai.services.extractor.domain.dataset.stale import StaleReason
from coderai.services.extractor.domain.dataset.units import UnitState

_OPERATORS: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.GREATER: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}
_PLAN_FOR_VALUES = text(
    "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('parallel_tuple_cost', '0.01', true)"
)
_COLUMNS = {Field.STATUS: "status", Field.MISSING: "missing_reason", Field.VERDICT: "verdict"}
_COLUMNS |= {Field.SUPPORT: "support", Field.ORIGIN: "origin"}


def rows_under(project_id: UUID, codebook: Codebook, filters: Sequence[Filter]) -> Select[Any]:
    """The ids of a project's rows (PRESENT units) for which all filters hold; more columns of `units` and
    `coded_documents` may be added."""
    return (
        select(units.c.id)
        .join(coded_documents, coded_documents.c.document_id == units.c.document_id)
        .where(units.c.project_id == project_id, units.c.state == UnitState.PRESENT)
        .where(*(_holds(one, codebook) for one in filters))
    )


async def plan_for_values(session: Session) -> None:
    """Has the transaction's statements planned for their parameters: how many rows a filter leaves decides how.

    And has several processes look through many cells: that one of them hands over is cheap beside what it looked at.
    """
    await session.execute(_PLAN_FOR_VALUES)


def date_text(value: Any) -> ColumnElement[str]:
    """The ISO 8601 date that a JSON value is: of two ends the lower."""
    ends = func.coalesce(value["low"].astext, value["high"].astext)
    return case((func.jsonb_typeof(value) == "object", ends), else_=_text(value))


def may_be_several(variable: Variable) -> bool:
    """Whether a cell's value may be a list."""
    return variable.if_multiple_values is IfMultipleValues.ALL and variable.type is not VariableType.BOOLEAN


def _holds(one: Filter, codebook: Codebook) -> ColumnElement[bool]:
    match one.subject:
        case Subject.DOCUMENT if one.field is Field.ID:
            return _compare(one.comparison, coded_documents.c.document_id, one.value)
        case Subject.DOCUMENT:
            return _named(coded_documents.c.document_name, one)
        case Subject.ENTITY:
            return _named(units.c.text, one)
        case Subject.ANY:
            return _any(one, codebook)
        case Subject.VARIABLE:
            return _of_variable(one, codebook)


def _named(name: ColumnElement[str], one: Filter) -> ColumnElement[bool]:
    if one.comparison is Comparison.CONTAINS:
        return _contains(name, one.value)
    return _compare(one.comparison, name, one.value)


def _of_variable(one: Filter, codebook: Codebook) -> ColumnElement[bool]:
    """Whether it holds for the variable's cell; one that is not there has no value, no flags and no words."""
    assert one.variable is not None
    of_project = and_(cells.c.project_id == units.c.project_id, cells.c.unit_id == units.c.id)
    own = and_(of_project, cells.c.variable_id == UUID(one.variable.id))
    if one.field is Field.VALUE:
        return exists().where(own, cells.c.value.is_not(None), _value(one.variable, one))
    condition = _condition(one, literal(asked(one.variable, codebook.unit)))
    if _holds_of_nothing(one):
        return ~exists().where(own, not_(condition))
    return exists().where(own, condition)


def _any(one: Filter, codebook: Codebook) -> ColumnElement[bool]:
    """Whether it holds for any cell of a variable of the codebook."""
    now = as_it_stands(codebook, codebook.variables)
    of_codebook = and_(
        cells.c.project_id == units.c.project_id,
        cells.c.unit_id == units.c.id,
        cells.c.variable_id == any_(_ids(codebook)),
    )
    looked_at: FromClause = cells
    if one.field is Field.STALE:
        looked_at = cells.join(now, now.c.variable_id == cells.c.variable_id)
    # First what rules most cells out: it is looked at for each of them.
    found = exists().select_from(looked_at).where(_condition(one, now.c.asked), of_codebook)
    if not _holds_of_nothing(one):
        return found
    there = select(func.count()).select_from(cells).where(of_codebook)
    return or_(found, there.scalar_subquery() < len(codebook.variables))


def _ids(codebook: Codebook) -> Any:
    return literal([UUID(variable.id) for variable in codebook.variables], ARRAY(Uuid))


def _condition(one: Filter, asked_now: ColumnElement[str]) -> ColumnElement[bool]:
    """What a filter says of a field of a cell, other than its value."""
    match one.field:
        case Field.CONFIDENCE:
            return and_(cells.c.value.is_not(None), _compare(one.comparison, cells.c.confidence, one.value))
        case Field.FLAG:
            has_none = cells.c.flags == cast([], ARRAY(Text))
            return _same(one, has_none if one.value == NONE else literal(one.value) == any_(cells.c.flags))
        case Field.STALE:
            reason = stale(cells, asked_now)
            if one.value in ("true", "false"):
                return _same(one, reason != "" if one.value == "true" else reason == "")
            return _same(one, reason == one.value)
    return _compare(one.comparison, cells.c[_COLUMNS[one.field]], "" if one.value == NONE else one.value)


def _same(one: Filter, is_it: Any) -> ColumnElement[bool]:
    """What a filter with = or != says, where `is_it` is what = says."""
    says: ColumnElement[bool] = is_it if one.comparison is Comparison.EQUAL else not_(is_it)
    return says


def _holds_of_nothing(one: Filter) -> bool:
    """Whether a filter holds for a cell that is not there: nothing was ever asked for it."""
    match one.field:
        case Field.CONFIDENCE:
            return False
        case Field.STALE:
            is_it = one.value in ("true", StaleReason.NEVER_ASKED)
        case _:
            is_it = one.value == NONE
    return is_it is (one.comparison is Comparison.EQUAL)


def _value(variable: Variable, one: Filter) -> ColumnElement[bool]:
    """What a filter says of a value that is there: of several, one has to satisfy it, or with != none be it."""
    if one.comparison is Comparison.UNEQUAL:
        return not_(_value(variable, Filter(one.subject, one.field, Comparison.EQUAL, one.value, variable)))
    if variable.type in (VariableType.NUMBER, VariableType.DATE) or one.comparison is Comparison.CONTAINS:
        if may_be_several(variable):
            several = func.jsonb_typeof(cells.c.value) == "array"
            listed = case((several, cells.c.value), else_=func.jsonb_build_array(cells.c.value))
            each = func.jsonb_array_elements(listed).table_valued(column("one", JSONB)).render_derived("several")
            return exists().select_from(each).where(_one_value(variable, one, each.c.one, None))
        return _one_value(variable, one, cells.c.value, cells.c.number)
    # A list that has the value contains it, as does the value itself.
    return cells.c.value.contains(bindparam(None, one.value, type_=JSONB, unique=True))


def _one_value(variable: Variable, one: Filter, value: Any, number: ColumnElement[float] | None) -> ColumnElement[bool]:
    if one.comparison is Comparison.CONTAINS:
        return _contains(_text(value), one.value)
    if variable.type is VariableType.NUMBER:
        return _compare(one.comparison, func.low_number(value) if number is None else number, one.value)
    date = date_text(value)
    # As far as both are stated: 2021 is neither before nor after 2021-03.
    return _compare(one.comparison, func.left(date, len(one.value)), func.left(one.value, func.length(date)))


def _compare(comparison: Comparison, left: Any, right: Any) -> ColumnElement[bool]:
    compared: ColumnElement[bool] = _OPERATORS[comparison](left, right)
    return compared


def _contains(whole: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether a text has a part, whatever the case, and whether accents are characters of their own or not."""
    return _compare(Comparison.GREATER, func.strpos(_folded(whole), _folded(literal(part))), 0)


def _folded(whole: ColumnElement[str]) -> ColumnElement[str]:
    return func.lower(func.normalize(whole))


def _text(value: Any) -> ColumnElement[str]:
    """A JSON text without its quotes."""
    plain: ColumnElement[str] = value.op("#>>")(cast([], ARRAY(Text)))
    return plain
