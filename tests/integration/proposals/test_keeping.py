"""What of an engine's drafts is kept: nonsense is left out with a sentence each, nothing is kept twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from coderai.codebook.schema import Action, Change
from coderai.kit import identity
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.services.copilot.domain.drafting import draft
from coderai.services.copilot.domain.proposal import Draft, ProposalKind, ProposalOrigin, SourceQuote
from coderai.services.copilot.usecases import proposing
from tests.integration.proposals.conftest import Services
from tests.integration.proposals.drafts import WHY, adding, changing, in_context, new, removing, step


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.mark.parametrize(
    ("nonsense", "told"),
    [
        (
            adding("Number of dead"),
            "Add Number of dead: the variable 'Number of dead' cannot be saved: name must begin",
        ),
        (adding(""), "name must begin with a-z"),
        (adding("x" * 64), "variable_after.name may have 63 characters at most"),
        (adding("place"), "the project has a variable 'place' already"),
        (adding("new", "FLOAT"), "there is no field or choice 'FLOAT'"),
        (adding("new", ""), "needs a type"),
        (adding("new", label="New"), "there is no field or choice 'label'"),
        (adding("new", instructions=5), "values of another kind"),
        (adding("new", instructions=["a", "b"]), "values of another kind"),
        (adding("new", "CATEGORY", categories="march"), "values of another kind"),
        (adding("new", "CATEGORY", categories=["march", "rally"]), "values of another kind"),
        (adding("new", "CATEGORY", categories=[]), "needs at least one value"),
        (adding("new", "CATEGORY", categories=[{"value": "a"}, {"value": "A"}]), "has a value twice"),
        (
            adding("new", "CATEGORY", categories=[{"value": str(number)} for number in range(10_000)]),
            "may have 300 elements at most, not 10,000",
        ),
        (adding("new", instructions="x" * 20_001), "may have 20,000 characters at most"),
        (adding("new", confidence_threshold="high"), "values of another kind"),
        (adding("new", "NUMBER", default_value=10**400), "values of another kind"),
        (adding("new", max_values=10**12), "values of another kind"),
        (adding("new", default_value=nested(900)), "nested too deep"),
        (adding("new", depends_on=[{"variable": "place", "value": nested(30)}]), "nested too deep"),
        (adding("new", confidence_threshold=7), "must be between 0 and 1"),
        (adding("new", "NUMBER", validation_rules={"min": 5, "max": 1}), "is greater than max"),
        (adding("new", validation_rules={"pattern": "(?=x)"}), "look-ahead"),
        (adding("new", depends_on=[{"variable": "no_such"}]), "'no_such', which is no variable of this project"),
        (adding("new", depends_on=[{"variable": "new"}]), "in a circle: new -> new"),
        (
            draft(
                "A circle", WHY, [new("a", depends_on=[{"variable": "b"}]), new("b", depends_on=[{"variable": "a"}])]
            ),
            "depend on each other in a circle",
        ),
        (
            adding("new", "CATEGORY", categories=[{"value": f"{n}", "description": "x" * 1_900} for n in range(300)]),
            "more than 500 kB",
        ),
        (draft("Too much", WHY, [new(f"v{number}") for number in range(251)]), "may have 250 elements at most"),
        (draft("Too many", WHY, [new(f"v{number}") for number in range(200)]), "A project has 200 variables at most"),
        (Draft(ProposalKind.ADD_VARIABLE, "", "", ()), "Add variable: It changes nothing"),
        (
            draft("Of nobody", WHY, [Change(Action.UPDATE_VARIABLE, str(UUID(int=1)), "gone", ("instructions",))]),
            "Of nobody: the variable gone was removed since this was proposed",
        ),
    ],
)
async def test_what_a_model_may_send_wrongly_is_left_out(services: Services, nonsense: Draft, told: str) -> None:
    project = await services.project()
    await services.add(project, "place")
    kept = await services.keep(project, nonsense, adding("good"))
    (sentence,) = kept.left_out
    assert told in sentence
    assert [one.title for one in kept.proposals] == ["Add good"]
    assert [one["title"] for one in await services.pending(project)] == ["Add good"]


async def test_what_is_so_already_is_left_out(services: Services) -> None:
    project = await services.project(language="Arabic")
    await services.add(project, "place", instructions="The town.")
    place, told = (await services.variables(project))["place"], await services.context(project)
    kept = await services.keep(
        project, changing(place, instructions="The town."), in_context(told, language="Arabic"), changing(place, id="x")
    )
    assert kept.proposals == ()
    assert kept.left_out == (
        "Change place: It changes nothing.",
        "Change the project: It changes nothing.",
        "Change place: It changes nothing.",
    )


async def test_what_changed_while_the_engine_was_thinking_is_left_out(services: Services) -> None:
    project = await services.project()
    place = await services.add(project, "place")
    proposed = changing((await services.variables(project))["place"], instructions="The town.")
    await services.change(place, instructions="The street.")
    kept = await services.keep(project, proposed)
    assert not kept.proposals and "has changed since this was proposed" in kept.left_out[0]


async def test_only_the_fields_that_change_are_kept(services: Services) -> None:
    project = await services.project()
    await services.add(project, "place", required=True)
    place = (await services.variables(project))["place"]
    made = await services.propose(
        project, changing(place, type="TEXT", required=True, instructions="Town.", position=7)
    )
    (change,) = (await services.get(made))["changes"]
    assert change["fields"] == ["instructions"]
    assert change["variable_after"]["required"] and change["variable_before"]["instructions"] == ""


async def test_what_waits_for_a_decision_is_not_proposed_twice(services: Services) -> None:
    project = await services.project()
    await services.add(project, "place")
    place = (await services.variables(project))["place"]
    drafts = (adding("new", "NUMBER"), changing(place, instructions="The town."), removing(place))
    first, second = await services.keep(project, *drafts), await services.keep(project, *drafts, drafts[1])
    assert [one.id for one in first.proposals] == [one.id for one in second.proposals]
    assert second.left_out == () and len(await services.pending(project)) == 3
    many = await asyncio.gather(*(services.keep(project, adding("another"), *drafts) for _ in range(4)))
    assert len({one.id for kept in many for one in kept.proposals}) == len(await services.pending(project)) == 4


async def test_the_same_words_on_another_ground_are_another_proposal(services: Services) -> None:
    project = await services.project()
    place = await services.add(project, "place", instructions="The place.")

    async def propose() -> str:
        variable = (await services.variables(project))["place"]
        return await services.propose(project, changing(variable, instructions="The town."))

    stale = await propose()
    await services.change(place, instructions="The street.")
    fresh = await propose()
    assert fresh != stale and (await services.get(stale))["stale"] and not (await services.get(fresh))["stale"]


async def test_three_hundred_variables_are_too_many(services: Services) -> None:
    project = await services.project()
    await services.add(project, "place")
    kept = await services.keep(project, *(adding(f"v{number}") for number in range(300)))
    assert len(kept.proposals) == len(await services.pending(project)) + 149 == 199  # a page has 50
    assert kept.left_out[0] == "Add v199: a project has 200 variables at most"
    assert (len(kept.left_out), kept.left_out[-1]) == (51, "and 51 more")


async def test_a_name_that_comes_twice_is_the_first_one_s(services: Services) -> None:
    project = await services.project()
    kept = await services.keep(project, adding("new"), adding("new", "NUMBER"), adding("new"))
    assert [one.changes[0].variable_after["type"] for one in kept.proposals if one.changes[0].variable_after] == [
        "TEXT"
    ]
    assert kept.left_out == ("Add new: new is proposed already",) * 2


async def test_only_so_many_wait_for_a_decision(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MOST_PENDING", 3)
    project = await services.project()
    await services.keep(project, adding("one"), adding("two"))
    kept = await services.keep(project, adding("two"), adding("three"), adding("four"), adding("five"))
    assert [one.title for one in kept.proposals] == ["Add two", "Add three"]
    assert kept.left_out == ("2 more are left out: 3 proposals wait for a decision already",)


async def test_texts_are_cut_and_cleaned(services: Services) -> None:
    project = await services.project()
    quote = SourceQuote("d", "a.txt", "words", 0, 5, 1)
    proposed = replace(
        adding("new", instructions="The\x00 town\ud800 (المدينة)."),
        title=" Add\n\x00 it " + "x" * 300,
        reason="y" * 6_000,
        quotes=(quote,) * 30,
        leftovers=("z" * 400,) * 200,
    )
    made = await services.propose(project, proposed)
    told = await services.get(made)
    assert told["title"].startswith("Add it xxx") and len(told["title"]) == 200
    assert (len(told["reason"]), len(told["quotes"]), len(told["leftovers"])) == (5_000, 20, 100)
    await services.apply(made)
    assert (await services.variables(project))["new"]["instructions"] == "The town (المدينة)."


async def test_numbers_that_json_does_not_know_are_no_values(services: Services) -> None:
    project = await services.project()
    example = {"text": "Some.", "value": float("nan"), "note": ""}
    made = await services.propose(project, adding("new", golden_examples=[example]))
    await services.apply(made)
    (kept,) = (await services.variables(project))["new"]["golden_examples"]
    assert kept.get("value") is None


async def test_proposals_of_a_message_name_it(services: Services) -> None:
    project, message = await services.project(), new_id()
    kept = await services.proposing.keep(
        identity.current(), UUID(project), [adding("new")], ProposalOrigin.CONVERSATION, "openai:gpt", message
    )
    told = await services.get(str(kept.proposals[0].id))
    assert (told["origin"], told["model"], told["message_id"]) == ("CONVERSATION", "openai:gpt", str(message))


async def test_nothing_is_kept_for_a_project_that_is_not_there(services: Services) -> None:
    with pytest.raises(NotFound):
        await services.keep(str(new_id()), adding("new"))


async def test_a_step_without_its_ground_is_of_what_is_there_now(services: Services) -> None:
    project = await services.project()
    await services.add(project, "place", required=True)
    place = (await services.variables(project))["place"]
    whole = step(place, instructions="The town.")
    bare: dict[str, Any] = {"variable_before": None, "variable_after": {"instructions": "The town."}}
    made = await services.propose(project, draft("Change place", WHY, [replace(whole, **bare)]))
    await services.apply(made)
    after = (await services.variables(project))["place"]
    assert (after["instructions"], after["required"]) == ("The town.", True)
