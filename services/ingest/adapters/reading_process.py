"""The process that reads files for a worker (sandbox.py starts it with python -m): it confines itself, then answers."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping

from coderai.language.detection import load_model
from coderai.services.ingest.adapters.confined_process import Orders, run_confined

PROGRAM = "tesseract"
"""What it may start, when it is to read scans."""


def main() -> None:
    """Reads files for whoever holds the other end of the socket, with what is left to the process."""
    run(lambda: importlib.import_module("coderai.services.ingest.adapters.reading_answers").answer)


def run(load: Callable[[], Callable[[Orders, Mapping[str, str]], None]]) -> None:
    """Runs what answers, confined as a process that reads files is."""
    load_model(Orders.from_arguments(sys.argv[1:]).model)
    run_confined(load, PROGRAM)


if __name__ == "__main__":
    main()
