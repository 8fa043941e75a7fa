"""A refinement's option becomes the variable's active prompt with the examples and categories that belong to it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coderai.kit import identity
from coderai.kit.errors import CoderAIError, Conflict, InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from tests.integration.projects.conftest import Told, person
from tests.integration.projects.test_projects import change, get, project, variable

FORMS = [{"value": "march", "description": ""}, {"value": "strike", "description": ""}]
EXAMPLES = [{"text": "They walked to the square.", "value": "march", "note": ""}]
TEXT = "Which form did it take?"


@pytest.fixture
async def form(projects: Any, signed_in: identity.Identity) -> Any:
    made = await project(projects)
    form = await variable(projects, made.id, "form", "CATEGORY", categories=FORMS)
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=form.id, temperature=0.4, max_tokens=77))
    return await get(projects, form.id)


def refined(form: Any, **fields: Any) -> pb.RefineVariableRequest:
    usual = {
        "variable_id": form.id,
        "text": TEXT,
        "golden_examples": EXAMPLES,
        "refinement_id": str(new_id()),
        "based_on_prompt_id": form.active_prompt.id,
    }
    return from_plain(pb.RefineVariableRequest, {**usual, **fields})


async def test_a_refined_prompt_is_a_new_active_version_with_its_examples_and_where_it_came_from(
    projects: Any, form: Any, told: Told
) -> None:
    await told()
    request = refined(form, categories=[{"value": "march", "description": "They walk."}, FORMS[1]])
    after = to_plain((await projects.RefineVariable(request)).variable)
    active = after["active_prompt"]
    assert (active["version"], active["text"], active["origin"]) == (3, TEXT, "REFINED")
    assert (active["temperature"], active["max_tokens"]) == (0.4, 77)
    assert active["response_schema"] == to_plain(form.active_prompt)["response_schema"]
    assert active["refinement_id"] == request.refinement_id
    assert after["golden_examples"] == EXAMPLES
    assert [one["description"] for one in after["categories"]] == ["They walk.", ""]
    assert after["warnings"] == []
    assert [subject for subject, _ in await told()] == ["event.projects.codebook_changed"]
    listed = (await projects.ListPrompts(pb.ListPromptsRequest(variable_id=form.id))).items
    assert [one.refinement_id for one in listed] == [request.refinement_id, "", ""]


async def test_the_same_refinement_twice_is_one_version_and_another_text_of_it_is_refused(
    projects: Any, form: Any, told: Told
) -> None:
    request = refined(form)
    await asyncio.gather(*(projects.RefineVariable(request) for _ in range(3)))
    await told()
    again = (await projects.RefineVariable(request)).variable
    assert again.active_prompt.version == 3 and again.categories == form.categories
    assert await told() == []
    other = refined(form, text="Another one?", refinement_id=request.refinement_id)
    with pytest.raises(Conflict) as caught:
        await projects.RefineVariable(other)
    assert caught.value.code == "refinement_used"


async def test_a_variable_with_another_active_prompt_by_now_is_left_as_it_is(projects: Any, form: Any) -> None:
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=form.id, text="What was it?"))
    with pytest.raises(Conflict) as caught:
        await projects.RefineVariable(refined(form))
    assert caught.value.code == "prompt_replaced"
    now = await get(projects, form.id)
    assert (now.active_prompt.text, list(now.golden_examples)) == ("What was it?", [])


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"text": " "}, InvalidInput, "text"),
        ({"text": "x" * 20_001}, InvalidInput, "text"),
        ({"categories": [FORMS[0], FORMS[0]]}, InvalidInput, "categories"),
        ({"golden_examples": [{"text": "x", "value": "vigil"}]}, InvalidInput, "golden_examples[0].value"),
        ({"variable_id": str(new_id())}, NotFound, ""),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    projects: Any, form: Any, fields: Any, error: type[CoderAIError], field: str
) -> None:
    with pytest.raises(error) as caught:
        await projects.RefineVariable(refined(form, **fields))
    assert set(caught.value.fields) == ({field} if field else set())
    assert await get(projects, form.id) == form


async def test_a_refined_prompt_stays_with_a_warning_when_what_is_asked_changes(projects: Any, form: Any) -> None:
    await projects.RefineVariable(refined(form))
    changed = await change(projects, form.id, instructions="The main form.")
    assert changed.active_prompt.text == TEXT
    assert "version 3, REFINED" in changed.warnings[0]


async def test_a_stranger_refines_nothing(projects: Any, form: Any) -> None:
    with identity.acting_as(person()), pytest.raises(NotFound):
        await projects.RefineVariable(refined(form))
