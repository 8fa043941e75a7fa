"""The process that reads files for a worker (sandbox.py starts it with python -m): it confines itself, then answers.

Nothing is imported before that would start a thread: what confines a process confines the thread that asks for it.
"""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coderai.language.detection import detect_language
from coderai.services.ingest.adapters.confinement import Needs, confine

PROGRAM = "tesseract"
"""What it may start, when it is to read scans."""


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
    ocr_languages: str
    """None if empty."""

    @property
    def arguments(self) -> list[str]:
        """As the command line has them."""
        return [*map(str, (self.descriptor, self.seconds, self.memory, self.ocr_pages)), self.ocr_languages]

    @classmethod
    def from_arguments(cls, arguments: list[str]) -> Orders:
        """The other way round."""
        return cls(*map(int, arguments[:4]), arguments[4])  # type: ignore[call-arg, arg-type]


def main() -> None:
    """Reads files for whoever holds the other end of the socket, with what is left to the process."""
    run(lambda: importlib.import_module("coderai.services.ingest.adapters.reading_answers").answer)


def run(load: Callable[[], Callable[[Orders, Mapping[str, str]], None]]) -> None:
    """Confines the process; then loads and runs what answers, which is told which measures are missing."""
    # Whoever stops the worker lets it finish the file in hand: this process ends when the worker closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    orders = Orders.from_arguments(sys.argv[1:])
    detect_language("its model is unpacked by way of a temporary file, which cannot be written later")
    missing = confine(Needs(orders.memory, PROGRAM if orders.ocr_languages else ""))
    load()(orders, missing)


if __name__ == "__main__":
    main()
