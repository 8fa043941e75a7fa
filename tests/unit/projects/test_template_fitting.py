"""What a template's variables are called in a project that has their names already."""

from __future__ import annotations

from coderai.codebook.columns import check_columns
from coderai.codebook.context import Context
from coderai.codebook.definition import define
from coderai.codebook.schema import Schema
from coderai.codebook.variable import Variable
from coderai.services.projects.domain.template import IfNameTaken, Template


def variable(name: str, most: int = 0) -> Variable:
    """One that has so many columns for its values; one column when `most` is 0."""
    several = {"if_multiple_values": "ALL", "max_values": most} if most else {}
    return define("", "", {"name": name, "type": "TEXT", "instructions": "Who?", **several}, 0)


def renamed(present: list[Variable], *own: Variable) -> list[str]:
    """The template's names in the project, which can take them."""
    fitted = Template("", "Marches", "", Schema(Context(), own)).fitted(present, IfNameTaken.RENAME)
    check_columns([*present, *fitted], present)
    return [one.name for one in fitted]


def test_a_new_name_is_that_of_no_column_of_several_values() -> None:
    several = variable("speakers", 3)
    assert renamed([several], several) == ["speakers_4"]
    assert renamed([several], variable("speakers")) == ["speakers_4"]
    assert renamed([variable("speakers")], several) == ["speakers_4"]
    assert renamed([several, variable("speakers_4", 2)], several) == ["speakers_5"]


def test_a_new_name_is_the_first_that_is_free() -> None:
    assert renamed([variable("form")], variable("form")) == ["form_2"]
    assert renamed([variable("form"), variable("form_2")], variable("form"), variable("size")) == ["form_3", "size"]
