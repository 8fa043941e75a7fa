"""Checks drafts of proposals against the project as it is: those that it could take, and why not the others."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import regex

from coderai.codebook.changing import Changed, change_schema
from coderai.codebook.definition import definition
from coderai.codebook.plain import write
from coderai.codebook.schema import Action, Change, Schema
from coderai.codebook.together import MOST_VARIABLES
from coderai.codebook.variable import Variable
from coderai.kit.errors import CoderAIError
from coderai.services.copilot.domain.diffing import difference
from coderai.services.copilot.domain.drafting import shown
from coderai.services.copilot.domain.proposal import Draft

Reads = Callable[[Sequence[Change]], Sequence[Change]]
"""Steps -> the same as the projects service's contract has them. Raises InvalidInput."""

_LONGEST_TITLE, _LONGEST_REASON, _LONGEST_VALUE = 200, 5_000, 300
_MOST_QUOTES, _MOST_COUNTS, _MOST_LEFTOVERS, _MOST_TOLD = 20, 300, 100, 50
_DEEPEST = 20
"""Levels of lists and objects in a variable: none that makes sense has more than five, and messages cannot have 50."""
_MOST_BYTES = 500_000
"""Of the steps as JSON, so that a page of proposals fits into a message."""
_UNPRINTABLE = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no text should have: among it what Postgres cannot hold."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A draft that the project can take."""

    draft: Draft
    """With only the fields that change, each step complete."""
    diff: str
    key: str
    """The same for drafts that do the same to the same."""

    @property
    def creates(self) -> tuple[str, ...]:
        """The names of the variables that it adds."""
        return tuple(one.variable for one in self.draft.changes if one.action is Action.CREATE_VARIABLE)


class NothingChanges(CoderAIError):
    """It changes nothing."""


class DraftTooLarge(CoderAIError):
    """It is too large to be looked at: its variables, as they are and as they would be, have more than 500 kB."""


class NestedTooDeep(CoderAIError):
    """Its values are nested too deep."""


def fit_drafts(drafts: Iterable[Draft], schema: Schema, reads: Reads) -> tuple[list[Fitted], list[str]]:
    """The drafts that can be applied to the project as it is, each by itself; a sentence for each of the others.

    Names that two drafts would give are the first one's, and no more variables are added than a project may have.
    May take seconds for hundreds of drafts: not for the event loop.
    """
    fitted, left_out = list[Fitted](), list[str]()
    taken, room = set[str](), MOST_VARIABLES - len(schema.variables)
    for draft in drafts:
        try:
            one = _fit(draft, schema, reads)
        except CoderAIError as error:
            left_out.append(f"{_title(draft)}: {error.message}")
            continue
        twice = sorted(taken.intersection(one.creates))
        if twice:
            left_out.append(f"{_title(draft)}: {', '.join(twice)} is proposed already")
        elif len(taken) + len(one.creates) > room:
            left_out.append(f"{_title(draft)}: a project has {MOST_VARIABLES} variables at most")
        else:
            taken.update(one.creates)
            fitted.append(one)
    return fitted, left_out


def told(sentences: Sequence[str]) -> tuple[str, ...]:
    """The first of many sentences, and how many more there are."""
    more = len(sentences) - _MOST_TOLD
    return (*sentences[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else ()))


def key_of(changes: Iterable[Change]) -> str:
    """64 hexadecimal digits for what steps do to what is there: the same for the same."""
    plain = [[one.action, one.variable_id or one.variable, _ground(one), one.wanted] for one in changes]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _ground(change: Change) -> Mapping[str, Any]:
    before = change.variable_before or change.context_before or {}
    return {name: before.get(name) for name in change.fields or ("type", "instructions", "categories")}


def try_changes(schema: Schema, changes: Sequence[Change], names: Mapping[str, str]) -> Changed:
    """The schema as it would be once the steps are done. Raises what codebook.changing.change_schema raises."""
    numbers = count(1)
    return change_schema(schema, changes, names, lambda: f"new-{next(numbers)}")


