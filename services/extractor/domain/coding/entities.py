"""Merges the mentions of entities in a document into one row per entity, whatever order they come in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from rapidfuzz import fuzz

from coderai.services.extractor.domain.coding.extraction import Evidence, Found, Match, Mention
from coderai.services.extractor.domain.coding.facts import facts, other_dates, other_details
from coderai.services.extractor.domain.coding.name_forms import Related, Relation, relate
from coderai.services.extractor.domain.coding.names import is_shorthand, names_one_alone
from coderai.services.extractor.domain.coding.second_names import second_names

SAME_NAME = 92.0
"""Least similarity, in per cent (token set ratio), of names that overlapping passages give to one place."""
SAME_PLACE = "same place in overlapping passages"
JOINED = "a second call took it for the same"
MOST_UNLIKE = 12
"""Entities of a document up to which those that share no word are put to the second call as well."""
_APART = (Relation.DIFFERENT, Relation.UNDECIDED)

Pair = tuple[int, int]


@dataclass
class Merging:
    """The mentions of a document in the text's order, and which of them are of one entity.

    Two mentions that are forms of one name are joined unless a third one could be the same as the first and is told
    apart from the second: "Keller" is nobody's when Anna and Peter Keller are both there. It stays an entity of its
    own, with the reason, unless `join` has it decided.
    """

    mentions: Sequence[Mention]
    """All of them stand in the text."""
    language: str = ""
    text: str = ""
    """The document's, which may say that two names are of one thing."""
    decided: Collection[frozenset[int]] = ()
    """Groups of mentions, by place in `mentions`, that a second call took for one thing each."""

    @classmethod
    def of(cls, mentions: Iterable[Mention], language: str = "", text: str = "") -> Merging:
        """Begins with the mentions that stand in the text; the others are dropped."""
        grounded = [m for m in mentions if m.evidence.match is not Match.NONE]
        return cls(sorted(grounded, key=_in_text_order), language, text)

    @cached_property
    def related(self) -> dict[Pair, Related]:
        """What the pairs of mentions that have anything to do with each other are."""
        second = second_names(self.text, {mention.text for mention in self.mentions})
        found = {
            (a, b): _related(self.mentions[a], self.mentions[b], self.language, second)
            for a, b in combinations(range(len(self.mentions)), 2)
        }
        return {pair: related for pair, related in found.items() if related.relation is not Relation.UNRELATED}

    @cached_property
    def groups(self) -> list[list[int]]:
        """The mentions by entity as code sees it, in order of first mention."""
        same = self._pairs(lambda related: related.relation is Relation.SAME)
        certain = self._pairs(lambda related: related.why == SAME_PLACE)
        free = self._unrivalled(same) | self._pairs(lambda related: related.by_text)
        return _joined(range(len(self.mentions)), [self._unrivalled(certain) | free, free], self._different)

    @property
    def undecided(self) -> list[list[int]]:
        """The groups of which code cannot tell whether another one is the same; none when it can tell of all."""
        asked = self._open | self._unlike
        return [self.groups[number] for number in sorted({number for pair in asked for number in pair})]

    def join(self, together: Iterable[Sequence[int]]) -> Merging:
        """The same with groups of `undecided` joined, by their places there; what code tells apart stays apart."""
        asked = self.undecided
        return replace(self, decided=[frozenset(m for place in places for m in asked[place]) for places in together])

    def found(self) -> list[Found]:
        """One entity per thing, numbered in order of first mention, each mention with the reason why it is of it."""
        of = self._group_of
        pairs = {(of[a], of[b]) for group in self.decided for a, b in combinations(sorted(group), 2)}
        different = {(of[a], of[b]) for a, b in self._different}
        joined = _joined(range(len(self.groups)), [pairs], different)
        merged = [sorted(m for number in numbers for m in self.groups[number]) for numbers in joined]
        return [self._entity(number, group) for number, group in enumerate(merged, start=1)]

    @cached_property
    def _group_of(self) -> dict[int, int]:
        return {mention: number for number, group in enumerate(self.groups) for mention in group}

    @cached_property
    def _open(self) -> set[frozenset[int]]:
        """The pairs of groups of which code cannot tell whether they are one thing."""
        of = self._group_of
        apart = {frozenset((of[a], of[b])) for a, b in self._different}
        return {frozenset((of[a], of[b])) for a, b in self.related if of[a] != of[b]} - apart

    @cached_property
    def _unlike(self) -> set[frozenset[int]]:
        """The pairs of groups that share no word and of which one is a shorthand that may stand for the other, as long
        as they are few: "the Buyer", "Acme Ltd".
        """
        if len(self.groups) > MOST_UNLIKE:
            return set()
        of = self._group_of
        known = {frozenset((of[a], of[b])) for a, b in self.related}
        names = [[self.mentions[m] for m in group] for group in self.groups]
        shorthand = [all(is_shorthand(mention.text) for mention in group) for group in names]
        return {
            frozenset((a, b))
            for a, b in combinations(range(len(self.groups)), 2)
            if shorthand[a] != shorthand[b]
            and frozenset((a, b)) not in known
            and not any(_of_other_dates(one, other, self.language) for one in names[a] for other in names[b])
        }

    @cached_property
    def _different(self) -> set[Pair]:
        return self._pairs(lambda related: related.relation is Relation.DIFFERENT)

    def _pairs(self, wanted: Callable[[Related], bool]) -> set[Pair]:
        return {pair for pair, related in self.related.items() if wanted(related)}

    def _unrivalled(self, same: set[Pair]) -> set[Pair]:
        """The pairs of which no third mention is the same as one and told apart from the other."""
        near: dict[int, set[int]] = {}
        for a, b in same:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
        return {
            (a, b)
            for a, b in same
            if not any(self._apart(b, third) for third in near[a])
            and not any(self._apart(a, third) for third in near[b])
        }

    def _apart(self, one: int, other: int) -> bool:
        related = self.related.get((min(one, other), max(one, other)))
        return related is not None and related.relation in _APART

    def _entity(self, number: int, group: Sequence[int]) -> Found:
        mentions = [replace(self.mentions[m], why=self._why(m, place, group)) for place, m in enumerate(group)]
        return Found(number, max((mention.text for mention in mentions), key=len), tuple(mentions))

    def _why(self, mention: int, place: int, group: Sequence[int]) -> str:
        if place == 0:
            return "first mention" + self._rivals(mention)
        for other in group:
            related = self.related.get((min(mention, other), max(mention, other)))
            if related is not None and related.relation is Relation.SAME and other != mention:
                return (
                    related.why
                    if related.why == SAME_PLACE or related.by_text
                    else f"{related.why}: {self.mentions[other].text!r}"
                )
        return JOINED

    def _rivals(self, mention: int) -> str:
        """What a mention could be as well, as far as nobody decided that."""
        mine = self._group_of[mention]
        others = {number for pair in self._open if mine in pair and not self.decided for number in pair} - {mine}
        names = sorted({self.mentions[self.groups[number][0]].text for number in others})
        return f"; could be {' or '.join(map(repr, names))}" if names else ""


