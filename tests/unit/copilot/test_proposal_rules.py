"""What a proposal is: its kind, what it shows, and what a person's decisions make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from coderai.codebook.context import Context
from coderai.codebook.definition import define
from coderai.codebook.schema import Schema
from coderai.codebook.variable import Variable
from coderai.kit.ids import new_id
from coderai.services.copilot.domain.diffing import difference
from coderai.services.copilot.domain.drafting import creation, kind_of, of_context, removal, update
from coderai.services.copilot.domain.problems import ProposalDecided
from coderai.services.copilot.domain.proposal import (
    Change,
    Proposal,
    ProposalKind,
    ProposalOrigin,
    ProposalStatus,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRST, SECOND = new_id(), new_id()


def variable(number: int, name: str, type: str = "TEXT", **fields: Any) -> Variable:
    return define(f"id-{number}", "project", {"name": name, "type": type, **fields}, number)


PLACE = variable(1, "place", instructions="The place.")
PROPOSAL = Proposal(
    id=new_id(),
    project_id=new_id(),
    kind=ProposalKind.ADD_VARIABLE,
    status=ProposalStatus.PROPOSED,
    origin=ProposalOrigin.SUGGESTION,
    title="Add place",
    reason="",
    changes=(),
    key="",
    diff="",
    quotes=(),
    counts=(),
    leftovers=(),
    sampled_documents=0,
    model="offline",
    author=None,
)
NEW = creation({"name": "new", "type": "TEXT"})
CONDITION = update(PLACE, {"depends_on": []})


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([NEW], "ADD_VARIABLE"),
        ([NEW, CONDITION], "ADD_VARIABLE"),
        ([update(PLACE, {"instructions": ""})], "CHANGE_INSTRUCTIONS"),
        ([update(PLACE, {"categories": [], "type": "CATEGORY"})], "CHANGE_CATEGORIES"),
        ([CONDITION], "CHANGE_DEPENDENCY"),
        ([update(PLACE, {"golden_examples": []})], "ADD_EXAMPLE"),
        ([update(PLACE, {"confidence_threshold": 0.5})], "CHANGE_SETTINGS"),
        ([of_context({}, {"unit": {}})], "CHANGE_UNIT"),
        ([of_context({}, {"language": "Arabic"})], "CHANGE_CONTEXT"),
        ([removal(PLACE)], "REMOVE_VARIABLE"),
        ([CONDITION, removal(PLACE)], "REMOVE_VARIABLE"),
        ([removal(PLACE), NEW, NEW], "SPLIT_VARIABLE"),
        ([update(PLACE, {"name": "town"}), NEW], "SPLIT_VARIABLE"),
        ([removal(PLACE), removal(PLACE), NEW], "MERGE_VARIABLES"),
        ([update(PLACE, {"instructions": ""}), removal(PLACE)], "MERGE_VARIABLES"),
    ],
)
def test_a_proposal_is_of_the_kind_that_its_steps_are(steps: list[Change], kind: str) -> None:
    assert kind_of(steps) == kind


def test_a_difference_has_a_part_for_each_that_changes() -> None:
    size = variable(2, "size", "NUMBER")
    before = Schema(Context(domain="news"), (PLACE, size))
    town = replace(PLACE, name="town", display_name="Town")
    after = Schema(Context(domain="news", language="Arabic"), (town, variable(3, "form")))
    assert [line for line in difference(before, after).splitlines() if line[:1] in "+-"] == [
        "--- project",
        "+++ project (proposed)",
        "+language: Arabic",
        "--- place",
        "+++ town (proposed)",
        "-  - name: place",
        "+  - name: town",
        "--- size",
        "+++ /dev/null",
        "-  - name: size",
        "-    type: NUMBER",
        "--- /dev/null",
        "+++ form (proposed)",
        "+  - name: form",
        "+    type: TEXT",
    ]
    assert difference(before, before) == ""


def test_the_first_decision_stays() -> None:
    applied = PROPOSAL.begun().applied(("v",), FIRST, NOW)
    assert (applied.status, applied.decided_by, applied.variable_ids) == (ProposalStatus.APPLIED, FIRST, ("v",))
    assert applied.begun().applied((), SECOND, NOW) == applied
    rejected = PROPOSAL.rejected(FIRST, NOW)
    assert (rejected.status, rejected.decided_by) == (ProposalStatus.REJECTED, FIRST)
    assert rejected.rejected(SECOND, NOW) == rejected
    with pytest.raises(ProposalDecided):
        applied.rejected(SECOND, NOW)
    with pytest.raises(ProposalDecided):
        rejected.begun()


def test_what_the_project_is_counts() -> None:
    """Somebody gave up and another one rejected while it was applied after all."""
    applied = PROPOSAL.begun().given_up().rejected(SECOND, NOW).applied(("v",), FIRST, NOW)
    assert (applied.status, applied.decided_by) == (ProposalStatus.APPLIED, FIRST)


def test_what_is_being_applied_is_not_rejected_until_it_is_given_up() -> None:
    begun = PROPOSAL.begun()
    with pytest.raises(ProposalDecided, match="being applied"):
        begun.rejected(FIRST, NOW)
    assert begun.given_up().rejected(FIRST, NOW).status is ProposalStatus.REJECTED
    applied = begun.applied((), FIRST, NOW)
    assert applied.given_up() == applied
