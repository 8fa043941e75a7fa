"""How many streams somebody may have open at a time."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from coderai.gateway.open_calls import OpenCalls, TooManyOpen


def test_one_too_many_is_refused_and_another_ones_is_not() -> None:
    streams = OpenCalls(2)
    with ExitStack() as held:
        held.enter_context(streams.hold("ada"))
        held.enter_context(streams.hold("ada"))
        with pytest.raises(TooManyOpen), streams.hold("ada"):
            pass
        with streams.hold("bob"):
            pass


def test_what_is_closed_makes_room_also_after_an_error() -> None:
    streams = OpenCalls(1)
    with pytest.raises(RuntimeError), streams.hold("ada"):
        raise RuntimeError
    with streams.hold("ada"):
        pass