def _fit(draft: Draft, schema: Schema, reads: Reads) -> Fitted:
    """Raises CoderAIError: the project cannot take it, or it changes nothing."""
    steps = [_grounded(step, schema) for step in reads([_clean(step) for step in draft.changes])]
    after = try_changes(schema, steps, schema.names).schema
    complete = tuple(one for step in steps if (one := _complete(step, schema, after)))
    if not complete:
        raise NothingChanges()
    if len(json.dumps(list(map(write, complete)))) > _MOST_BYTES:
        raise DraftTooLarge()
    fitted = replace(
        draft,
        title=_title(draft),
        reason=_text(draft.reason, _LONGEST_REASON),
        changes=complete,
        quotes=draft.quotes[:_MOST_QUOTES],
        counts=tuple(replace(one, value=_text(one.value, _LONGEST_VALUE)) for one in draft.counts[:_MOST_COUNTS]),
        leftovers=tuple(_text(one, _LONGEST_VALUE) for one in draft.leftovers[:_MOST_LEFTOVERS]),
    )
    return Fitted(fitted, difference(schema, after), key_of(complete))


def _grounded(step: Change, schema: Schema) -> Change:
    """The step with what is there now, where it does not say what it was drafted for, and beside what it wants."""
    if step.action is Action.UPDATE_CONTEXT:
        now = write(schema.context)
        return replace(step, context_before=step.context_before or now, context_after={**now, **step.wanted})
    variable = _variable(schema, step.variable_id)
    if variable is None or step.action is Action.CREATE_VARIABLE:
        return step
    plain = shown(variable)
    return replace(step, variable_before=step.variable_before or plain, variable_after={**plain, **step.wanted})


def _complete(step: Change, schema: Schema, after: Schema) -> Change | None:
    """The step with all of its variable or context as it would be, and the fields that change; None without any."""
    before, then = _variable(schema, step.variable_id), _variable(after, step.variable_id)
    if step.action is Action.CREATE_VARIABLE:
        created = next(one for one in after.variables if one.name == step.wanted["name"])
        return replace(step, variable=created.name, fields=(), variable_after=definition(created))
    if step.action is Action.UPDATE_CONTEXT:
        fields = _differing(step.fields, write(schema.context), write(after.context))
        return replace(step, fields=fields, context_after=write(after.context)) if fields else None
    if before is None:
        return None
    if step.action is Action.REMOVE_VARIABLE or then is None:
        return replace(step, variable=before.name, fields=(), variable_after=None)
    fields = _differing(step.fields, definition(before), definition(then))
    return replace(step, variable=before.name, fields=fields, variable_after=shown(then)) if fields else None


def _variable(schema: Schema, variable_id: str) -> Variable | None:
    return next((variable for variable in schema.variables if variable.id == variable_id), None)


def _differing(fields: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(fields) if name in before and before[name] != after[name])


def _title(draft: Draft) -> str:
    title = " ".join(_UNPRINTABLE.sub(" ", draft.title).split())
    return _text(title or draft.kind.capitalize().replace("_", " "), _LONGEST_TITLE)


def _text(text: str, most: int) -> str:
    clean = _UNPRINTABLE.sub("", text).strip()
    return clean if len(clean) <= most else f"{clean[: most - 3].rstrip()}..."


def _clean(step: Change) -> Change:
    """Without what no text should have, and without numbers that JSON does not know. Raises NestedTooDeep."""
    return replace(step, variable_after=_cleaned(step.variable_after), context_after=_cleaned(step.context_after))


def _cleaned(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise NestedTooDeep()
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {_cleaned(key, depth): _cleaned(item, depth + 1) for key, item in value.items()}
    return [_cleaned(item, depth + 1) for item in value] if isinstance(value, list | tuple) else value
