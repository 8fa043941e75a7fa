"""The templates that ship with CoderAI: folders of examples/templates, each with a project file and what it reaches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import coderai
from coderai.codebook.project_reading import read_project
from coderai.services.projects.domain.template import Accuracy, Template, define_schema

FOLDER = Path(coderai.__file__).parent / "examples" / "templates"
ACCURACY = "accuracy.json"
"""Written by `make template-accuracy`; a template that was never measured has none."""


def read_shipped(folder: Path = FOLDER) -> Mapping[str, Template]:
    """The templates by id, in the order of lists; takes a tenth of a second."""
    return {path.parent.name: _template(path.parent) for path in sorted(folder.glob("*/project.yaml"))}


def _template(folder: Path) -> Template:
    plain = read_project((folder / "project.yaml").read_bytes())
    measured = folder / ACCURACY
    reached = json.loads(measured.read_text("utf-8")) if measured.is_file() else None
    accuracy = Accuracy(reached["model"], reached["right"], reached["compared"]) if reached else None
    return Template(folder.name, plain["name"], plain["description"], define_schema(plain), accuracy)
