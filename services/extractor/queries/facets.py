"""What the rows under a filter hold, per variable: values, numbers, confidence, reasons, flags; counted by NumPy.

The database strings the packed cells of each variable together (domain.dataset.packed), which takes it a fraction of
the time of grouping them, and says afterwards which values the hashes of the most frequent ones stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ARRAY, LargeBinary, Uuid, and_, any_, case, cast, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import JSONB

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable, VariableType
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit.db import Session, any_of
from coderai.kit.wire import from_plain, to_value
from coderai.services.extractor.adapters.dataset_filters import plan_for_values, rows_under
from coderai.services.extractor.adapters.dataset_tables import PACKED, cells
from coderai.services.extractor.adapters.staleness import as_it_stands
from coderai.services.extractor.domain.dataset.filters import Filter
from coderai.services.extractor.domain.dataset.packed import BINS, Packed, read_facts, unpack

TOP, MOST_TOP = 10, 100
"""Values of a variable that are listed: usually, at most."""
_COUNTED = (VariableType.NUMBER, VariableType.DATE)


@dataclass(frozen=True, slots=True)
class _Top:
    """A frequent value, by its hash, and a unit that has it, by the end of its id."""

    hash: int
    count: int
    unit: int


@dataclass(frozen=True, slots=True)
class _Hashes:
    """Of what variables are asked as they stand, by their ids, and of nothing."""

    asked: Mapping[UUID, int]
    nothing: int


async def facets(
    session: Session,
    project_id: UUID,
    codebook: Codebook,
    filters: Sequence[Filter],
    variables: Sequence[Variable],
    top: int,
) -> pb.GetDatasetFacetsResponse:
    """What a project's rows under the filters hold of `variables`; of each the `top` most frequent values at most."""
    await plan_for_values(session)
    under = rows_under(project_id, codebook, filters).subquery()
    units = (await session.execute(select(_strung(func.uuid_send(under.c.id))))).scalar_one() or b""
    hashes = await _hashes(session, codebook, variables)
    found = await _packed(session, project_id, units, None if len(variables) == len(codebook.variables) else variables)
    items, tops = list[pb.Facet](), dict[UUID, list[_Top]]()
    for variable in variables:
        variable_id = UUID(variable.id)
        of_variable = unpack(found.get(variable_id, b""))
        facet = _facet(variable, of_variable, len(units) // 16, hashes.asked[variable_id], hashes.nothing)
        facet.distinct, tops[variable_id] = _most_frequent(of_variable, top)
        items.append(facet)
    values = await _values(session, tops, units)
    for facet, (variable_id, most_frequent) in zip(items, tops.items(), strict=True):
        facet.top.extend(_counted(most_frequent, values[variable_id]))
    return pb.GetDatasetFacetsResponse(items=items, total=len(units) // 16)


async def _packed(
    session: Session, project_id: UUID, units: bytes, variables: Sequence[Variable] | None
) -> Mapping[UUID, bytes]:
    """By variable, the packed cells of units, one after the other; `units` has their ids one after the other, too."""
    digits = units.hex()
    # As one text: to bind ten thousand ids takes longer than to count their cells.
    listed = ",".join(digits[start : start + 32] for start in range(0, len(digits), 32))
    ids = cast(func.string_to_array(listed, ","), ARRAY(Uuid))
    packed = (
        select(cells.c.variable_id, _strung(PACKED).label("packed"))
        .where(cells.c.project_id == project_id, cells.c.unit_id == any_(ids))
        .group_by(cells.c.variable_id)
    )
    if variables is not None:
        packed = packed.where(cells.c.variable_id == any_of([UUID(v.id) for v in variables]))
    return {row.variable_id: row.packed for row in await session.execute(packed)}


def _strung(of: Any) -> Any:
    return func.string_agg(of, literal(b"", LargeBinary))


async def _hashes(session: Session, codebook: Codebook, variables: Sequence[Variable]) -> _Hashes:
    now = as_it_stands(codebook, variables)
    rows = await session.execute(select(now.c.variable_id, func.hashtextextended(now.c.asked, 0).label("asked")))
    nothing = (await session.execute(select(func.hashtextextended("", 0)))).scalar_one()
    return _Hashes({row.variable_id: row.asked for row in rows}, nothing)


def _facet(variable: Variable, packed: Packed, total: int, asked_now: int, nothing: int) -> pb.Facet:
    """All but what `_most_frequent` says."""
    is_first, is_value = packed.is_first, packed.is_value
    facet = pb.Facet(variable=variable.name, units=total)
    stale = np.count_nonzero(packed.stale(asked_now, nothing) & is_first)
    facet.stale = int(stale) + total - int(np.count_nonzero(is_first))
    confidence = Counter[int]()
    for facts, count in zip(*_numbers(np.unique(packed.facts[is_first], return_counts=True)), strict=True):
        read = read_facts(facts)
        for name, counts in ((read.status, facet.status), (read.reason, facet.missing), (read.verdict, facet.verdicts)):
            if name is not None:
                counts[name] += count
        for flag in read.flags:
            facet.flags[flag] += count
        if read.is_answered:
            facet.answered += count
            confidence[read.bin] += count
    facet.confidence.extend(_bin(n / BINS, (n + 1) / BINS, confidence[n]) for n in range(BINS))
    if variable.type in _COUNTED:
        facet.histogram.extend(_histogram(packed.numbers[is_value]))
    return facet


def _numbers(arrays: Iterable[Any]) -> list[list[int]]:
    return [array.tolist() for array in arrays]


def _histogram(numbers: Any) -> list[pb.Bin]:
    """Ten bins of equal width from the least to the greatest number; one where all are the same."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return []
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return [_bin(low, high, len(finite))]
    # Not by the difference, which may be more than a number can be.
    edges = [low * (1 - n / BINS) + high * (n / BINS) for n in range(BINS)] + [high]
    counts = np.bincount(np.searchsorted(edges[1:-1], finite, side="right"), minlength=BINS).tolist()
    return [_bin(edges[n], edges[n + 1], counts[n]) for n in range(BINS)]


def _bin(start: float, end: float, count: int) -> pb.Bin:
    return from_plain(pb.Bin, {"from": start, "to": end, "count": count})


def _most_frequent(packed: Packed, top: int) -> tuple[int, list[_Top]]:
    """How many different values there are, and the most frequent, with a unit each."""
    is_value = packed.is_value
    hashes, first, counts = np.unique(packed.hashes[is_value], return_index=True, return_counts=True)
    chosen = np.argsort(-counts, kind="stable")[:top]
    units = packed.units[is_value][first[chosen]]
    rows = zip(*_numbers((hashes[chosen], counts[chosen], units)), strict=True)
    return len(hashes), [_Top(*row) for row in rows]


async def _values(
    session: Session, tops: Mapping[UUID, Sequence[_Top]], units: bytes
) -> Mapping[UUID, Mapping[int, Any]]:
    """By variable, the values that hashes stand for, read from cells that have them."""
    ends = np.frombuffer(units, dtype=">i8").reshape(-1, 2)[:, 1].astype(np.int64)
    order = np.argsort(ends)
    pairs = [(variable_id, one.unit) for variable_id, of_variable in tops.items() for one in of_variable]
    places = order[np.searchsorted(ends, [end for _, end in pairs], sorter=order)].tolist() if pairs else []
    unit_ids = [UUID(bytes=units[16 * place : 16 * place + 16]) for place in places]
    wanted = func.unnest(literal(unit_ids, ARRAY(Uuid)), literal([id for id, _ in pairs], ARRAY(Uuid)))
    of = wanted.table_valued(column("unit_id", Uuid), column("variable_id", Uuid)).render_derived("wanted")
    is_several = func.jsonb_typeof(cells.c.value) == "array"
    listed = case((is_several, cells.c.value), else_=func.jsonb_build_array(cells.c.value))
    each = func.jsonb_array_elements(listed).table_valued(column("one", JSONB)).render_derived("each")
    hashed = func.jsonb_hash_extended(each.c.one, 0)
    found = (
        select(cells.c.variable_id, hashed.label("hash"), each.c.one)
        .join_from(of, cells, and_(cells.c.unit_id == of.c.unit_id, cells.c.variable_id == of.c.variable_id))
        .join(each, true())
        .distinct()
    )
    values: dict[UUID, dict[int, Any]] = {variable_id: {} for variable_id in tops}
    for row in await session.execute(found):
        values[row.variable_id][row.hash] = row.one
    return values


def _counted(most_frequent: Sequence[_Top], values: Mapping[int, Any]) -> list[pb.ValueCount]:
    """The counts with their values, those as frequent as each other in the order of their texts.

    A value that no cell has any more, as it was changed in this moment, is left out.
    """
    known = [(one.count, values[one.hash]) for one in most_frequent if one.hash in values]
    known.sort(key=lambda counted: (-counted[0], str(counted[1])))
    return [pb.ValueCount(value=to_value(value), count=count) for count, value in known]
