"""How long a job is said to take."""

import pytest

from coderai.services.extractor.domain.jobs.duration import Shown


@pytest.mark.parametrize(
    ("shown", "documents", "calls", "seconds"),
    [
        (Shown(pace=1.0, documents=8, calls=1), 80, 80, 80.0),
        (Shown(pace=1.0, documents=4, calls=1), 80, 80, 40.0),
        (Shown(pace=1.0, documents=4, calls=1), 4, 4, 4.0),
        (Shown(pace=0.5, documents=100, calls=2), 2, 4, 4.0),
        (Shown(pace=1.0, documents=8, calls=4), 80, 80, 20.0),
        (Shown(pace=1.0, documents=8, calls=0), 80, 0, 80.0),
        (Shown(pace=1.0, documents=8, calls=1), 0, 0, 0.0),
    ],
    ids=["as many", "a small sample", "the same again", "fewer than at once", "less to ask", "no calls", "nothing"],
)
def test_seconds_follow_pace_width_and_work(shown: Shown, documents: int, calls: float, seconds: float) -> None:
    assert shown.seconds_for(documents, calls, at_once=8) == pytest.approx(seconds)
