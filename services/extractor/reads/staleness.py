"""How much of a project's dataset is stale, and why."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, tuple_

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit.db import Session
from coderai.services.extractor.adapters.dataset_tables import units
from coderai.services.extractor.adapters.staleness import stale_cells
from coderai.services.extractor.domain.dataset.units import UnitState


async def staleness(
    session: Session, project_id: UUID, codebook: Codebook, *, other_model: bool
) -> pb.GetStalenessResponse:
    """Stale cells by variable and reason, under the project's codebook as it stands."""
    present = select(func.count()).where(units.c.project_id == project_id, units.c.state == UnitState.PRESENT)
    rows = (await session.execute(present)).scalar_one()
    found = stale_cells(project_id, codebook, other_model=other_model).subquery()
    by_reason = func.grouping_sets(tuple_(found.c.position, found.c.reason), found.c.position, tuple_())
    counted = (
        select(found.c.position, found.c.reason, func.count().label("cells"))
        .add_columns(func.count(found.c.document_id.distinct()).label("documents"))
        .group_by(by_reason)
    )
    response = pb.GetStalenessResponse(of_cells=rows * len(codebook.variables))
    of_variables: dict[int, pb.VariableStaleness] = {}
    for row in await session.execute(counted):
        if row.position is None:
            response.cells, response.documents = row.cells, row.documents
            continue
        name = codebook.variables[row.position - 1].name
        one = of_variables.setdefault(row.position, pb.VariableStaleness(variable=name))
        if row.reason is None:
            one.cells, one.documents = row.cells, row.documents
        else:
            one.reasons[row.reason] = row.cells
    response.items.extend(one for _, one in sorted(of_variables.items()))
    return response
