"""Every name that a cell may have has a number among its packed facts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest

from coderai.measuring.feedback import Verdict
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Status
from coderai.services.extractor.domain.dataset import packed
from coderai.services.extractor.domain.dataset.cell import Outdated


@pytest.mark.parametrize(
    ("names", "numbered"),
    [
        (Status, packed.STATUSES),
        (MissingReason, packed.REASONS),
        (Verdict, packed.VERDICTS),
        (Outdated, packed.OUTDATED),
        (Flag, packed.FLAGS),
    ],
)
def test_every_name_has_a_number(names: type[StrEnum], numbered: Iterable[StrEnum]) -> None:
    assert sorted(numbered) == sorted(names)
