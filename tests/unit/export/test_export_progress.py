"""A pass over a dataset tells how far it is, and ends when whoever is told does not want it any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.export.everything import everything


class Enough(Exception):
    """Raised by who watches."""


def test_a_pass_tells_how_many_units_of_how_many_it_has_given() -> None:
    told = list[tuple[int, int]]()
    dataset = replace(everything(), on_progress=lambda done, of: told.append((done, of)))
    given = [len(list(dataset.rows())) for _ in range(2)]
    assert given == [dataset.row_count] * 2
    assert [done for done, _ in told] == sorted(done for done, _ in told[: len(told) // 2]) * 2
    assert told[-1] == (dataset.survey.rows, dataset.survey.rows)


def test_what_the_watcher_raises_ends_the_pass() -> None:
    def stop(done: int, of: int) -> None:
        if done >= 3:
            raise Enough

    rows, got = replace(everything(), on_progress=stop).rows(), list[object]()
    with pytest.raises(Enough):
        for row in rows:
            got.append(row)
    assert 0 < len(got) < everything().row_count
