"""Changes of a schema: all steps or none, refused where their ground has changed, followed where names have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from coderai.codebook.changing import Changed, change_schema
from coderai.codebook.codebook import Unit
from coderai.codebook.context import Context
from coderai.codebook.definition import changed, define, definition
from coderai.codebook.problems import (
    CodebookTooLarge,
    GroundChanged,
    ProjectInvalid,
    TooManyVariables,
    VariableInUse,
    VariableInvalid,
    VariableNameTaken,
)
from coderai.codebook.prompt import generate
from coderai.codebook.prompt_version import PromptOrigin
from coderai.codebook.schema import Action, Change, Schema
from coderai.codebook.variable import Variable

CONTEXT = Context(language="Arabic", domain="news")


def variable(number: int, name: str, type: str = "TEXT", **fields: Any) -> Variable:
    made = define(f"id-{number}", "project", {"name": name, "type": type, **fields}, number)
    return replace(made, active_prompt=replace(generate(made), id=f"prompt-{number}", version=1))


FORM = variable(0, "form", "CATEGORY", categories=[{"value": "march"}, {"value": "rally"}])
SIZE = variable(1, "size", "NUMBER", depends_on=[{"variable": "form", "operator": "EQUALS", "value": "march"}])
PLACE = variable(2, "place")
SCHEMA = Schema(CONTEXT, (FORM, SIZE, PLACE))


def plain(one: Variable) -> dict[str, Any]:
    return {**definition(one), "id": one.id, "active_prompt": {"text": one.active_prompt.text, "origin": "GENERATED"}}


def updating(one: Variable, **fields: Any) -> Change:
    after = {**plain(one), **fields}
    return Change(Action.UPDATE_VARIABLE, one.id, one.name, tuple(fields), plain(one), after)


def removing(one: Variable) -> Change:
    return Change(Action.REMOVE_VARIABLE, one.id, one.name, variable_before=plain(one))


def creating(name: str, type: str = "TEXT", **fields: Any) -> Change:
    return Change(Action.CREATE_VARIABLE, variable=name, variable_after={"name": name, "type": type, **fields})


def in_context(**fields: Any) -> Change:
    before = {"language": "Arabic", "domain": "news", "description": "", "document_type": "", "unit": {}}
    return Change(
        Action.UPDATE_CONTEXT, fields=tuple(fields), context_before=before, context_after={**before, **fields}
    )


def do(schema: Schema, *steps: Change, names: Mapping[str, str] | None = None) -> Changed:
    numbers = count(100)
    return change_schema(schema, steps, SCHEMA.names if names is None else names, lambda: f"id-{next(numbers)}")


def with_one(one: Variable, schema: Schema = SCHEMA) -> Schema:
    return replace(schema, variables=tuple(one if v.id == one.id else v for v in schema.variables))


def without(one: Variable) -> Schema:
    return replace(SCHEMA, variables=tuple(v for v in SCHEMA.variables if v.id != one.id))


def named(found: Changed) -> dict[str, Variable]:
    return {one.name: one for one in found.schema.variables}


def names(found: Changed) -> Sequence[str]:
    return [one.name for one in found.schema.variables]


def test_all_steps_are_done_together() -> None:
    done = do(
        SCHEMA,
        creating("start", "DATE", instructions="When it began."),
        updating(PLACE, instructions="The town."),
        removing(SIZE),
        in_context(language="Mixed", unit={"row_is": "one protest"}),
    )
    assert names(done) == ["form", "place", "start"]
    assert done.touched == ("id-100", "id-2")
    assert (named(done)["start"].position, named(done)["place"].instructions) == (3, "The town.")
    assert done.schema.context == replace(CONTEXT, language="Mixed", unit=Unit("one protest"))


@pytest.mark.parametrize(
    ("steps", "error", "told"),
    [
        ([creating("form")], VariableNameTaken, "has a variable 'form' already"),
        ([creating("new"), creating("new")], VariableNameTaken, "'new' already"),
        ([creating("New one")], VariableInvalid, "name must begin with a-z"),
        ([creating("new", "")], VariableInvalid, "needs a type"),
        ([creating("new", "CATEGORY")], VariableInvalid, "needs at least one value"),
        ([creating("new", depends_on=[{"variable": "no_such"}])], VariableInvalid, "'no_such', which is no variable"),
        ([updating(FORM, depends_on=[{"variable": "size"}])], VariableInvalid, "in a circle"),
        ([updating(FORM, categories=[{"value": "rally"}])], VariableInvalid, "'march' is not one of the categories"),
        ([updating(FORM, type="TEXT")], VariableInvalid, "is for CATEGORY variables"),
        ([removing(FORM)], VariableInUse, "size depend on form"),
        ([removing(PLACE), updating(PLACE, instructions="x")], GroundChanged, "removed by an earlier step"),
        ([in_context(unit={"rows_per_document": "MULTIPLE"})], ProjectInvalid, "entity_identification_pattern is req"),
        ([creating(f"v{number}") for number in range(198)], TooManyVariables, "200"),
        ([creating(f"v{number}", instructions="x" * 20_000) for number in range(197)], None, ""),
        ([creating(f"v{number}", instructions="€" * 20_000) for number in range(50)], CodebookTooLarge, "4 MiB"),
    ],
)
def test_what_would_not_be_valid_is_refused(steps: Sequence[Change], error: type[Exception] | None, told: str) -> None:
    if error is None:
        do(SCHEMA, *steps)
        return
    with pytest.raises(error, match=told):
        do(SCHEMA, *steps)


def test_a_removal_with_the_conditions_on_it_changed_is_fine() -> None:
    done = do(SCHEMA, updating(SIZE, depends_on=[]), removing(FORM))
    assert names(done) == ["size", "place"] and done.touched == ("id-1",)


def test_a_variable_takes_the_place_of_one_that_is_removed() -> None:
    """A condition on its name is then on the new one."""
    step = creating("form", "CATEGORY", categories=[{"value": "march"}])
    done = do(SCHEMA, removing(FORM), step)
    assert named(done)["form"].id == "id-100" and named(done)["size"].depends_on == SIZE.depends_on


@pytest.mark.parametrize(
    ("now", "step", "told"),
    [
        (without(PLACE), updating(PLACE, instructions="x"), "place was removed since"),
        (
            with_one(changed(PLACE, {"instructions": "The street."})),
            updating(PLACE, instructions="The town."),
            'place: instructions has changed since this was proposed; it is now "The street."',
        ),
        (with_one(changed(PLACE, {"instructions": "The street."})), removing(PLACE), "instructions has changed"),
        (
            with_one(
                replace(PLACE, active_prompt=replace(PLACE.active_prompt, text="Own.", origin=PromptOrigin.EDITED))
            ),
            removing(PLACE),
            'active_prompt has changed since this was proposed; it is now "Own."',
        ),
        (
            replace(SCHEMA, context=replace(CONTEXT, language="French")),
            in_context(language="Mixed"),
            'the project\'s language has changed since this was proposed; it is now "French"',
        ),
    ],
)
def test_a_changed_ground_is_told_and_nothing_is_done(now: Schema, step: Change, told: str) -> None:
    with pytest.raises(GroundChanged, match=told) as caught:
        do(now, creating("another"), step)
    assert caught.value.code == "ground_changed"


def test_other_fields_may_change_meanwhile() -> None:
    now = with_one(changed(PLACE, {"required": True, "display_name": "Town"}))
    done = named(do(now, updating(PLACE, instructions="The town.")))["place"]
    assert (done.required, done.display_name, done.instructions) == (True, "Town", "The town.")
    assert names(do(now, removing(PLACE))) == ["form", "size"]


def test_added_examples_come_after_those_of_now() -> None:
    first, second, third = ({"text": text, "value": "x", "note": ""} for text in ("one", "two", "three"))
    had = changed(PLACE, {"golden_examples": [first]})
    adds = updating(had, golden_examples=[first, second])
    with_third = with_one(changed(PLACE, {"golden_examples": [first, third]}))
    assert texts(do(with_third, adds)) == ["one", "three", "two"]
    assert texts(do(with_one(changed(PLACE, {"golden_examples": []})), adds)) == ["two"]
    assert texts(do(with_one(changed(PLACE, {"golden_examples": [second, first]})), adds)) == ["two", "one"]
    with pytest.raises(GroundChanged, match="golden_examples has changed"):
        do(with_third, updating(had, golden_examples=[second]))


def texts(found: Changed) -> Sequence[str]:
    return [example.text for example in named(found)["place"].golden_examples]


def test_what_is_so_already_is_fine() -> None:
    now = with_one(changed(PLACE, {"instructions": "The town."}))
    assert named(do(now, updating(PLACE, instructions="The town.")))["place"] == now.variables[2]
    assert do(without(PLACE), removing(PLACE)).schema == without(PLACE)
    french = replace(SCHEMA, context=replace(CONTEXT, language="French"))
    assert do(french, in_context(language="French")).schema == french


def test_a_renamed_variable_is_the_same() -> None:
    now = with_one(changed(PLACE, {"name": "town"}))
    done = do(now, updating(PLACE, instructions="Its town."))
    assert names(done) == ["form", "size", "town"] and named(done)["town"].instructions == "Its town."
    assert names(do(now, removing(PLACE))) == ["form", "size"]


def test_conditions_follow_what_was_renamed_since() -> None:
    size = replace(SIZE, depends_on=(replace(SIZE.depends_on[0], variable="kind"),))
    now = with_one(size, with_one(changed(FORM, {"name": "kind"})))
    condition = {"variable": "form", "operator": "EQUALS", "value": "rally"}
    done = named(do(now, updating(SIZE, depends_on=[condition]), creating("who", depends_on=[condition])))
    assert [one.depends_on[0].variable for one in (done["size"], done["who"])] == ["kind", "kind"]
    with pytest.raises(VariableInvalid, match="'form', which is no variable"):
        do(now, creating("who", depends_on=[condition]), names={})


def test_conditions_follow_what_a_step_renames() -> None:
    done = do(SCHEMA, updating(FORM, name="kind"))
    assert named(done)["size"].depends_on[0].variable == "kind"
    assert done.touched == ("id-0",)


def test_two_may_change_their_names_with_each_other() -> None:
    """Conditions stay on what they were on; those that a step gives mean the names as they will be."""
    other = variable(3, "other", "CATEGORY", categories=[{"value": "march"}])
    schema = replace(SCHEMA, variables=(*SCHEMA.variables, other))
    given = {"depends_on": [{"variable": "form", "operator": "IS_PRESENT"}]}
    steps = (updating(FORM, name="other"), updating(other, name="form"), updating(PLACE, **given))
    done = named(do(schema, *steps))
    assert (done["form"].id, done["other"].id) == ("id-3", "id-0")
    assert (done["size"].depends_on[0].variable, done["place"].depends_on[0].variable) == ("other", "form")
