"""A process that confines itself, then does for a worker what its program does with files that may be hostile.

Nothing is imported before that would start a thread: what confines a process confines the thread that asks for it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coderai.services.ingest.adapters.confinement import Needs, confine

NO_MODEL = -1


@dataclass(frozen=True, slots=True)
class Orders:
    """What the worker asks of the process as a whole."""

    descriptor: int
    """Of the socket to the worker."""
    seconds: int
    """Of silence."""
    memory: int
    """Bytes of address space."""
    ocr_pages: int
    """Most pages of a file to recognise text on."""
    model: int
    """The descriptor of an unpacked model of languages; NO_MODEL for a process that tells none."""
    ocr_languages: str
    """None if empty."""

    @property
    def arguments(self) -> list[str]:
        """As the command line has them."""
        numbers = (self.descriptor, self.seconds, self.memory, self.ocr_pages, self.model)
        return [*map(str, numbers), self.ocr_languages]

    @classmethod
    def from_arguments(cls, arguments: list[str]) -> Orders:
        """The other way round."""
        return cls(*map(int, arguments[:5]), arguments[5])  # type: ignore[call-arg, arg-type]


def run_confined(load: Callable[[], Callable[[Orders, Mapping[str, str]], None]], program: str = "") -> None:
    """Confines the process; then loads and runs what answers, which is told which measures are missing.

    `program`: what it may start, when it is to read scans.
    """
    # Whoever stops the worker lets it finish the file in hand: this process ends when the worker closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    orders = Orders.from_arguments(sys.argv[1:])
    missing = confine(Needs(orders.memory, program if orders.ocr_languages else ""))
    load()(orders, missing)
