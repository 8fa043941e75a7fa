"""Signals that tell a process to end, as an exception: whoever catches it decides how the process ends."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn


class ToldToEnd(KeyboardInterrupt):
    """The process was told to end, by Ctrl-C or otherwise.

    A KeyboardInterrupt itself that comes while Python executes a text, as importing a named tuple does, has `python -m`
    end by SIGINT in the end, even if it was caught; one of another kind has not.
    """


def end_upon(*numbers: signal.Signals) -> None:
    """Raises ToldToEnd in the main thread upon these signals; one that is ignored, as under nohup, stays so."""
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise ToldToEnd
