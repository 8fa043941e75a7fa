"""How long reading may take follows the file's size, within the installation's limit."""

from __future__ import annotations

from coderai.services.ingest.domain.turns import SMALL_BYTES, reading_seconds


def test_a_larger_file_may_take_longer_up_to_the_limit() -> None:
    times = [reading_seconds(size, 120) for size in (0, SMALL_BYTES, 2**20, 3 * 2**20)]
    assert times == sorted(set(times))
    assert times[0] == 15
    assert times[1] == 20
    assert reading_seconds(50 * 2**20, 120) == 120
    assert reading_seconds(0, 5) == 5
