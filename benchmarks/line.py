"""The line that every measurement prints."""

from __future__ import annotations

import json


def report(name: str, value: float, unit: str, how: str, goal: float | None = None, at_least: bool = True) -> None:
    """Prints a measurement; `goal` is its least value (or its greatest, with at_least=False), if it has one."""
    ok = None if goal is None else (value >= goal if at_least else value <= goal)
    line = {"name": name, "value": round(value, 4), "unit": unit, "goal": goal, "ok": ok, "how": how}
    print(json.dumps(line), flush=True)
