"""Which cells of the dataset can be drawn for review, and the samples that were drawn, in Postgres.

A draw looks at ids, confidences and reasons alone, in the database: the values of 500,000 cells stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    func,
    insert,
    literal,
    select,
)

from coderai.kit.db import Session, any_of
from coderai.kit.ids import new_id
from coderai.measuring.design import BANDS, Kind, Stratum
from coderai.services.extractor.adapters.dataset_tables import cells, review_samples, sample_cells, units
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import Origin, Status
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.usecases.reviewing import Picked, Sample

_AT_A_TIME = 1000


def of_model(name: str) -> ColumnElement[Any]:
    """A column of a cell as the model gave it, in a relation of JUDGEABLE: a correction hides it."""
    return case((cells.c.origin == Origin.CORRECTED, extractions.c[name]), else_=cells.c[name])


JUDGEABLE: FromClause = cells.join(units, units.c.id == cells.c.unit_id).outerjoin(
    extractions, and_(cells.c.origin == Origin.CORRECTED, extractions.c.id == cells.c.extraction_id)
)
"""Cells with their units, and with their extractions where they are corrected: no other's are looked at."""


def is_judgeable(project_id: UUID, variable_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Holds in JUDGEABLE for a cell of which a model says something: of a row, with an extraction that did not fail."""
    return and_(
        cells.c.project_id == project_id,
        cells.c.variable_id == any_of(variable_ids),
        cells.c.extraction_id.is_not(None),
        units.c.state == UnitState.PRESENT,
        of_model("status") != Status.FAILED,
    )


class SampleStore(Session):
    """usecases.reviewing.SampleStore."""

    async def count_kinds(self, project_id: UUID, variable_ids: Sequence[UUID]) -> dict[Kind, int]:
        found = _population(project_id, variable_ids).subquery()
        kind = (found.c.variable_id, found.c.band, found.c.reason)
        counted = await self.execute(select(*kind, func.count().label("cells")).group_by(*kind))
        return {Kind(row.variable_id, row.band, row.reason): row.cells for row in counted}

    async def pick(
        self, project_id: UUID, variable_ids: Sequence[UUID], size: int, seed: int, strata: Sequence[Stratum]
    ) -> list[Picked]:
        found = _population(project_id, variable_ids).subquery()
        drawn = _of_strata(found, seed, strata) if strata else _of_all(found, seed, size)
        return [Picked(**row._mapping) for row in await self.execute(drawn)]

    async def add_sample(self, sample: Sample) -> None:
        owned = {"workspace_id": self.workspace_id, "project_id": sample.project_id}
        values = {
            "id": sample.id,
            "design": sample.design,
            "blind": sample.blind,
            "seed": sample.seed,
            "size": len(sample.cells),
            "population": sample.population,
            "variable_ids": list(sample.variable_ids),
            "strata": [asdict(one) | {"variable_id": str(one.variable_id)} for one in sample.strata],
            "author": sample.author,
        }
        await self.execute(insert(review_samples).values(owned | values))
        numbered = list(enumerate(sample.cells))
        for start in range(0, len(numbered), _AT_A_TIME):
            await self._add_cells(sample, numbered[start : start + _AT_A_TIME])

    async def _add_cells(self, sample: Sample, numbered: Sequence[tuple[int, Any]]) -> None:
        """Adds cells of a sample with what the model says of them: values go from table to table."""
        e = extractions.c
        columns = {"id": Uuid, "position": Integer, "unit_id": Uuid, "variable_id": Uuid, "stratum": Text}
        rows = [(new_id(), position, one.unit_id, one.variable_id, one.stratum) for position, one in numbered]
        drawn = _relation("drawn", columns, rows)
        probabilities = {stratum.name: stratum.inclusion_probability for stratum in sample.strata}
        values = {
            **{name: drawn.c[name] for name in columns},
            "workspace_id": cells.c.workspace_id,
            "project_id": cells.c.project_id,
            "sample_id": literal(sample.id, Uuid),
            "document_id": cells.c.document_id,
            "extraction_id": cells.c.extraction_id,
            "inclusion_probability": case(probabilities, value=drawn.c.stratum),
            "value": e.value,
            "missing_reason": func.coalesce(e.missing_reason, cells.c.missing_reason),
            "confidence": func.coalesce(e.confidence, cells.c.confidence),
        }
        of_cells = and_(cells.c.unit_id == drawn.c.unit_id, cells.c.variable_id == drawn.c.variable_id)
        found = select(*values.values()).join_from(drawn, cells, of_cells)
        found = found.outerjoin(extractions, e.id == cells.c.extraction_id)
        await self.execute(insert(sample_cells).from_select(list(values), found))


def _population(project_id: UUID, variable_ids: Sequence[UUID]) -> Select[Any]:
    """The cells that can be drawn: unit_id, variable_id, band (see Kind) and reason."""
    reason, confidence = of_model("missing_reason"), of_model("confidence")
    bands = [(confidence < bound, number) for number, bound in enumerate(BANDS)]
    return (
        select(cells.c.unit_id, cells.c.variable_id, reason.label("reason"))
        .add_columns(case((reason != "", 0), *bands, else_=len(BANDS)).label("band"))
        .select_from(JUDGEABLE)
        .where(is_judgeable(project_id, variable_ids))
    )


def _lot(found: Subquery, seed: int) -> ColumnElement[Any]:
    """What decides the order of drawing: the same on every machine and in every version, unlike `random()`."""
    key = func.concat(f"{seed}:", cast(found.c.unit_id, Text), ":", cast(found.c.variable_id, Text))
    # Of 16 bytes, which sort as they are; a text would be compared by the rules of a language.
    return cast(func.md5(key), Uuid)


def _of_all(found: Subquery, seed: int, size: int) -> Select[Any]:
    """Cells drawn uniformly, in random order; see Picked."""
    many, of_variable = func.count().over(), func.count().over(partition_by=found.c.variable_id)
    return (
        select(found.c.unit_id, found.c.variable_id, literal(0).label("stratum"))
        .add_columns(many.label("population"), of_variable.label("of_variable"))
        .order_by(_lot(found, seed))
        .limit(size)
    )


def _of_strata(found: Subquery, seed: int, strata: Sequence[Stratum]) -> Select[Any]:
    """Cells drawn uniformly from each stratum, in its random order; see Picked."""
    columns = {"stratum": Integer, "take": Integer, "variable_id": Uuid, "band": Integer, "reason": Text}
    rows = [
        (number, stratum.take, kind.variable_id, kind.band, kind.reason)
        for number, stratum in enumerate(strata)
        for kind in stratum.kinds
    ]
    plan = _relation("plan", columns, rows)
    of_stratum = plan.c.stratum
    ranked = (
        select(found.c.unit_id, found.c.variable_id, plan.c.stratum, plan.c.take)
        .add_columns(func.row_number().over(partition_by=of_stratum, order_by=_lot(found, seed)).label("rank"))
        .add_columns(func.count().over(partition_by=of_stratum).label("population"))
        .join_from(found, plan, and_(*(found.c[name] == plan.c[name] for name in ("variable_id", "band", "reason"))))
        .subquery()
    )
    return (
        select(ranked.c.unit_id, ranked.c.variable_id, ranked.c.stratum, ranked.c.population)
        .add_columns(literal(0).label("of_variable"))
        .where(ranked.c.rank <= ranked.c.take)
        .order_by(ranked.c.stratum, ranked.c.rank)
    )


def _relation(name: str, columns: Mapping[str, Any], rows: Sequence[tuple[Any, ...]]) -> FromClause:
    """Rows as a relation, as one parameter for each column; `columns` has their types."""
    values = [
        literal(list(of_column), ARRAY(type_))
        for type_, of_column in zip(columns.values(), zip(*rows, strict=True), strict=True)
    ]
    named = (column(column_name, type_) for column_name, type_ in columns.items())
    return func.unnest(*values).table_valued(*named).render_derived(name)
