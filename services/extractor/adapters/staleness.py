"""Which cells of the dataset should be asked again, and why, given the project's codebook as it stands; as SQL.

A cell that its variable's conditions rule out (NOT_APPLICABLE) is asked nothing: neither another prompt nor another
model make it stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
    case,
    column,
    func,
    literal,
    select,
    true,
)

from coderai.codebook.codebook import Codebook
from coderai.codebook.fingerprints import asked
from coderai.codebook.variable import Variable
from coderai.kit.db import Session
from coderai.services.extractor.adapters.dataset_tables import cells, units
from coderai.services.extractor.domain.coding.extraction import MissingReason
from coderai.services.extractor.domain.dataset.stale import StaleReason
from coderai.services.extractor.domain.dataset.units import UnitState


def as_it_stands(codebook: Codebook, variables: Iterable[Variable]) -> FromClause:
    """A relation of variables: variable_id, variable (its name), asked (codebook.fingerprints) and position, from 1."""
    wanted = list(variables)
    ids = literal([UUID(variable.id) for variable in wanted], ARRAY(Uuid))
    names = literal([variable.name for variable in wanted], ARRAY(Text))
    prints = literal([asked(variable, codebook.unit) for variable in wanted], ARRAY(Text))
    columns = (column("variable_id", Uuid), column("variable", Text), column("asked", Text))
    rows = func.unnest(ids, names, prints).table_valued(*columns, with_ordinality="position")
    return rows.render_derived("as_it_stands")


def stale(cell: Any, asked_now: ColumnElement[str], other_than: str = "") -> ColumnElement[str]:
    """A cell's StaleReason, empty when it need not be asked again.

    `cell` is the table of cells, or a relation with its columns `extraction_id`, `missing_reason`, `outdated`, `asked`
    and `model`; all null where the unit has no such cell. `asked_now`: the fingerprint of the cell's variable as it
    stands. With `other_than`, a model's name, OTHER_MODEL counts, too.
    """
    rules: list[tuple[ColumnElement[bool], Any]] = [
        (func.coalesce(cell.c.missing_reason, "") == MissingReason.NOT_APPLICABLE, func.coalesce(cell.c.outdated, "")),
        (cell.c.outdated != "", cell.c.outdated),
        (cell.c.extraction_id.is_(None), StaleReason.NEVER_ASKED),
        (and_(cell.c.asked != "", cell.c.asked != asked_now), StaleReason.ASKED_OTHERWISE),
    ]
    if other_than:
        rules.append((and_(cell.c.model != "", cell.c.model != other_than), StaleReason.OTHER_MODEL))
    return case(*rules, else_="")


def stale_cells(
    project_id: UUID, codebook: Codebook, variables: Collection[str] = (), *, other_model: bool = False
) -> Select[Any]:
    """The stale cells of a project's PRESENT units, those that do not exist among them.

    Its columns: unit_id, document_id, variable_id, position (of the variable among those looked at, from 1) and reason.
    `variables`: names of the only ones to look at; all when empty.
    """
    now = as_it_stands(codebook, _looked_at(codebook, variables))
    reason = stale(cells, now.c.asked, codebook.model if other_model else "")
    return (
        select(units.c.id.label("unit_id"), units.c.document_id, now.c.variable_id, now.c.position)
        .add_columns(reason.label("reason"))
        .select_from(units)
        .join(now, true())
        .outerjoin(cells, and_(cells.c.unit_id == units.c.id, cells.c.variable_id == now.c.variable_id))
        .where(units.c.project_id == project_id, units.c.state == UnitState.PRESENT, reason != "")
    )


async def stale_variables(
    session: Session, project_id: UUID, codebook: Codebook, variables: Collection[str] = (), other_model: bool = False
) -> dict[UUID, list[str]]:
    """By the document's id, the names of the variables of which it has stale cells, in the order of the columns.

    Documents without any are left out; those that are there are in upload order. `variables`: names of the only ones
    to look at, all when empty. `other_model`: whether cells that another model than the codebook's answered count, too.
    """
    names = [variable.name for variable in _looked_at(codebook, variables)]
    found = stale_cells(project_id, codebook, variables, other_model=other_model).subquery()
    # One row for each document: of 10,000 with 50 variables there may be half a million cells.
    positions = func.array_agg(found.c.position.distinct()).label("positions")
    wanted = select(found.c.document_id, positions).group_by(found.c.document_id).order_by(found.c.document_id)
    return {
        row.document_id: [names[position - 1] for position in row.positions] for row in await session.execute(wanted)
    }


def _looked_at(codebook: Codebook, names: Collection[str]) -> list[Variable]:
    """The variables of these names, in the order of the columns; all when there are none."""
    return [variable for variable in codebook.variables if not names or variable.name in names]
