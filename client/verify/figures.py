"""Compares figures as they stand with those that were computed again, each by its place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from coderai.client.verify.findings import Findings

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12
"""How far two numbers may be apart that were computed by the same steps on two machines."""


def compare(file: str, stands: Any, should: Any, findings: Findings, what: str = "") -> int:
    """Tells each figure that is another one; gives how many were compared.

    Keys of `stands` that `should` lacks may be there where they are 0, or nothing: a list of reasons names also those
    that do not occur.
    """
    if isinstance(should, Mapping) and isinstance(stands, Mapping):
        names = [*should, *(name for name in stands if name not in should)]
        wanted = {name: should[name] if name in should else _nothing(stands[name]) for name in names}
        places = {name: f"{what}.{name}" if what else str(name) for name in names}
        return sum(compare(file, stands.get(name), wanted[name], findings, places[name]) for name in names)
    if isinstance(should, list) and isinstance(stands, list) and len(should) == len(stands):
        pairs = zip(stands, should, strict=True)
        return sum(compare(file, *pair, findings, f"{what}[{number}]") for number, pair in enumerate(pairs))
    if not _same(stands, should):
        problem = "the figure is not what the cells give"
        findings.differs(file, problem, what=what, stands=stands, should=should, values=True)
    return 1


def _nothing(stands: Any) -> Any:
    return stands if stands in (0, None, "", [], {}) and not isinstance(stands, bool) else None


def _same(stands: Any, should: Any) -> bool:
    if isinstance(stands, bool) or isinstance(should, bool):
        return stands is should
    if isinstance(stands, int | float) and isinstance(should, int | float):
        return math.isclose(stands, should, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return bool(stands == should)
