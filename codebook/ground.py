"""Whether what a change was proposed for is still so: of what changes, and of what is removed, nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from coderai.codebook.conditions import renamed
from coderai.codebook.context import Context
from coderai.codebook.definition import definition
from coderai.codebook.plain import read, write
from coderai.codebook.problems import GroundChanged
from coderai.codebook.prompt_version import PromptOrigin
from coderai.codebook.schema import Action, Change, Schema
from coderai.codebook.variable import Variable

_ASKED = ("type", "instructions", "categories", "golden_examples", "reading")
"""What a variable asks, whatever it is called; with the active prompt where that is a person's own."""
_SHOWN = 300
"""Characters of what something is now, in a message."""


def check_ground(schema: Schema, steps: Iterable[Change], renames: Mapping[str, str]) -> None:
    """Refuses steps whose ground has changed; `renames`: new names of variables by their old ones.

    What is as it is wanted to be already is fine, and so is a variable that is gone where it is to be removed.

    Raises:
        GroundChanged: says what has changed, and to what.
    """
    by_id = {variable.id: variable for variable in schema.variables}
    found = [said for step in steps for said in _changes(step, schema.context, by_id, renames)]
    if found:
        raise GroundChanged("; ".join(found))


def with_examples_of_now(step: Change, schema: Schema) -> Change:
    """A step that only adds golden examples, as one that adds them to those that the variable has now.

    Each example stands for itself: that others have come or gone is no reason against it.
    """
    now = next((variable for variable in schema.variables if variable.id == step.variable_id), None)
    if now is None or "golden_examples" not in step.fields:
        return step
    then, wanted = (read(Variable, plain or {}) for plain in (step.variable_before, step.variable_after))
    if tuple(one for one in wanted.golden_examples if one in then.golden_examples) != then.golden_examples:
        return step
    added = (one for one in wanted.golden_examples if one not in (*then.golden_examples, *now.golden_examples))
    return replace(
        step,
        variable_before={**(step.variable_before or {}), "golden_examples": list(map(write, now.golden_examples))},
        variable_after={
            **(step.variable_after or {}),
            "golden_examples": list(map(write, (*now.golden_examples, *added))),
        },
    )


def _changes(
    step: Change, context: Context, by_id: Mapping[str, Variable], renames: Mapping[str, str]
) -> Iterator[str]:
    now = by_id.get(step.variable_id)
    if step.action is Action.UPDATE_CONTEXT:
        then, wanted = (write(read(Context, plain or {})) for plain in (step.context_before, step.context_after))
        yield from _differences("the project's", step.fields, write(context), then, wanted)
    elif step.action is Action.UPDATE_VARIABLE and now is None:
        yield f"the variable {step.variable} was removed since this was proposed"
    elif step.action is Action.UPDATE_VARIABLE and now is not None:
        then, wanted = (
            definition(renamed(read(Variable, plain or {}), renames))
            for plain in (step.variable_before, step.variable_after)
        )
        yield from _differences(f"{now.name}:", step.fields, definition(now), then, wanted)
    elif step.action is Action.REMOVE_VARIABLE and now is not None:
        asked = _asked(read(Variable, step.variable_before or {}))
        yield from _differences(f"{now.name}:", asked, _asked(now), asked, asked)


def _asked(variable: Variable) -> dict[str, Any]:
    plain, prompt = definition(variable), variable.active_prompt
    own = "" if prompt.origin is PromptOrigin.GENERATED else prompt.text
    return {**{name: plain[name] for name in _ASKED}, "active_prompt": own}


def _differences(
    of: str, names: Iterable[str], now: Mapping[str, Any], then: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Iterator[str]:
    for name in names:
        if name in now and _json(now[name]) not in (_json(then[name]), _json(wanted[name])):
            yield f"{of} {name} has changed since this was proposed; it is now {_shown(now[name])}"


def _json(value: Any) -> Any:
    """A value as it comes from JSON, so that lists and tuples, 1 and 1.0 are the same."""
    return json.loads(json.dumps(value))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
