"""Each kind of proposal, from the draft to what the project is once a person has accepted it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.services.copilot.domain.drafting import draft
from coderai.services.copilot.domain.proposal import CategoryCount, SourceQuote
from tests.integration.proposals.conftest import Services
from tests.integration.proposals.drafts import WHY, adding, changing, gone, in_context, new, removing, step

pytestmark = pytest.mark.usefixtures("signed_in")

CATEGORIES = [{"value": "march", "description": ""}, {"value": "rally", "description": ""}]


@pytest.fixture
async def project(services: Services) -> str:
    """One with the variables form (march, rally), size (of marches) and place."""
    project_id = await services.project()
    await services.add(project_id, "form", "CATEGORY", categories=CATEGORIES)
    condition = {"variable": "form", "operator": "EQUALS", "value": "march"}
    await services.add(project_id, "size", "NUMBER", depends_on=[condition])
    await services.add(project_id, "place", instructions="The place.")
    return project_id


async def accept(services: Services, project: str, proposed: Any, kind: str) -> dict[str, dict[str, Any]]:
    """Keeps a draft, which changes nothing, and applies it; returns the variables by name."""
    before = await services.variables(project), await services.context(project)
    made = await services.propose(project, proposed)
    told = await services.get(made)
    assert (told["kind"], told["stale"]) == (kind, "") and told["diff"]
    assert (await services.variables(project), await services.context(project)) == before
    done = await services.apply(made)
    assert done["proposal"]["status"] == "APPLIED"
    after = await services.variables(project)
    by_id = {one["id"]: one for one in after.values()}
    assert done["variables"] == [by_id[one] for one in done["proposal"]["variable_ids"]]
    return after


async def test_instructions(services: Services, project: str) -> None:
    place = (await services.variables(project))["place"]
    after = await accept(
        services, project, changing(place, instructions="The town, as it is spelt."), "CHANGE_INSTRUCTIONS"
    )
    assert "The town, as it is spelt." in after["place"]["active_prompt"]["text"]
    assert after["place"]["active_prompt"]["version"] == 2


async def test_instructions_beside_a_person_s_own_prompt(services: Services, project: str) -> None:
    place = (await services.variables(project))["place"]
    own = projects_pb.GeneratePromptRequest(variable_id=place["id"], text="My own words.")
    await services.projects.GeneratePrompt(own)
    after = await accept(services, project, changing(place, instructions="The town."), "CHANGE_INSTRUCTIONS")
    assert after["place"]["active_prompt"]["text"] == "My own words."
    assert "read it again" in after["place"]["warnings"][0]


async def test_categories_with_what_was_seen_of_them(services: Services, project: str) -> None:
    form = (await services.variables(project))["form"]
    quote = SourceQuote("d", "a.txt", "a quiet vigil", 3, 16, 1)
    proposed = changing(form, categories=[*CATEGORIES, {"value": "vigil", "description": "Quiet."}])
    proposed = replace(
        proposed,
        counts=(CategoryCount("vigil", 2, quote), CategoryCount("march", 5)),
        leftovers=("die-in",),
        sampled_documents=8,
        quotes=(quote,),
    )
    made = await services.propose(project, proposed)
    told = await services.get(made)
    assert [(one["value"], one["documents"]) for one in told["counts"]] == [("vigil", 2), ("march", 5)]
    assert told["counts"][0]["quote"] == told["quotes"][0]
    assert told["quotes"][0]["quote"] == "a quiet vigil" and "quote" not in told["counts"][1]
    assert (told["leftovers"], told["sampled_documents"]) == (["die-in"], 8)
    assert "+      - value: vigil" in told["diff"].splitlines()
    await services.apply(made)
    assert [one["value"] for one in (await services.variables(project))["form"]["categories"]][-1] == "vigil"


async def test_a_text_becomes_a_category(services: Services, project: str) -> None:
    place = (await services.variables(project))["place"]
    after = await accept(
        services, project, changing(place, categories=CATEGORIES, type="CATEGORY"), "CHANGE_CATEGORIES"
    )
    assert (after["place"]["type"], len(after["place"]["categories"])) == ("CATEGORY", 2)


async def test_the_unit_with_its_pattern(services: Services, project: str) -> None:
    told = await services.context(project)
    unit = {
        "row_is": "one protest",
        "rows_per_document": "MULTIPLE",
        "entity_identification_pattern": "/^Protest \\d+/",
    }
    await accept(services, project, in_context(told, unit=unit), "CHANGE_UNIT")
    assert (await services.context(project))["unit"] == unit
    told = await services.context(project)
    single = {"row_is": "one report", "rows_per_document": "SINGLE", "entity_identification_pattern": ""}
    await accept(services, project, in_context(told, unit=single), "CHANGE_UNIT")
    assert (await services.context(project))["unit"] == single


async def test_the_context(services: Services, project: str) -> None:
    told = await services.context(project)
    await accept(services, project, in_context(told, language="Arabic", domain="أخبار"), "CHANGE_CONTEXT")
    after = await services.context(project)
    assert (after["language"], after["domain"], after["name"]) == ("Arabic", "أخبار", "Events")


async def test_a_dependency(services: Services, project: str) -> None:
    place = (await services.variables(project))["place"]
    condition = {"variable": "form", "operator": "IN", "value": ["march", "rally"]}
    after = await accept(services, project, changing(place, depends_on=[condition]), "CHANGE_DEPENDENCY")
    assert after["place"]["depends_on"] == [condition]


async def test_a_golden_example(services: Services, project: str) -> None:
    form = (await services.variables(project))["form"]
    example = {"text": "They walked to the square.", "value": "march", "note": ""}
    none = {"text": "Nothing happened.", "value": None, "note": "states none"}
    after = await accept(services, project, changing(form, golden_examples=[example, none]), "ADD_EXAMPLE")
    assert [one.get("value") for one in after["form"]["golden_examples"]] == ["march", None]
    assert "They walked to the square." in after["form"]["active_prompt"]["text"]


async def test_examples_are_accepted_one_by_one(services: Services, project: str) -> None:
    form = (await services.variables(project))["form"]
    examples = [{"text": text, "value": "march", "note": ""} for text in ("They walked.", "A procession.")]
    made = [await services.propose(project, changing(form, golden_examples=[example])) for example in examples]
    for proposal in made[::-1]:
        assert (await services.get(proposal))["stale"] == ""
        await services.apply(proposal)
    assert (await services.variables(project))["form"]["golden_examples"] == examples[::-1]


async def test_settings(services: Services, project: str) -> None:
    size = (await services.variables(project))["size"]
    proposed = changing(size, confidence_threshold=0.5, validation_rules={"min": 0}, required=True)
    after = await accept(services, project, proposed, "CHANGE_SETTINGS")
    assert (after["size"]["confidence_threshold"], after["size"]["validation_rules"]["min"]) == (0.5, 0)
    assert after["size"]["active_prompt"] == size["active_prompt"]


async def test_a_removal(services: Services, project: str) -> None:
    size = (await services.variables(project))["size"]
    after = await accept(services, project, removing(size), "REMOVE_VARIABLE")
    assert list(after) == ["form", "place"]


async def test_a_removal_with_the_conditions_on_it(services: Services, project: str) -> None:
    before = await services.variables(project)
    kept = await services.keep(project, removing(before["form"]))
    assert kept.left_out == ("Remove form: size depend on form: change their depends_on first",)
    proposed = draft("Remove form", WHY, [gone(before["form"]), step(before["size"], depends_on=[])])
    after = await accept(services, project, proposed, "REMOVE_VARIABLE")
    assert list(after) == ["size", "place"] and after["size"]["depends_on"] == []


async def test_a_split(services: Services, project: str) -> None:
    """One variable becomes two; what depended on it depends on one of them."""
    before = await services.variables(project)
    proposed = draft(
        "Split form",
        WHY,
        [
            gone(before["form"]),
            new("movement", "CATEGORY", categories=CATEGORIES),
            new("tone", "CATEGORY", categories=[{"value": "calm"}, {"value": "angry"}]),
            step(before["size"], depends_on=[{"variable": "movement", "operator": "EQUALS", "value": "march"}]),
        ],
    )
    after = await accept(services, project, proposed, "SPLIT_VARIABLE")
    assert list(after) == ["size", "place", "movement", "tone"]
    assert after["size"]["depends_on"][0]["variable"] == "movement"


async def test_a_split_that_keeps_the_variable_under_another_name(services: Services, project: str) -> None:
    place = (await services.variables(project))["place"]
    proposed = draft("Split place", WHY, [step(place, name="town", instructions="The town."), new("country")])
    after = await accept(services, project, proposed, "SPLIT_VARIABLE")
    assert list(after) == ["form", "size", "town", "country"] and after["town"]["id"] == place["id"]


async def test_a_merge(services: Services, project: str) -> None:
    """Two variables become one, which has the name that one of them had."""
    await services.add(project, "town")
    before = await services.variables(project)
    proposed = draft("Merge place and town", WHY, [gone(before["place"]), gone(before["town"]), new("place")])
    after = await accept(services, project, proposed, "MERGE_VARIABLES")
    assert list(after) == ["form", "size", "place"] and after["place"]["id"] != before["place"]["id"]


async def test_an_addition_that_is_asked_under_a_condition(services: Services, project: str) -> None:
    condition = {"variable": "size", "operator": "GREATER", "value": 100}
    after = await accept(services, project, adding("police", "BOOLEAN", depends_on=[condition]), "ADD_VARIABLE")
    assert after["police"]["depends_on"] == [condition]
