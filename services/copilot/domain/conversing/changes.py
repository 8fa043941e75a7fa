"""Turns what a model proposes into drafts: the steps that would change the project as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from coderai.codebook.definition import definition
from coderai.codebook.names import column_name
from coderai.codebook.plain import write
from coderai.codebook.schema import Action, Schema
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain import drafting
from coderai.services.copilot.domain.proposal import Change, Draft, SourceQuote

Plain = Mapping[str, Any]
_VERBS = {
    Action.CREATE_VARIABLE: "Add",
    Action.UPDATE_VARIABLE: "Change",
    Action.REMOVE_VARIABLE: "Remove",
    Action.UPDATE_CONTEXT: "Change",
}
_OF_UNIT = ("row_is", "rows_per_document", "entity_identification_pattern")


class Act(StrEnum):
    """What a proposal of a reply does."""

    ADD = "ADD_VARIABLE"
    CHANGE = "CHANGE_VARIABLE"
    REMOVE = "REMOVE_VARIABLE"
    SPLIT = "SPLIT_VARIABLE"
    MERGE = "MERGE_VARIABLES"
    PROJECT = "CHANGE_PROJECT"


class ChangeUnclear(Exception):
    """What is proposed cannot be done as it stands; says why, in words that follow what is proposed."""


def drafts_of(proposed: Plain, quotes: Sequence[SourceQuote], schema: Schema, sampled: int) -> list[Draft]:
    """One proposal of a reply as drafts, so that people can decide on each change by itself.

    `proposed` fits REPLY_SCHEMA; `sampled`: how many documents were shown.

    Raises:
        ChangeUnclear
    """
    drafts = []
    for changes in _steps(proposed, schema):
        title = proposed["title"].strip() or ", ".join(map(_in_words, changes))
        draft = drafting.draft(title, proposed["reason"].strip(), changes, quotes)
        drafts.append(replace(draft, sampled_documents=sampled))
    return drafts


def _steps(proposed: Plain, schema: Schema) -> list[list[Change]]:
    """The steps of each draft."""
    named = [_variable(name, schema) for name in dict.fromkeys(proposed["variables"])]
    given = [_given(one) for one in proposed["definitions"]]
    match Act(proposed["action"]):
        case Act.ADD:
            return [[_creation(one)] for one in _some(given, "it defines no variable")]
        case Act.CHANGE:
            return [[_update(_one(named), _one_definition(given))]]
        case Act.REMOVE:
            return [[drafting.removal(one)] for one in _some(named, "it names no variable")]
        case Act.SPLIT:
            return [_split(_one(named), given)]
        case Act.MERGE:
            return [_merge(named, _one_definition(given))]
        case Act.PROJECT:
            return [[_of_context(proposed["project"], schema)]]


def _split(before: Variable, given: Sequence[Plain]) -> list[Change]:
    if len(given) < 2:
        raise ChangeUnclear("a variable is split into two or more, and it defines fewer")
    kept = next((one for one in given if one.get("name") == before.name), None)
    created = [_creation(one) for one in given if one is not kept]
    return [drafting.removal(before) if kept is None else _update(before, kept), *created]


def _merge(named: Sequence[Variable], given: Plain) -> list[Change]:
    if len(named) < 2:
        raise ChangeUnclear("two or more variables are merged, and it names fewer")
    kept = next((one for one in named if one.name == given.get("name")), None)
    removed = [drafting.removal(one) for one in named if one is not kept]
    return [*removed, _creation(given) if kept is None else _update(kept, given)]


def _creation(given: Plain) -> Change:
    if not given.get("name") or not given.get("type"):
        raise ChangeUnclear("a new variable needs a name and a type")
    return drafting.creation(given)


def _update(before: Variable, given: Plain) -> Change:
    old = definition(before)
    after = {name: value for name, value in given.items() if _as_list(old.get(name)) != value}
    if not after:
        raise ChangeUnclear(f"it changes nothing of {before.name}")
    return drafting.update(before, after)


def _of_context(given: Plain | None, schema: Schema) -> Change:
    before = write(schema.context)
    wanted = {name: value for name, value in (given or {}).items() if value is not None}
    unit = {**before["unit"], **{name: wanted.pop(name) for name in _OF_UNIT if name in wanted}}
    after = {name: value for name, value in {**wanted, "unit": unit}.items() if before[name] != value}
    if not after:
        raise ChangeUnclear("it changes nothing of the project")
    return drafting.of_context(before, after)


def _given(defined: Plain) -> dict[str, Any]:
    """What a definition says; what is null in it is not given."""
    given = {name: value for name, value in defined.items() if value is not None}
    if "name" in given:
        given["name"] = column_name(given["name"]) or given["name"]
    return given


def _as_list(value: Any) -> Any:
    """A value as JSON has it."""
    return [_as_list(one) for one in value] if isinstance(value, tuple | list) else value


def _variable(name: str, schema: Schema) -> Variable:
    found = next((one for one in schema.variables if one.name == name), None)
    if found is None:
        raise ChangeUnclear(f"there is no variable {name[:80]!r}")
    return found


def _one(named: Sequence[Variable]) -> Variable:
    if len(named) != 1:
        raise ChangeUnclear(f"it names {len(named)} variables, and is about one")
    return named[0]


def _one_definition(given: Sequence[Plain]) -> Plain:
    if len(given) != 1:
        raise ChangeUnclear(f"it has {len(given)} definitions, and needs one")
    return given[0]


def _some(things: Sequence[Any], else_told: str) -> Sequence[Any]:
    if not things:
        raise ChangeUnclear(else_told)
    return things


def _in_words(change: Change) -> str:
    return f"{_VERBS[change.action]} {change.variable or 'the project'}"
