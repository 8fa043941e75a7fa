"""Which categories a variable could take: what was seen in the sample, and what a person defined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coderai.codebook.variable import Variable, VariableType
from coderai.services.copilot.domain import drafting
from coderai.services.copilot.domain.proposal import CategoryCount, Draft
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.checking import (
    LONGEST,
    MOST_CATEGORIES,
    MOST_QUOTES,
    Drafted,
    Refused,
    counted,
    found,
    short,
)
from coderai.services.copilot.domain.suggesting.ideas import CategoriesIdea, CategoryIdea

_MOST_LEFTOVERS = 50
_MOST_TOLD = 10
"""Values that are named as left out."""


def drafted(idea: CategoriesIdea, question: Question) -> Drafted:
    """The list of categories, if any of it is new; values that no document has are left out, and told."""
    assert question.variable is not None
    try:
        return draft(idea, question.variable, question)
    except Refused as refused:
        return Drafted((), (f"No categories are proposed for {question.variable.name}: {refused}.",))


def draft(idea: CategoriesIdea, variable: Variable, question: Question) -> Drafted:
    """The proposal of the categories, with what was left out of them. Raises Refused."""
    if len(idea.categories) > MOST_CATEGORIES:
        raise Refused(f"the answer has {len(idea.categories):,}, and {MOST_CATEGORIES} is the most")
    own = [CategoryIdea(one.value, one.description) for one in variable.categories]
    names = {one.value.casefold(): one for one in own}
    seen = counted(idea.categories, question.documents)
    counts = [_count_of(one.value, seen) for one in own]
    counts += [one for one in seen if one.documents and one.value.casefold() not in names]
    unseen = [one.value for one in seen if not one.documents and one.value.casefold() not in names]
    if len(counts) < 2:
        raise Refused(
            "the sample has no two values to make categories from" + _told(unseen, _leftovers(idea, question))
        )
    written = _draft(idea, variable, question, counts)
    left_out = [f"“{short(value)}” is left out: no document of the sample has it." for value in unseen[:_MOST_TOLD]]
    return Drafted((written,), tuple(left_out))


def _draft(idea: CategoriesIdea, variable: Variable, question: Question, counts: Sequence[CategoryCount]) -> Draft:
    given = {" ".join(one.value.split()).casefold(): one.description for one in idea.categories}
    own = {one.value.casefold(): one.description for one in variable.categories}
    described = {**given, **{value: text for value, text in own.items() if text}}
    after = [
        {"value": one.value, "description": short(described.get(one.value.casefold(), ""), LONGEST)} for one in counts
    ]
    is_category = variable.type is VariableType.CATEGORY
    if is_category and after == [{"value": c.value, "description": c.description} for c in variable.categories]:
        raise Refused("those that it has are all that the sample shows")
    fields = {"categories": after} if is_category else {"categories": after, "type": VariableType.CATEGORY.value}
    written = drafting.draft(
        f"Categories of {variable.name}: {short(', '.join(one.value for one in counts))}",
        short(idea.reason, LONGEST) or "These values were seen in the sample.",
        [drafting.update(variable, fields)],
        [one.quote for one in counts if one.quote is not None][:MOST_QUOTES],
    )
    return replace(
        written,
        counts=tuple(counts),
        leftovers=_leftovers(idea, question),
        sampled_documents=len(question.documents),
    )


def _count_of(value: str, seen: Sequence[CategoryCount]) -> CategoryCount:
    """What was seen of a category that a person defined, by its own spelling."""
    same = next((one for one in seen if one.value.casefold() == value.casefold()), None)
    return CategoryCount(value, 0) if same is None else replace(same, value=value)


def _leftovers(idea: CategoriesIdea, question: Question) -> tuple[str, ...]:
    """The values that fit no category, those that a document has."""
    claims = idea.leftovers[:_MOST_LEFTOVERS]
    return tuple(dict.fromkeys(short(claim.quote) for claim in claims if found([claim], question.documents)))


def _told(unseen: Sequence[str], leftovers: Sequence[str]) -> str:
    told = [f"none has “{short(', '.join(unseen))}”"] if unseen else []
    told += [f"seen once: {short(', '.join(leftovers), 200)}"] if leftovers else []
    return f" ({'; '.join(told)})" if told else ""