def merge(mentions: Iterable[Mention], language: str = "", text: str = "") -> list[Found]:
    """One entity per thing mentioned, by rules alone; mentions not in the text are dropped."""
    return Merging.of(mentions, language, text).found()


def _related(one: Mention, other: Mention, language: str, second: Mapping[frozenset[str], Related]) -> Related:
    """What two mentions are to each other: by their names, the second names that the text gives, their places, and
    what is told of them.
    """
    named = second.get(frozenset((one.text, other.text)))
    related = named or relate(one.text, other.text)
    alone = one.passage == other.passage
    if related.relation is Relation.DIFFERENT:
        return related
    if not alone and _overlap(one.evidence, other.evidence):
        alike = related.relation is not Relation.UNRELATED or fuzz.token_set_ratio(one.text, other.text) >= SAME_NAME
        return Related(Relation.SAME, SAME_PLACE) if alike else related
    if related.relation is Relation.UNRELATED or named:
        return related
    if related.why in ("spelled alike", "given names spelled alike", "surnames spelled alike") and alone:
        return Related(Relation.DIFFERENT, "listed apart in one passage")
    return _by_facts(one, other, language) or related


def _by_facts(one: Mention, other: Mention, language: str) -> Related | None:
    """What is told of them makes two of a name that fits many things, and leaves it open of other names."""
    told, of_other = facts(one.evidence.quote, language), facts(other.evidence.quote, language)
    dates, details = other_dates(told, of_other), other_details(told, of_other)
    is_name = names_one_alone(one.text) and names_one_alone(other.text)
    listed_twice = one.passage == other.passage and one.text == other.text
    if not is_name and dates and is_name is not None:
        return Related(Relation.DIFFERENT, "other dates")
    if not is_name and is_name is not None and details and listed_twice:
        return Related(Relation.DIFFERENT, "other numbers or places, listed twice in one passage")
    if (dates or details) and (listed_twice or not is_name):
        return Related(Relation.UNDECIDED, "other dates, numbers or places")
    return None


def _of_other_dates(one: Mention, other: Mention, language: str) -> bool:
    return other_dates(facts(one.evidence.quote, language), facts(other.evidence.quote, language))


def _joined(members: Sequence[int], levels: Sequence[Collection[Pair]], different: Collection[Pair]) -> list[list[int]]:
    """The connected members, in order; a group that holds two told apart is connected by the next level's pairs alone,
    and after the last by none.
    """
    if not levels:
        return [[member] for member in members]
    groups = _connected(members, levels[0])
    of = {member: number for number, group in enumerate(groups) for member in group}
    broken = {of[a] for a, b in different if a in of and b in of and of[a] == of[b]}
    whole = [group for number, group in enumerate(groups) if number not in broken]
    parts = [part for number in broken for part in _joined(groups[number], levels[1:], different)]
    return sorted(whole + parts)


def _connected(members: Sequence[int], pairs: Collection[Pair]) -> list[list[int]]:
    parent = {member: member for member in members}

    def root(of: int) -> int:
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    for a, b in pairs:
        if a in parent and b in parent:
            first, second = sorted((root(a), root(b)))
            parent[second] = first
    groups: dict[int, list[int]] = {}
    for member in members:
        groups.setdefault(root(member), []).append(member)
    return list(groups.values())


def _in_text_order(mention: Mention) -> tuple[int, int, str, int, str]:
    evidence = mention.evidence
    return evidence.start or 0, evidence.end or 0, mention.text, mention.passage, evidence.quote


def _overlap(left: Evidence, right: Evidence) -> bool:
    if left.start is None or left.end is None or right.start is None or right.end is None:
        return False
    return left.start < right.end and right.start < left.end
