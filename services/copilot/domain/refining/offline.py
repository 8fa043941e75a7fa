"""Options without a model, from the corrections: examples to pin, words for categories, rules read off the notes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from coderai.codebook.problems import PromptInvalid, VariableInvalid
from coderai.services.copilot.domain.problems import NothingToLearnFrom
from coderai.services.copilot.domain.refining import pinning, rules, synonyms
from coderai.services.copilot.domain.refining.refinement import Option
from coderai.services.copilot.domain.refining.task import Draft, Task, option
from coderai.services.copilot.domain.refining.wording import Wording

_READS_NO_PROMPT = " The built-in engine does not read the words of a prompt: this tells as soon as a model codes."
_ONLY_ONE = (
    " There is no other option: corrections with their quotes would give examples, notes that say what to do would give"
    " rules."
)


def options(task: Task) -> list[Option]:
    """One to three options, all different from the present prompt and from each other.

    Raises:
        NothingToLearnFrom: nothing can be made of the corrections.
    """
    drafts = [draft for draft in (_examples(task), _synonyms(task), _noted(task)) if draft is not None]
    if len(drafts) < 2 and (suggested := _suggested(task)) is not None:
        drafts.append(suggested)
    if len(drafts) == 2 and (both := _both(*drafts)) is not None:
        drafts.append(both)
    made: list[Option] = []
    for draft in drafts:
        with suppress(VariableInvalid, PromptInvalid):  # it is too long, together with what there is already
            made.append(option(task, draft, len(made) + 1))
    if not made:
        raise NothingToLearnFrom()
    return made if len(made) > 1 else [replace(made[0], reason=made[0].reason + _ONLY_ONE)]


def _examples(task: Task) -> Draft | None:
    pinned = pinning.pins(task)
    if not pinned:
        return None
    count = "A sentence" if len(pinned) == 1 else f"{len(pinned)} sentences"
    reason = f"{count} in which the value was wrong, with the right one, against: {_errors(task)}."
    return Draft("Pin examples from the corrections", reason, pinned=pinned)


def _synonyms(task: Task) -> Draft | None:
    categories = synonyms.described(task)
    if not categories:
        return None
    changed = [f"“{one.value}”" for one in categories if one not in task.variable.categories]
    reason = f"The words by which documents say {', '.join(changed)}, from people's quotes."
    return Draft("Say which words stand for a category", reason, categories=categories)


def _noted(task: Task) -> Draft | None:
    title = "Add what the reviewers' notes say"
    return _added(task, rules.from_notes(task), title, "Read off the notes on wrong cells")


def _suggested(task: Task) -> Draft | None:
    title = "Add rules against these errors"
    return _added(task, rules.from_groups(task), title, "Rules that fit the groups of errors, in nobody's own words")


def _added(task: Task, found: Sequence[str], title: str, source: str) -> Draft | None:
    if not found:
        return None
    instructions = "\n".join([Wording.of(task.variable).instructions, *found]).strip()
    reason = f"{source}: {_errors(task)}.{_READS_NO_PROMPT if task.is_offline else ''}"
    return Draft(title, reason, instructions=instructions)


def _both(one: Draft, other: Draft) -> Draft | None:
    """Two drafts in one, unless both change the instructions."""
    if one.instructions and other.instructions:
        return None
    return Draft(
        f"{one.title}, and {other.title[:1].lower()}{other.title[1:]}",
        f"{one.reason} {other.reason}",
        instructions=one.instructions or other.instructions,
        pinned=one.pinned or other.pinned,
        categories=one.categories or other.categories,
    )


def _errors(task: Task) -> str:
    """The largest groups in a line, with how many cells each has."""
    return "; ".join(f"{group.description} ({len(group.cells)})" for group in task.groups[:3])
