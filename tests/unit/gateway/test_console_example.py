"""The example that the console makes at a click is the one that `make demo` runs."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def test_the_console_has_the_project_file_of_the_example() -> None:
    wanted = yaml.safe_load((ROOT / "examples/public-events/project.yaml").read_text(encoding="utf-8"))
    wanted.pop("truth")
    made = json.loads((ROOT / "console/src/pages/projects/example/project.json").read_text(encoding="utf-8"))
    assert made == wanted
