"""What a project says of its documents and of its rows, beside its variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from coderai.codebook.codebook import ONE_DOCUMENT, Unit
from coderai.codebook.pattern import PatternInvalid, compile_pattern, entity_expression
from coderai.codebook.plain import read_fields
from coderai.codebook.problems import Problems, ProjectInvalid


@dataclass(frozen=True, slots=True)
class Context:
    """The fields are those of coderai.projects.v1.ProjectContext."""

    description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    unit: Unit = ONE_DOCUMENT

    def changed(self, plain: Mapping[str, Any]) -> Context:
        """This context with the fields in `plain` in place of its own; None stands for a field's default.

        Raises:
            ProjectInvalid: says per field what is wrong.
        """
        wanted = {name: value for name, value in plain.items() if name in FIELDS}
        after = replace(self, **{name: getattr(_DEFAULT, name) for name in wanted} | read_fields(Context, wanted))
        if not after.unit.row_is:
            after = replace(after, unit=replace(after.unit, row_is=ONE_DOCUMENT.row_is))
        problems = Problems()
        check_unit(after.unit, problems)
        problems.raise_as(ProjectInvalid, "the project")
        return after


FIELDS = tuple(field.name for field in fields(Context))
_DEFAULT = Context()


def check_unit(unit: Unit, problems: Problems) -> None:
    """Notes what is wrong with a unit of observation. May take 30 ms: not for the event loop."""
    field = "unit.entity_identification_pattern"
    if unit.multiple:
        problems.unless(
            bool(unit.entity_identification_pattern.strip()),
            field,
            "is required when a document gives several rows: say how to recognise one",
        )
    try:
        compile_pattern(entity_expression(unit.entity_identification_pattern))
    except PatternInvalid as error:
        problems.unless(False, field, str(error))
