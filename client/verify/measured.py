"""Estimates again how good a bundle's cells are, from what people judged in drawn samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from coderai.client.verify.codebook_file import CODEBOOK, CodebookFile
from coderai.client.verify.figures import compare
from coderai.client.verify.findings import Findings
from coderai.client.verify.people import SAMPLES, People
from coderai.client.verify.statistics import STATISTICS
from coderai.codebook.variable import Variable

if TYPE_CHECKING:
    from coderai.measuring.agreement import Agreement
    from coderai.measuring.estimating import Estimate

_OF_WHEN = ("cells", "not_covered")
"""Figures that rest on when cells came about, which a bundle does not have."""
_ONLY_VARIABLES = {"Variables chosen"}


def check_measured(
    codebook: CodebookFile, statistics: Mapping[str, Any] | None, people: People, findings: Findings
) -> None:
    """Compares each estimate of the statistics and the codebook with the one that is made again."""
    items = (statistics or {}).get("variables")
    stated = {
        one["variable"]: one.get("measured")
        for one in (items if isinstance(items, list) else ())
        if isinstance(one, dict) and isinstance(one.get("variable"), str)
    }
    if not any(stated.values()) and not any(measured for _, measured in codebook.quality.values()):
        if people.drawn and not codebook.is_of_job:
            findings.differs(STATISTICS, f"it has no estimates, though {SAMPLES} has drawn cells", what="variables")
        return
    if not set(codebook.plain.get("choice") or {}) <= _ONLY_VARIABLES:
        findings.not_checked.append("estimates: they are of the whole dataset, of which this bundle has a part")
        return
    compared = 0
    for variable in codebook.variables:
        should = _estimates(variable, people, findings)
        if should is None:
            continue
        in_codebook = codebook.quality[variable.name][1]
        places = (
            (STATISTICS, stated.get(variable.name), f"variables[{variable.name}].measured"),
            (
                CODEBOOK,
                in_codebook,
                f"codebook[{variable.name}].measured",
            ),
        )
        for file, stands, what in places:
            without = {k: v for k, v in stands.items() if k not in _OF_WHEN} if isinstance(stands, dict) else stands
            compared += compare(file, without, should, findings, what)
    findings.checked.append(f"{compared:,} figures of estimates against {len(people.drawn):,} drawn cells")


def _estimates(variable: Variable, people: People, findings: Findings) -> dict[str, Any] | None:
    # NumPy takes a tenth of a second to import: most bundles have no estimates.
    from coderai.measuring.reporting import quality

    try:
        found = quality(
            variable, people.strata_of(variable.name), people.drawn_of(variable.name), people.of_several(variable.name)
        )
    except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError) as error:
        findings.differs(SAMPLES, f"nothing can be estimated from what it says: {error!r}", what=variable.name)
        return None
    table = found.calibration
    agreements = {"MODEL": found.with_model, "PEOPLE": found.among_people}
    return {
        "judged": found.tally.judged,
        **{name: _estimate(getattr(found, name)) for name in ("accuracy", "false_values", "missed_values")},
        "categories": [
            {"value": one.value, **{name: _estimate(getattr(one, name)) for name in ("precision", "recall", "f1")}}
            for one in found.categories
        ],
        "calibration": [{**asdict(bin), "accuracy": _estimate(bin.accuracy)} for bin in table.bins] if table else [],
        "expected_calibration_error": table.expected_error if table else None,
        "agreement": [_agreement(who, one) for who, one in agreements.items() if one is not None],
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {name: getattr(estimate, name) for name in ("value", "low", "high", "cells", "method")}


def _agreement(between: str, one: Agreement) -> dict[str, Any]:
    return {
        "between": between,
        "cells": one.units,
        "percent": _estimate(one.percent),
        "cohen_kappa": one.cohen_kappa,
        "krippendorff_alpha": _estimate(one.krippendorff_alpha),
        "level": str(one.level),
    }
