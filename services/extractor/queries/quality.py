"""How good a variable's cells are, as a message."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from coderai.extractor.v1 import quality_service_pb2 as pb
from coderai.kit.wire import from_plain
from coderai.services.extractor.usecases.quality import VariableQuality

if TYPE_CHECKING:
    from coderai.measuring.agreement import Agreement
    from coderai.measuring.calibration import Bin


def quality_message(one: VariableQuality) -> pb.VariableQuality:
    """All that is known of a variable; what is not is absent."""
    found, table = one.quality, one.quality.calibration
    agreements = {"MODEL": found.with_model, "PEOPLE": found.among_people}
    estimates = {"accuracy": found.accuracy, "false_values": found.false_values, "missed_values": found.missed_values}
    plain = {
        "variable": one.variable.name,
        "cells": one.population.cells,
        "not_covered": one.population.not_covered,
        "judged": found.tally.judged,
        **{name: estimate and asdict(estimate) for name, estimate in estimates.items()},
        "categories": [asdict(category) for category in found.categories],
        "confusion": [asdict(confused) for confused in found.confusion],
        "calibration": [_bin(each) for each in table.bins] if table else [],
        "expected_calibration_error": table.expected_error if table else None,
        "agreement": [_agreement(between, found) for between, found in agreements.items() if found is not None],
    }
    return from_plain(pb.VariableQuality, plain)


def _bin(one: Bin) -> dict[str, Any]:
    plain = asdict(one)
    return plain | {"from": plain.pop("low"), "to": plain.pop("high")}


def _agreement(between: str, one: Agreement) -> dict[str, Any]:
    plain = asdict(one)
    return plain | {"between": between, "cells": plain.pop("units")}
