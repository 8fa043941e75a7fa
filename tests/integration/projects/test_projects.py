"""Defining a dataset: projects, variables, prompt versions and codebooks, as callers see them."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.codebook import prompt
from coderai.deploy.embedded import EmbeddedPostgres
from coderai.kit import identity
from coderai.kit.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from tests.integration.projects.conftest import person

pytestmark = pytest.mark.usefixtures("signed_in")


async def project(projects: Any, **fields: Any) -> Any:
    reply = await projects.CreateProject(from_plain(pb.CreateProjectRequest, {"name": "Events", **fields}))
    return reply.project


async def variable(projects: Any, project_id: str, name: str, type: str = "TEXT", **fields: Any) -> Any:
    plain = {"project_id": project_id, "variable": {"name": name, "type": type, **fields}}
    return (await projects.CreateVariable(from_plain(pb.CreateVariableRequest, plain))).variable


async def change(projects: Any, variable_id: str, **fields: Any) -> Any:
    plain = {"variable_id": variable_id, "variable": fields, "update_mask": {"paths": list(fields)}}
    return (await projects.UpdateVariable(from_plain(pb.UpdateVariableRequest, plain))).variable


async def get(projects: Any, variable_id: str) -> Any:
    return (await projects.GetVariable(pb.GetVariableRequest(variable_id=variable_id))).variable


async def test_a_variable_of_before_a_field_came_has_its_default(projects: Any, postgres: EmbeddedPostgres) -> None:
    made = await variable(projects, (await project(projects)).id, "turnout", "NUMBER", max_values=3)
    since = "- 'if_range' - 'if_unsupported' - 'confidence_threshold' - 'validation_rules'"
    statement = f"update projects.variables set definition = definition {since} where id = '{made.id}'"
    postgres.psql(statement, database="coderai")

    assert to_plain(await get(projects, made.id), nulls=True) == to_plain(made, nulls=True)


async def test_a_project_starts_with_defaults_and_is_defined_by_its_first_variable(projects: Any) -> None:
    made = await project(projects)
    assert to_plain(made) | {"id": "", "created_at": "", "etag": ""} == {
        "etag": "",
        "seen_at": "",
        "id": "",
        "name": "Events",
        "description": "",
        "domain": "",
        "language": "",
        "document_type": "",
        "unit": {"row_is": "one document", "rows_per_document": "SINGLE", "entity_identification_pattern": ""},
        "model": "offline",
        "token_budget": 0,
        "verify": "DOUBTFUL",
        "reasoning_effort": "",
        "chunk_long_documents": False,
        "status": "CREATED",
        "created_at": "",
        "ask_per_variable": False,
    }
    await variable(projects, made.id, "event_date", "DATE")
    again = (await projects.GetProject(pb.GetProjectRequest(project_id=made.id))).project
    assert to_plain(again)["status"] == "SCHEMA_DEFINED"


async def test_mistakes_are_told_field_by_field(projects: Any) -> None:
    made = await project(projects)
    with pytest.raises(InvalidInput) as caught:
        await variable(
            projects,
            made.id,
            "Event Date",
            "CATEGORY",
            confidence_threshold=1.5,
            max_values=21,
            validation_rules={"pattern": "("},
        )
    assert caught.value.code == "variable_invalid"
    assert set(caught.value.fields) == {
        "name",
        "confidence_threshold",
        "max_values",
        "categories",
        "validation_rules.pattern",
    }
    with pytest.raises(InvalidInput) as caught:
        await project(projects, unit={"rows_per_document": "MULTIPLE"})
    assert "unit.entity_identification_pattern" in caught.value.fields


async def test_a_name_is_taken_once(projects: Any) -> None:
    made = await project(projects)
    await variable(projects, made.id, "title")
    with pytest.raises(AlreadyExists) as caught:
        await variable(projects, made.id, "title")
    assert caught.value.code == "variable_name_taken"


async def test_a_name_that_a_dataset_has_beside_another_is_refused_in_words_that_have_both(
    projects: Any, postgres: EmbeddedPostgres
) -> None:
    made = await project(projects)
    strike = await variable(projects, made.id, "strike", "DATE")
    for name in ("strike_quote", "strike_date", "strike_low", "document"):
        with pytest.raises(InvalidInput, match=name) as raised:
            await variable(projects, made.id, name)
        assert raised.value.code == "column_name_taken"
    with pytest.raises(InvalidInput, match="strike and strike_missing"):
        await variable(projects, made.id, "strike_missing")
    other = await variable(projects, made.id, "other")
    with pytest.raises(InvalidInput, match="strike and strike_page"):
        await change(projects, other.id, name="strike_page")
    await change(projects, strike.id, type="TEXT")
    dated = await variable(projects, made.id, "strike_date", "DATE")
    with pytest.raises(InvalidInput, match="strike and strike_date"):
        await change(projects, strike.id, type="DATE")
    # One that was defined before such names were refused can be worked on as any other.
    postgres.psql(f"update projects.variables set name = 'strike_flags' where id = '{other.id}'", database="coderai")
    await change(projects, strike.id, instructions="When it began.")
    assert (await change(projects, dated.id, instructions="Its day.")).instructions == "Its day."
    await variable(projects, made.id, "place")
    assert (await change(projects, other.id, name="other")).name == "other"
    with pytest.raises(InvalidInput, match="strike and strike_flags"):
        await change(projects, other.id, name="strike_flags")


async def test_each_change_that_matters_makes_a_prompt_version(projects: Any) -> None:
    made = await project(projects)
    killed = await variable(projects, made.id, "killed", "NUMBER", instructions="People killed.")
    assert killed.active_prompt.version == 1
    assert "People killed." in killed.active_prompt.text
    assert killed.active_prompt.temperature == 0.15

    same = await change(projects, killed.id, confidence_threshold=0.5)
    assert (same.active_prompt.version, same.confidence_threshold) == (1, 0.5)
    changed = await change(projects, killed.id, instructions="People killed, not injured.")
    assert changed.active_prompt.version == 2

    own = pb.GeneratePromptRequest(variable_id=killed.id, text="How many died?")
    edited = (await projects.GeneratePrompt(own)).prompt
    assert (edited.version, to_plain(edited)["origin"]) == (3, "EDITED")
    versions = (await projects.ListPrompts(pb.ListPromptsRequest(variable_id=killed.id))).items
    assert [(v.version, v.active) for v in versions] == [(3, True), (2, False), (1, False)]

    diff = await projects.DiffPrompts(pb.DiffPromptsRequest(prompt_id=versions[1].id))
    assert (diff.from_version, diff.to_version) == (1, 2)
    assert "-(number): People killed.\n+(number): People killed, not injured." in diff.diff
    assert not (await projects.DiffPrompts(pb.DiffPromptsRequest(prompt_id=edited.id, against_id=edited.id))).diff

    await projects.ActivatePrompt(pb.ActivatePromptRequest(prompt_id=versions[2].id))
    chosen = await get(projects, killed.id)
    assert chosen.active_prompt.version == 1 and "version 1, GENERATED" in chosen.warnings[0]
    request = pb.FreezeCodebookRequest(project_id=made.id)
    (frozen,) = (await projects.FreezeCodebook(request)).codebook.variables
    assert frozen.active_prompt.version == 1, "a version that a person chose is not replaced"


async def test_a_persons_own_prompt_survives_every_change_with_a_warning(projects: Any) -> None:
    made = await project(projects)
    place = await variable(projects, made.id, "place")
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=place.id, text="Where was it?"))
    kept = await change(projects, place.id, required=True)
    assert (kept.active_prompt.text, list(kept.warnings)) == ("Where was it?", [])
    asked_otherwise = await change(projects, place.id, instructions="The town, not the region.")
    assert asked_otherwise.active_prompt.text == "Where was it?"
    assert "version 2, EDITED" in asked_otherwise.warnings[0]


async def test_a_prompt_for_another_type_or_other_categories_cannot_be_activated(projects: Any) -> None:
    made = await project(projects)
    form = await variable(projects, made.id, "form", "CATEGORY", categories=[{"value": "march"}, {"value": "strike"}])
    await change(projects, form.id, categories=[{"value": "march"}, {"value": "vigil"}])
    await change(projects, form.id, type="TEXT", categories=[])
    versions = (await projects.ListPrompts(pb.ListPromptsRequest(variable_id=form.id))).items
    answers = [to_plain(v)["response_schema"]["properties"]["value"] for v in versions]
    assert answers[0] == {"type": "string"} and answers[2]["enum"] == ["march", "strike"]
    for version in versions[1:]:
        with pytest.raises(Conflict) as caught:
            await projects.ActivatePrompt(pb.ActivatePromptRequest(prompt_id=version.id))
        assert caught.value.code == "prompt_outdated"
    assert (await get(projects, form.id)).active_prompt.version == 3


async def test_a_temperature_that_a_person_set_outlives_new_words(projects: Any) -> None:
    made = await project(projects)
    place = await variable(projects, made.id, "place")
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=place.id, temperature=0.7))
    changed = await change(projects, place.id, instructions="The town.")
    assert (changed.active_prompt.version, changed.active_prompt.temperature) == (3, 0.7)


async def test_a_better_wording_reaches_prompts_that_are_stored(projects: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await project(projects)
    await variable(projects, made.id, "place")
    own = await variable(projects, made.id, "actor")
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=own.id, text="Who did it?"))
    monkeypatch.setattr(prompt, "_lines", lambda variable: ["better words"])
    found = (await projects.FreezeCodebook(pb.FreezeCodebookRequest(project_id=made.id))).codebook.variables
    assert [(v.active_prompt.text, v.active_prompt.version) for v in found] == [("better words", 2), ("Who did it?", 2)]


async def test_a_part_of_the_unit_leaves_the_rest_and_null_resets_it(projects: Any) -> None:
    unit = {"row_is": "one event", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "each march"}
    made = await project(projects, unit=unit)
    for given, expected in (
        ({"row_is": "one strike"}, {**unit, "row_is": "one strike"}),
        (None, {"row_is": "one document", "rows_per_document": "SINGLE", "entity_identification_pattern": ""}),
    ):
        plain = {"project_id": made.id, "unit": given, "update_mask": {"paths": ["unit"]}}
        changed = (await projects.UpdateProject(from_plain(pb.UpdateProjectRequest, plain))).project
        assert to_plain(changed.unit) == expected


async def test_what_a_type_refuses_is_no_definition(projects: Any) -> None:
    made = await project(projects)
    form = await variable(projects, made.id, "form", "CATEGORY", categories=[{"value": "march"}])
    with pytest.raises(InvalidInput) as caught:
        await change(projects, form.id, type=None)
    assert set(caught.value.fields) == {"type"}
    size = {"default_value": "many", "golden_examples": [{"text": "Seven came.", "value": "some"}]}
    with pytest.raises(InvalidInput) as caught:
        await variable(projects, made.id, "size", "NUMBER", **size)
    assert set(caught.value.fields) == {"default_value", "golden_examples[0].value"}
    for operator, value in (("EQUALS", "vigil"), ("IN", ["march", "vigil"]), ("GREATER", "march")):
        condition = {"variable": "form", "operator": operator, "value": value}
        with pytest.raises(InvalidInput) as caught:
            await variable(projects, made.id, "size", "NUMBER", depends_on=[condition])
        assert set(caught.value.fields) == {"depends_on"}
    condition = {"variable": "form", "operator": "EQUALS", "value": "March"}
    made_well = await variable(projects, made.id, "size", "NUMBER", default_value="12", depends_on=[condition])
    assert made_well.default_value.number_value == 12
    with pytest.raises(InvalidInput) as caught:
        await change(projects, form.id, categories=[{"value": "vigil"}])
    assert "size depends on form" in str(caught.value)


async def test_prompts_say_nothing_of_the_projects_context_which_each_call_tells_beside_them(projects: Any) -> None:
    made = await project(projects)
    generated = await variable(projects, made.id, "place")
    own = await variable(projects, made.id, "actor")
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=own.id, text="Who did it?"))
    plain = {"project_id": made.id, "unit": {"row_is": "one strike"}, "update_mask": {"paths": ["unit"]}}
    await projects.UpdateProject(from_plain(pb.UpdateProjectRequest, plain))
    found = (await projects.ListVariables(pb.ListVariablesRequest(project_id=made.id))).items
    assert found[0].active_prompt == generated.active_prompt
    assert found[1].active_prompt.text == "Who did it?"


async def test_conditions_must_make_sense(projects: Any) -> None:
    made = await project(projects)
    a = await variable(projects, made.id, "a", "BOOLEAN")
    with pytest.raises(InvalidInput, match="no variable of this project"):
        await variable(projects, made.id, "b", depends_on=[{"variable": "ghost", "operator": "IS_PRESENT"}])
    await variable(projects, made.id, "b", depends_on=[{"variable": "a", "operator": "EQUALS", "value": True}])
    with pytest.raises(InvalidInput, match="circle"):
        await change(projects, a.id, depends_on=[{"variable": "b", "operator": "IS_PRESENT"}])
    with pytest.raises(Conflict, match="b depend on a"):
        await projects.DeleteVariable(pb.DeleteVariableRequest(variable_id=a.id))
    await change(projects, a.id, name="renamed")
    found = (await projects.ListVariables(pb.ListVariablesRequest(project_id=made.id))).items
    assert found[1].depends_on[0].variable == "renamed"


async def test_a_project_without_columns_has_its_order_already(projects: Any) -> None:
    made = await project(projects)
    ordered = await projects.ReorderVariables(pb.ReorderVariablesRequest(project_id=made.id))
    assert list(ordered.items) == []


async def test_columns_are_reordered_and_duplicated(projects: Any) -> None:
    made = await project(projects)
    ids = [(await variable(projects, made.id, name)).id for name in ("one", "two")]
    copy = (await projects.DuplicateVariable(pb.DuplicateVariableRequest(variable_id=ids[0]))).variable
    assert (copy.name, copy.position, copy.active_prompt.version) == ("one_copy", 2, 1)
    order = [copy.id, ids[1], ids[0]]
    reply = await projects.ReorderVariables(pb.ReorderVariablesRequest(project_id=made.id, variable_ids=order))
    assert [v.name for v in reply.items] == ["one_copy", "two", "one"]
    with pytest.raises(InvalidInput):
        await projects.ReorderVariables(pb.ReorderVariablesRequest(project_id=made.id, variable_ids=order[:2]))


async def test_a_codebook_has_one_hash_for_one_content(projects: Any) -> None:
    made = await project(projects)
    request = pb.FreezeCodebookRequest(project_id=made.id)
    with pytest.raises(Conflict):
        await projects.FreezeCodebook(request)
    place = await variable(projects, made.id, "place")
    first, second = [(await projects.FreezeCodebook(request)).codebook for _ in range(2)]
    assert first == second and len(first.hash) == 64
    await change(projects, place.id, instructions="Where?")
    assert (await projects.FreezeCodebook(request)).codebook.hash != first.hash


async def test_viewers_and_strangers_change_nothing(projects: Any, signed_in: identity.Identity) -> None:
    made = await project(projects)
    viewer = identity.Identity(signed_in.workspace_id, signed_in.user_id, identity.Role.VIEWER, "test")
    with identity.acting_as(viewer):
        assert (await projects.GetProject(pb.GetProjectRequest(project_id=made.id))).project.name == "Events"
        with pytest.raises(Forbidden):
            await projects.DeleteProject(pb.DeleteProjectRequest(project_id=made.id))
    with identity.acting_as(person()):
        for call in (
            projects.GetProject(pb.GetProjectRequest(project_id=made.id)),
            projects.DeleteProject(pb.DeleteProjectRequest(project_id=made.id)),
        ):
            with pytest.raises(NotFound):
                await call
        assert not (await projects.ListProjects(pb.ListProjectsRequest())).items


async def test_lists_come_in_pages(projects: Any) -> None:
    names = [(await project(projects, name=f"p{n}")).name for n in range(5)]
    seen, token = [], ""
    while True:
        page = await projects.ListProjects(pb.ListProjectsRequest(page_size=2, page_token=token))
        seen += [p.name for p in page.items]
        token = page.next_page_token
        if not token:
            break
    assert seen == names
    with pytest.raises(InvalidInput):
        await projects.ListProjects(pb.ListProjectsRequest(page_token="nonsense"))


async def test_what_is_larger_than_the_contract_says_is_not_stored(projects: Any) -> None:
    made = await project(projects)
    with pytest.raises(InvalidInput) as caught:
        await variable(projects, made.id, "long", instructions="x" * 20_001)
    assert caught.value.fields == {"variable.instructions": "may have 20,000 characters at most, not 20,001"}
    with pytest.raises(InvalidInput):
        await project(projects, description="x" * 20_001)


async def test_a_projects_variables_together_are_limited_too(projects: Any) -> None:
    made = await project(projects)
    examples = [{"text": "x" * 10_000, "value": "x", "note": ""}] * 30
    for number in range(13):
        await variable(projects, made.id, f"v{number}", golden_examples=examples)
    with pytest.raises(InvalidInput) as caught:
        await variable(projects, made.id, "one_more", golden_examples=examples)
    assert caught.value.code == "codebook_too_large"
