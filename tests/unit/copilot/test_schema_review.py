"""A review finds what cannot work, what overlaps and what documents do not answer; quotes stand in the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from coderai.codebook.variable import Category, Condition, IfUncertain, Operator, Variable
from coderai.services.copilot.domain.offline.reviewing import review
from coderai.services.copilot.domain.proposal import ProposalKind
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.suggesting.findings import Finding, FindingKind, Severity
from coderai.services.copilot.domain.suggesting.ideas import CategoryIdea, Claim, FindingIdea, InstructionsIdea
from coderai.services.copilot.domain.suggesting.reviewing import Checked, checked
from tests.unit.copilot.questions import question, variable

CLEAR = "How many people took part in the event, by all sources."
FINE = Project("P", "openai:gpt-5", row_is="one event")


def reviewed(
    variables: Sequence[Variable],
    ideas: Sequence[FindingIdea] = (),
    texts: Mapping[str, str] | None = None,
    **fields: Any,
) -> Checked:
    return checked(ideas, question(texts or {}, **{"project": FINE, "variables": variables, **fields}))


def kinds(result: Checked) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.finding.kind.value, one.finding.variables) for one in result.findings]


def clear(name: str, type: str = "NUMBER", **fields: Any) -> Variable:
    return variable(name, type, **{"instructions": f"{CLEAR} About {name * 3}.", **fields})


def test_of_a_schema_that_is_fine_nothing_is_found() -> None:
    assert not reviewed([clear("participants"), clear("injured")]).findings


@pytest.mark.parametrize(
    ("one", "kind", "severity"),
    [
        (clear("a", instructions=""), FindingKind.UNCLEAR_INSTRUCTIONS, Severity.WARNING),
        (clear("a", instructions="The number."), FindingKind.UNCLEAR_INSTRUCTIONS, Severity.NOTE),
        (clear("a", confidence_threshold=0.0), FindingKind.THRESHOLD, Severity.NOTE),
        (clear("a", confidence_threshold=1.0), FindingKind.THRESHOLD, Severity.NOTE),
        (clear("a", confidence_threshold=1.0, if_uncertain=IfUncertain.SKIP), FindingKind.THRESHOLD, Severity.WARNING),
        (
            clear("a", instructions=f"{CLEAR} Estimate it where no number is given."),
            FindingKind.ASKS_FOR_INFERENCE,
            Severity.WARNING,
        ),
        (
            clear("a", "CATEGORY", categories=(Category("x", "All."),)),
            FindingKind.CATEGORIES_NOT_EXHAUSTIVE,
            Severity.WARNING,
        ),
        (
            clear("a", "CATEGORY", categories=(Category("protest", "Any."), Category("peaceful protest", "Calm."))),
            FindingKind.CATEGORIES_NOT_EXCLUSIVE,
            Severity.WARNING,
        ),
    ],
)
def test_what_a_definition_shows(one: Variable, kind: FindingKind, severity: Severity) -> None:
    (found,) = reviewed([one]).findings
    assert (found.finding.kind, found.finding.severity) == (kind, severity)
    assert found.finding.variables == ("a",)


def test_ranges_of_numbers_exclude_each_other_and_not_every_pair_is_told() -> None:
    ranges = tuple(Category(f"{low}-{low + 10}", f"From {low}.") for low in range(10, 90, 10))
    assert not reviewed([clear("a", "CATEGORY", categories=ranges)]).findings
    kinds_of = tuple(
        Category(f"{word} protest", f"A {word} one.") for word in ("calm", "loud", "late", "long", "odd", "new")
    )
    both = reviewed([clear("a", "CATEGORY", categories=(Category("protest", "Any."), *kinds_of))])
    assert len(both.findings) == 5


def test_what_is_not_to_be_done_asks_for_nothing() -> None:
    assert not reviewed([clear("a", instructions=f"{CLEAR} Do not estimate it.")]).findings
    assert not reviewed([clear("a", "BOOLEAN", instructions="Judge whether the police used force there.")]).findings


def test_the_built_in_engine_is_never_as_sure_as_the_usual_threshold() -> None:
    offline = Project("P", "offline", row_is="one event")
    (found,) = reviewed([clear("a", if_uncertain=IfUncertain.SKIP)], project=offline).findings
    assert found.finding.severity is Severity.ERROR
    assert found.draft is not None and found.draft.kind is ProposalKind.CHANGE_SETTINGS
    assert not reviewed([clear("a")], project=offline).findings


def test_variables_that_ask_the_same_overlap() -> None:
    same = [clear("people_injured"), clear("injured_persons"), clear("killed")]
    assert ("OVERLAPPING_NAMES", ("people_injured", "injured_persons")) in kinds(reviewed(same))
    words = [clear("a", instructions=CLEAR), clear("b", "TEXT", instructions=CLEAR)]
    assert kinds(reviewed(words)) == [("OVERLAPPING_NAMES", ("a", "b"))]


def on(other: str, value: Any = 1, operator: Operator = Operator.EQUALS) -> Condition:
    return Condition(other, operator, value)


def test_circles_and_conditions_that_never_hold_are_errors_and_come_first() -> None:
    circle = [
        clear("c", instructions=""),
        clear("a", depends_on=(on("b"),)),
        clear("b", depends_on=(on("a"),)),
        clear("d", depends_on=(on("nowhere"),)),
        clear("e", depends_on=(on("c", "many"),)),
        clear("f", depends_on=(on("c", 1), on("c", 2))),
    ]
    found = kinds(reviewed(circle))
    assert set(found[:4]) == {
        ("DEPENDENCY", ("d",)),
        ("DEPENDENCY", ("e", "c")),
        ("DEPENDENCY", ("f", "c")),
        ("DEPENDENCY_CYCLE", ("a", "b")),
    }
    assert found[4:] == [("UNCLEAR_INSTRUCTIONS", ("c",))]


def test_a_unit_without_a_pattern_is_found() -> None:
    several = Project("P", "offline", row_is="one case", multiple=True)
    (found,) = reviewed([], project=several).findings
    assert found.finding.severity is Severity.ERROR
    broken = Project("P", "offline", row_is="one case", multiple=True, entity_pattern="/(/")
    assert "pattern" in reviewed([], project=broken).findings[0].finding.message


def test_without_a_model_documents_are_held_against_the_variables() -> None:
    texts = {"a": "Ward: north\n3 people were injured.", "b": "Ward: west\nNobody was injured."}
    ward = clear("ward", "CATEGORY", categories=(Category("north", "Up."), Category("south", "Down.")))
    asked = question(texts, project=FINE, variables=[ward, clear("injured"), clear("temperature")])
    result = checked(review(asked), asked)
    assert kinds(result) == [("NOT_ANSWERED", ("temperature",)), ("CATEGORIES_NOT_EXHAUSTIVE", ("ward",))]
    mended = result.findings[1]
    assert mended.draft is not None and mended.draft.kind is ProposalKind.CHANGE_CATEGORIES
    assert [quote.quote for quote in mended.finding.quotes] == ["Ward: west"]


def test_documents_with_several_rows_speak_against_one() -> None:
    texts = {"a": "Vessel: Heron\nVessel: Corvina", "b": "Vessel: Ondine\nVessel: Pavane"}
    asked = question(texts, project=FINE, variables=[clear("vessel")])
    unit = next(one for one in checked(review(asked), asked).findings if one.finding.kind is FindingKind.UNIT)
    assert unit.draft is not None and unit.draft.kind is ProposalKind.CHANGE_UNIT


def said(kind: FindingKind, *names: str, **fields: Any) -> FindingIdea:
    return FindingIdea(Finding(kind, Severity.WARNING, names, "Something."), by_engine=True, **fields)


def test_what_an_engine_says_is_checked() -> None:
    texts = {"a": "A sit-in."}
    ideas = [
        said(FindingKind.NOT_ANSWERED, "mood"),
        said(FindingKind.UNIT),
        said(FindingKind.NOT_ANSWERED, "a", claims=(Claim("a vigil"),)),
        FindingIdea(Finding(FindingKind.DEPENDENCY, Severity.NOTE, ("a",), " "), by_engine=True),
    ]
    result = reviewed([clear("a")], ideas, texts)
    assert not result.findings
    for why in ("no variable 'mood'", "no quote", "a vigil", "does not say what is wrong"):
        assert why in " ".join(result.left_out)


def test_what_would_mend_it_becomes_a_proposal_or_is_told() -> None:
    texts, form = {"a": "A sit-in took place."}, clear("form", "CATEGORY", categories=(Category("march", "Walk."),))
    mended = [
        said(FindingKind.UNCLEAR_INSTRUCTIONS, "n", instructions=InstructionsIdea("Count them all.", "")),
        said(FindingKind.NOT_ANSWERED, "n", remove=True),
        said(
            FindingKind.OVERLAPPING_NAMES,
            "form",
            "n",
            categories=(CategoryIdea("sit-in", "They sit.", (Claim("A sit-in"),)),),
        ),
        said(FindingKind.DEPENDENCY, "form", categories=(CategoryIdea("vigil", "", (Claim("vigil"),)),)),
    ]
    result = reviewed([clear("n"), form], mended, texts)
    drafted = {one.finding.kind: one.draft.kind for one in result.findings if one.draft is not None}
    assert drafted == {
        FindingKind.UNCLEAR_INSTRUCTIONS: ProposalKind.CHANGE_INSTRUCTIONS,
        FindingKind.NOT_ANSWERED: ProposalKind.REMOVE_VARIABLE,
        FindingKind.OVERLAPPING_NAMES: ProposalKind.CHANGE_CATEGORIES,
    }
    assert "What would mend" in " ".join(result.left_out)


def test_each_kind_is_told_once_for_the_same_variables_and_no_more_than_60() -> None:
    ideas = [said(FindingKind.UNCLEAR_INSTRUCTIONS, "a")] * 2 + [said(FindingKind.DEPENDENCY, "a")] * 300
    result = reviewed([clear("a", instructions="")], ideas)
    assert kinds(result) == [("UNCLEAR_INSTRUCTIONS", ("a",)), ("DEPENDENCY", ("a",))]
    assert "too many findings" in result.left_out[0]
