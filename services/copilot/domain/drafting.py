"""Writes drafts of proposals: which steps make which kind of change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.definition import definition
from coderai.codebook.plain import write
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain.proposal import Action, Change, Draft, ProposalKind, SourceQuote

_KINDS = {
    "instructions": ProposalKind.CHANGE_INSTRUCTIONS,
    "categories": ProposalKind.CHANGE_CATEGORIES,
    "depends_on": ProposalKind.CHANGE_DEPENDENCY,
    "golden_examples": ProposalKind.ADD_EXAMPLE,
}
"""Of the field that comes first among those that change; of all others CHANGE_SETTINGS."""


def creation(after: Mapping[str, Any]) -> Change:
    """The step that adds a variable; `after` is its definition as plain JSON."""
    return Change(Action.CREATE_VARIABLE, variable=str(after["name"]), variable_after=after)


def update(before: Variable, after: Mapping[str, Any]) -> Change:
    """The step that gives a variable the fields in `after`."""
    return Change(
        Action.UPDATE_VARIABLE,
        variable_id=before.id,
        variable=before.name,
        fields=tuple(after),
        variable_before=shown(before),
        variable_after={**shown(before), **after},
    )


def removal(before: Variable) -> Change:
    """The step that removes a variable."""
    return Change(Action.REMOVE_VARIABLE, variable_id=before.id, variable=before.name, variable_before=shown(before))


def of_context(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """The step that gives a project the fields in `after`; both are plain fields of ProjectContext."""
    return Change(Action.UPDATE_CONTEXT, fields=tuple(after), context_before=before, context_after={**before, **after})


def kind_of(changes: Sequence[Change]) -> ProposalKind:
    """What kind of proposal the steps are; a change of conditions alone goes along with what it makes possible."""
    actions = [change.action for change in changes]
    created, removed = actions.count(Action.CREATE_VARIABLE), actions.count(Action.REMOVE_VARIABLE)
    updated = any(one.action is Action.UPDATE_VARIABLE and set(one.fields) != {"depends_on"} for one in changes)
    first = changes[0]
    if created and removed:
        return ProposalKind.SPLIT_VARIABLE if created > removed else ProposalKind.MERGE_VARIABLES
    if removed:
        return ProposalKind.MERGE_VARIABLES if updated else ProposalKind.REMOVE_VARIABLE
    if created:
        return ProposalKind.SPLIT_VARIABLE if updated else ProposalKind.ADD_VARIABLE
    if first.action is Action.UPDATE_CONTEXT:
        return ProposalKind.CHANGE_UNIT if "unit" in first.fields else ProposalKind.CHANGE_CONTEXT
    return _KINDS.get(first.fields[0], ProposalKind.CHANGE_SETTINGS)


def draft(title: str, reason: str, changes: Sequence[Change], quotes: Sequence[SourceQuote] = ()) -> Draft:
    """A draft of these steps, of the kind that they are."""
    return Draft(kind_of(changes), title, reason, tuple(changes), tuple(quotes))


def shown(variable: Variable) -> dict[str, Any]:
    """A variable as proposals show it: its definition with its id, and its active prompt's text."""
    return {
        **definition(variable),
        "id": variable.id,
        "project_id": variable.project_id,
        "position": variable.position,
        "active_prompt": write(variable.active_prompt),
    }
