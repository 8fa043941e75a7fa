"""Runs the measurements named as arguments, or all: python -m benchmarks [cost] [accuracy] ..."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_NOT_MEASUREMENTS = ("__init__", "__main__", "calibration", "careless", "gold", "line", "stage")


def main(wanted: list[str]) -> None:
    """Runs them one after the other; a name that is none ends with the list of those that are."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NOT_MEASUREMENTS)
    unknown = set(wanted) - set(known)
    if unknown:
        sys.exit(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in wanted or known:
        import_module(f"benchmarks.{name}").main()


main(sys.argv[1:])
