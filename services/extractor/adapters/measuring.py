"""What quality is estimated from: drawn cells as the model gives them now, and what people have said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    distinct,
    exists,
    func,
    select,
    tuple_,
)
from sqlalchemy.engine import Row

from coderai.codebook.variable import Variable
from coderai.kit.db import Session, any_of
from coderai.measuring.design import DrawnStratum, SampleDesign
from coderai.measuring.feedback import Feedback
from coderai.measuring.judging import Drawn
from coderai.services.extractor.adapters.dataset_tables import cells, feedback, review_samples, sample_cells, units
from coderai.services.extractor.adapters.feedback import read_feedback
from coderai.services.extractor.adapters.model_answers import SAYS, of_model
from coderai.services.extractor.adapters.reviewing import JUDGEABLE, is_judgeable
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import Status
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.usecases.quality import KnownSample, Measured, Population

_Cell = tuple[UUID, UUID]
"""Unit and variable."""


class QualityStore(Session):
    """usecases.quality.QualityStore."""

    async def measured(self, project_id: UUID, variables: Sequence[Variable]) -> Measured:
        by_id = {UUID(variable.id): variable for variable in variables}
        samples = await self._samples(project_id)
        s = sample_cells.c
        of_drawn = exists().where(
            s.project_id == project_id, s.unit_id == feedback.c.unit_id, s.variable_id == feedback.c.variable_id
        )
        said = await self._said(project_id, list(by_id), of_drawn)
        rows = await self._drawn(project_id, list(by_id))
        drawn = [_drawn(row, by_id[row.variable_id], said) for row in rows if row.is_there]
        of_people = defaultdict[UUID, list[Sequence[Feedback]]](list)
        for (_, variable_id), of_cell in (await self._said(project_id, list(by_id), _of_several(project_id))).items():
            of_people[variable_id].append(of_cell)
        populations = await self._populations(project_id, list(by_id))
        return Measured(samples, populations, drawn, len(rows) - len(drawn), of_people)

    async def _samples(self, project_id: UUID) -> list[KnownSample]:
        r = review_samples.c
        wanted = select(r.id, r.design, r.strata).where(r.project_id == project_id).order_by(r.id)
        return [
            KnownSample(row.id, SampleDesign(row.design), _read_strata(row.strata))
            for row in await self.execute(wanted)
        ]

    async def _drawn(self, project_id: UUID, variable_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
        """The cells of all samples, and of those that are there still what the dataset and the model's answer are."""
        s, c, e = sample_cells.c, cells.c, extractions.c
        is_there = and_(units.c.state == UnitState.PRESENT, e.status != Status.FAILED)
        wanted = (
            select(s.sample_id, s.stratum, s.unit_id, s.variable_id, *SAYS)
            .add_columns(func.coalesce(is_there, False).label("is_there"))
            .join_from(sample_cells, cells, and_(c.unit_id == s.unit_id, c.variable_id == s.variable_id), isouter=True)
            .join(units, units.c.id == c.unit_id, isouter=True)
            .join(extractions, e.id == c.extraction_id, isouter=True)
            .where(s.project_id == project_id, s.variable_id == any_of(variable_ids))
            .order_by(s.sample_id, s.position)
        )
        return (await self.execute(wanted)).all()

    async def _said(
        self, project_id: UUID, variable_ids: Sequence[UUID], which: ColumnElement[bool]
    ) -> dict[_Cell, list[Feedback]]:
        """What was said of cells and not taken back."""
        f = feedback.c
        wanted = select(feedback).where(f.project_id == project_id, f.undone_at.is_(None), which)
        found: dict[_Cell, list[Feedback]] = {}
        for row in await self.execute(wanted.where(f.variable_id == any_of(variable_ids)).order_by(f.id)):
            found.setdefault((row.unit_id, row.variable_id), []).append(read_feedback(row))
        return found

    async def _populations(self, project_id: UUID, variable_ids: Sequence[UUID]) -> dict[UUID, Population]:
        r, c = review_samples.c, cells.c
        drawn_at = (
            select(func.unnest(r.variable_ids).label("variable_id"), func.max(r.created_at).label("drawn_at"))
            .where(r.project_id == project_id)
            .group_by("variable_id")
            .subquery()
        )
        counted = (
            select(c.variable_id, func.count().label("cells"))
            .add_columns(func.count().filter(c.created_at > drawn_at.c.drawn_at).label("not_covered"))
            .select_from(JUDGEABLE.outerjoin(drawn_at, drawn_at.c.variable_id == c.variable_id))
            .where(is_judgeable(project_id, variable_ids))
            .group_by(c.variable_id)
        )
        return {row.variable_id: Population(row.cells, row.not_covered) for row in await self.execute(counted)}


def _of_several(project_id: UUID) -> ColumnElement[bool]:
    """Holds for what was said of a cell of which two people or more have said something."""
    f = feedback.alias("of_several").c
    several = select(f.unit_id, f.variable_id).where(f.project_id == project_id, f.undone_at.is_(None))
    several = several.group_by(f.unit_id, f.variable_id).having(func.count(distinct(f.author)) > 1)
    return tuple_(feedback.c.unit_id, feedback.c.variable_id).in_(several)


def _drawn(row: Row[Any], variable: Variable, said: Mapping[_Cell, Sequence[Feedback]]) -> Drawn:
    says, confidence = of_model(row, variable)
    of_cell = said.get((row.unit_id, row.variable_id), ())
    return Drawn(row.sample_id, row.stratum, row.variable_id, says, confidence, of_cell)


def _read_strata(plain: Iterable[Mapping[str, Any]]) -> list[DrawnStratum]:
    return [DrawnStratum(**{**one, "variable_id": UUID(one["variable_id"])}) for one in plain]
