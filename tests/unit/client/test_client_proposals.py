"""The command that shows proposals, and has a person decide them one by one."""

from __future__ import annotations

import pytest
from scripted_api import ScriptedApi, problem
from scripted_proposals import ScriptedProposals
from scripted_rows import Command
from typer.testing import CliRunner, Result

from coderai.client import proposals as command
from coderai.client.__main__ import app

DIFF = """--- /dev/null
+++ place (proposed)
@@ -0,0 +1,2 @@
+  - name: place
+    type: TEXT"""
QUOTE = {"document_name": "a.txt", "quote": "in the town\nof \x1b[31mAyr", "document_id": "d1"}


@pytest.fixture
def proposals(server: ScriptedApi) -> ScriptedProposals:
    """Three that wait for a decision, and one that is decided."""
    server.projects = {"p1": {"id": "p1", "name": "Strikes"}}
    server.proposals.add("old", "Add when", status="APPLIED")
    server.proposals.add("first", "Add place", diff=DIFF, reason="Five documents name one.", quotes=[QUOTE])
    counts = [{"value": "march", "documents": 5}, {"value": "vigil", "documents": 1}]
    seen = {"counts": counts, "leftovers": ["die-in"], "sampled_documents": 8}
    server.proposals.add("second", "Categories of form", kind="CHANGE_CATEGORIES", **seen)
    server.proposals.add("third", "Remove size", kind="REMOVE_VARIABLE", stale="size: type has changed")
    return server.proposals


@pytest.fixture
def person(environment: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command in a terminal, with what a person answers."""
    monkeypatch.setattr(command, "can_ask", lambda: True)

    def call(*answers: str, **env: str | None) -> Result:
        words = "".join(f"{one}\n" for one in answers)
        return CliRunner().invoke(app, ["proposals", "Strikes"], env=environment | env, input=words)

    return call


def test_proposals_are_shown_with_what_they_change_and_why(proposals: ScriptedProposals, coderai: Command) -> None:
    result = coderai("proposals")  # there is but one project
    assert result.exit_code == 0, result.output
    for told in (
        "1 of 3 · Add place · add variable",
        "· first, by offline",
        "    Five documents name one.",
        "    “in the town of  [31mAyr” (a.txt)",
        "    +  - name: place",
        "2 of 3 · Categories of form · change categories",
        "    seen in 8 sampled documents: march (5), vigil (1)",
        "    fits none of them: die-in",
        "3 of 3 · Remove size · remove variable",
        "! it cannot be applied as things are now: size: type has changed",
        "to decide: coderai proposals --apply first, or --reject",
    ):
        assert told in result.stdout, told
    assert "Add when" not in result.stdout
    assert [proposals.status(one) for one in ("first", "second", "third")] == ["PROPOSED"] * 3


def test_all_are_shown_on_request(proposals: ScriptedProposals, coderai: Command) -> None:
    result = coderai("proposals", "strikes", "--all")
    assert "1 of 4 · Add when" in result.stdout and "old (applied)" in result.stdout


def test_each_is_asked_about_in_a_terminal(proposals: ScriptedProposals, person: Command) -> None:
    proposals.warnings = ["the active prompt was written before"]
    result = person("a", "s", "a", "r")  # the third cannot be applied: "a" is asked again
    assert result.exit_code == 0, result.output
    assert [proposals.status(one) for one in ("first", "second", "third")] == ["APPLIED", "PROPOSED", "REJECTED"]
    assert "applied: Add place (place)" in result.stdout
    assert "! place: the active prompt was written before" in result.stdout
    assert "reject, skip or quit" in result.stdout


def test_a_person_may_stop(proposals: ScriptedProposals, person: Command) -> None:
    assert person("r", "q").exit_code == 0
    assert [proposals.status(one) for one in ("first", "second", "third")] == ["REJECTED", "PROPOSED", "PROPOSED"]


def test_one_that_is_refused_does_not_stop_the_others(
    proposals: ScriptedProposals, person: Command, server: ScriptedApi
) -> None:
    refused = problem(409, "ground_changed", "place: type has changed since this was proposed")
    server.refusals.append(("POST", "proposals/first/apply", refused))
    result = person("a", "a", "s")
    assert result.exit_code == 0, result.output
    assert "! place: type has changed since" in result.stdout
    assert [proposals.status(one) for one in ("first", "second")] == ["PROPOSED", "APPLIED"]


def test_ids_decide_without_questions(proposals: ScriptedProposals, coderai: Command) -> None:
    result = coderai("proposals", "--apply", "first", "--apply", "second", "--reject", "third")
    assert result.exit_code == 0, result.output
    assert [proposals.status(one) for one in ("first", "second", "third")] == ["APPLIED", "APPLIED", "REJECTED"]
    assert "applied: Add place (place)" in result.stdout and "rejected: Remove size" in result.stdout


def test_what_cannot_be_applied_ends_with_a_failure(
    proposals: ScriptedProposals, coderai: Command, server: ScriptedApi
) -> None:
    server.refusals.append(("POST", "proposals/first/apply", problem(409, "ground_changed", "the type has changed")))
    result = coderai("proposals", "--apply", "first")
    assert result.exit_code == 1 and "the type has changed" in result.stderr


def test_wrong_usage_is_told(proposals: ScriptedProposals, coderai: Command, server: ScriptedApi) -> None:
    both = coderai("proposals", "--apply", "first", "--reject", "first")
    assert both.exit_code == 2 and "both name first" in both.stderr
    server.projects["p2"] = {"id": "p2", "name": "Rallies"}
    unclear = coderai("proposals")
    assert unclear.exit_code == 2 and "name the project" in unclear.stderr


def test_nothing_proposed_is_said(proposals: ScriptedProposals, coderai: Command) -> None:
    proposals.items = []
    assert "nothing is proposed" in coderai("proposals", "Strikes").stdout
