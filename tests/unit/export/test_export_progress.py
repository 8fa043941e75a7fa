"""How far an export is: stages that each take a share, passes in each of them, and an end where nobody wants it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from coderai.services.export.adapters.formats import FORMATS
from coderai.services.export.domain.stages import Stages, Stopped
from tests.unit.export.everything import documents, everything

OF_ROWS = [name for name, format in FORMATS.items() if not format.needs]


@pytest.mark.parametrize("format", OF_ROWS)
def test_a_format_says_how_often_it_goes_through_the_rows(format: str, tmp_path: Path) -> None:
    told = list[int]()
    FORMATS[format].write(replace(everything(), on_progress=lambda done, _: told.append(done)), tmp_path / "file")
    passes = 1 + sum(after < before for before, after in itertools.pairwise(told))
    assert passes == FORMATS[format].passes


@pytest.mark.parametrize("format", OF_ROWS)
def test_no_format_goes_on_when_its_export_is_not_wanted(format: str, tmp_path: Path) -> None:
    stages = Stages()
    stages.stop()
    with pytest.raises(Stopped):
        FORMATS[format].write(replace(everything(), on_progress=stages.told), tmp_path / "file")


def test_stages_add_up_to_the_whole_which_only_a_complete_export_is() -> None:
    stages, seen = Stages(), [0.0]

    def tell(*numbers: int, of: int) -> None:
        for number in numbers:
            stages.told(number, of)
            seen.append(stages.percent)

    stages.begin(30)
    tell(1, 2, of=4)
    stages.begin(20)
    seen.append(stages.percent)
    tell(1, 3, 4, of=4)
    stages.begin(50, passes=2)
    tell(1, 4, 2, 4, of=4)
    assert seen == [0, 7.5, 15, 30, 35, 45, 50, 56.25, 75, 87.5, 99]
    # A pass that nobody has announced, and nothing to read, change nothing.
    tell(1, of=4)
    stages.told(0, 0)
    assert stages.percent == 99


def test_documents_are_told_while_their_stage_lasts() -> None:
    stages = Stages()
    stages.begin(50)
    read = stages.counted(documents, len(documents()))
    assert list(read()) == list(documents())
    assert stages.percent == 50
    stages.begin(50)
    assert list(read()) == list(documents())
    assert stages.percent == 50
