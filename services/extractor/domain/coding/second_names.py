"""Says which names that look nothing alike are of one thing: by the text's own words, and by initials."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations, permutations

from coderai.services.extractor.domain.coding.definitions import Definition, definitions
from coderai.services.extractor.domain.coding.name_forms import Related, Relation, is_initialism, relate
from coderai.services.extractor.domain.coding.names import aliases

_OTHERWISE = Related(Relation.UNDECIDED, "initials that the text gives to another")

Names = frozenset[str]
"""Two names."""


def second_names(text: str, names: Collection[str]) -> Mapping[Names, Related]:
    """What a text's definitions and initials make of pairs of the names that were listed; in no order.

    A short name that may stand for several that are not forms of one is left open; what the text says of it goes
    before what its letters say.
    """
    said: dict[str, dict[str, Related]] = {}
    for definition in definitions(text, names):
        related, by_form = _as_said(definition), relate(definition.full, definition.short).relation
        if by_form is Relation.UNRELATED or (related.by_text and by_form is not Relation.DIFFERENT):
            said.setdefault(definition.short, {})[definition.full] = related
    of_text = {frozenset((short, full)): related for short, fulls in said.items() for full, related in fulls.items()}
    told = {pair for pair, related in of_text.items() if related.relation is Relation.SAME}
    spelled: dict[str, dict[str, Related]] = {}
    for short, full in permutations(sorted(names), 2):
        if is_initialism(short, full) and frozenset((short, full)) not in of_text:
            fits = all(_is_same(full, other, told) for other in said.get(short, ()))
            spelled.setdefault(short, {})[full] = relate(short, full) if fits else _OTHERWISE
    return dict(_unless_several(spelled, told)) | dict(_unless_several(said, told))


def _as_said(definition: Definition) -> Related:
    """A bracket alone leaves two names open that may be persons', or have numbers: it can hold a party or a part."""
    full, short = aliases(definition.full)[0], aliases(definition.short)[0]
    open_ = (full.personal and short.personal) or not (full.proper or short.proper) or (full.numbers and short.numbers)
    sure = definition.explicit or is_initialism(definition.short, definition.full) or not open_
    why = f"the text says so: {definition.sentence!r}"
    return Related(Relation.SAME if sure else Relation.UNDECIDED, why, by_text=sure)


def _unless_several(
    found: Mapping[str, Mapping[str, Related]], told: Collection[Names]
) -> Iterable[tuple[Names, Related]]:
    for short, fulls in found.items():
        same = [full for full, related in fulls.items() if related.relation is Relation.SAME]
        several = not all(_is_same(one, other, told) for one, other in combinations(same, 2))
        why = f"{short!r} may stand for {' or '.join(map(repr, sorted(same)))}"
        for full, related in fulls.items():
            yield frozenset((short, full)), Related(Relation.UNDECIDED, why) if several else related


def _is_same(one: str, other: str, told: Collection[Names]) -> bool:
    return frozenset((one, other)) in told or relate(one, other).relation is Relation.SAME
