"""Templates: a schema is kept under a name and given to other projects, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import yaml

from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import AlreadyExists, CoderAIError, Conflict, Forbidden, InvalidInput, NotFound
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.projects.v1 import template_service_pb2 as pb
from coderai.projects.v1 import template_service_pb2_grpc as stubs
from coderai.services.projects.adapters.shipped import read_shipped
from coderai.services.projects.adapters.template_store import TemplatesStore
from coderai.services.projects.entrypoints.template_service import TemplateServicer
from tests.integration.projects.conftest import KEY, Told, person
from tests.integration.projects.test_projects import get, project, variable
from tests.support.stack import ServiceDatabases

pytestmark = pytest.mark.usefixtures("signed_in")

UNIT = {"row_is": "one march", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "each march"}
CONDITION = {"variable": "form", "operator": "EQUALS", "value": "march"}
SHIPPED = ["contracts", "interviews", "news-events"]
YAML = """
name: Marches
description: How large are they?
unit: one march
variables:
  - {name: form, type: category, categories: [march, no]}
  - name: size
    type: number
    prompt: Count the people.
    depends_on: [{variable: form, operator: equals, value: no}]
"""


@pytest.fixture
async def templates(service_dsns: ServiceDatabases) -> AsyncIterator[Any]:
    """A stub of the running service; calls act as the current identity."""
    db = Database(service_dsns["projects"].application, "projects")
    servicer = TemplateServicer(partial(db.session, kind=TemplatesStore), read_shipped())
    register = partial(stubs.add_TemplateServiceServicer_to_server, servicer)
    async with (
        serving("projects", "127.0.0.1:0", KEY, register, ["coderai.projects.v1.TemplateService"]) as port,
        PeerChannel("projects", f"127.0.0.1:{port}", KEY) as channel,
    ):
        yield stubs.TemplateServiceStub(channel)
    await db.close()


@pytest.fixture
async def marches(projects: Any, signed_in: identity.Identity) -> Any:
    """A project with a condition, and with a prompt that a person wrote."""
    made = await project(projects, description="How large are they?", domain="news", unit=UNIT)
    await variable(projects, made.id, "form", "CATEGORY", categories=[{"value": "march"}, {"value": "rally"}])
    size = await variable(projects, made.id, "size", "NUMBER", depends_on=[CONDITION], validation_rules={"min": 0})
    own = projects_pb.GeneratePromptRequest(variable_id=size.id, text="Count the people.", temperature=0.4)
    await projects.GeneratePrompt(own)
    return made


async def save(templates: Any, name: str, **source: str) -> Any:
    return (await templates.CreateTemplate(pb.CreateTemplateRequest(name=name, **source))).template


async def apply(templates: Any, project_id: str, template_id: str, if_taken: str = "") -> Any:
    plain = {"project_id": project_id, "template_id": template_id, "if_name_taken": if_taken}
    return await templates.ApplyTemplate(from_plain(pb.ApplyTemplateRequest, plain))


async def names(projects: Any, project_id: str) -> list[str]:
    reply = await projects.ListVariables(projects_pb.ListVariablesRequest(project_id=project_id))
    return [one.name for one in reply.items]


async def test_a_projects_schema_is_given_to_another_with_conditions_rules_and_own_prompts(
    projects: Any, templates: Any, marches: Any, told: Told
) -> None:
    template = await save(templates, "Marches", project_id=marches.id)
    other = await project(projects, name="Other", language="Arabic")
    await told()

    applied = await apply(templates, other.id, template.id)

    form, size = applied.variables
    assert to_plain(size)["depends_on"] == [CONDITION]
    assert size.validation_rules.min.number_value == 0
    active = to_plain(size.active_prompt)
    assert (active["text"], active["temperature"], active["version"]) == ("Count the people.", 0.4, 1)
    assert (active["origin"], to_plain(form.active_prompt)["origin"]) == ("EDITED", "GENERATED")
    after = to_plain(applied.project)
    assert (after["unit"], after["description"]) == (UNIT, "How large are they?")
    assert (after["language"], after["name"]) == ("Arabic", "Other"), "what the project says of itself stays"
    assert after["status"] == "SCHEMA_DEFINED"
    assert [subject for subject, _ in await told()] == ["event.projects.codebook_changed"]


async def test_a_template_is_a_copy_that_shows_itself_as_the_yaml_it_can_be_made_from(
    projects: Any, templates: Any, marches: Any
) -> None:
    first = await save(templates, "Marches", project_id=marches.id)
    await projects.DeleteProject(projects_pb.DeleteProjectRequest(project_id=marches.id))

    found = (await templates.GetTemplate(pb.GetTemplateRequest(template_id=first.id))).template
    again = await save(templates, "Marches again", yaml=found.yaml)

    assert yaml.safe_load(found.yaml)["variables"][1]["prompt"]["text"] == "Count the people."
    assert again.definition == found.definition
    assert found.description == "How large are they?"
    assert (found.variable_count, found.ships, bool(found.created_at)) == (2, False, True)


async def test_short_forms_are_read_as_the_command_reads_them(templates: Any) -> None:
    made = await save(templates, "", yaml=YAML)

    assert made.name == "Marches", "the YAML's name, where the request has none"
    form, size = to_plain(made)["definition"]["variables"]
    assert [one["value"] for one in form["categories"]] == ["march", "no"]
    assert size["depends_on"] == [{"variable": "form", "operator": "EQUALS", "value": "no"}]
    assert size["active_prompt"]["text"] == "Count the people."


async def test_those_that_ship_are_listed_first_and_lists_are_paged_by_name(templates: Any) -> None:
    for name in ("b", "C", "a"):
        await save(templates, name, yaml=YAML)
    whole = await templates.ListTemplates(pb.ListTemplatesRequest())
    assert [one.id for one in whole.items[:3]] == SHIPPED
    assert [one.name for one in whole.items[3:]] == ["a", "b", "C"]
    assert {(one.yaml, one.HasField("definition")) for one in whole.items} == {("", False)}
    for size in (1, 2, 3, 4, 5):
        seen, token = list[str](), ""
        while True:
            page = await templates.ListTemplates(pb.ListTemplatesRequest(page_size=size, page_token=token))
            assert len(page.items) <= size
            seen += [one.id for one in page.items]
            token = page.next_page_token
            if not token:
                break
        assert seen == [one.id for one in whole.items], size


async def test_each_one_that_ships_can_be_read_saved_again_and_applied(projects: Any, templates: Any) -> None:
    for id in SHIPPED:
        shipped = (await templates.GetTemplate(pb.GetTemplateRequest(template_id=id))).template
        assert shipped.ships and shipped.accuracy.compared > 10
        assert (await save(templates, f"My {id}", yaml=shipped.yaml)).definition == shipped.definition
        made = await project(projects, name=id)
        applied = await apply(templates, made.id, id)
        assert [one.name for one in applied.variables] == [one.name for one in shipped.definition.variables]


async def test_names_that_clash_are_told_before_and_refused_with_nothing_written(
    projects: Any, templates: Any, marches: Any, told: Told
) -> None:
    template = await save(templates, "Marches", project_id=marches.id)
    other = await project(projects)
    await variable(projects, other.id, "size", "TEXT")
    before = (await projects.GetProject(projects_pb.GetProjectRequest(project_id=other.id))).project
    await told()

    asked = pb.PreviewTemplateRequest(project_id=other.id, template_id=template.id)
    preview = await templates.PreviewTemplate(asked)
    assert (list(preview.taken), list(preview.added), preview.sets_unit) == (["size"], ["form"], True)
    with pytest.raises(AlreadyExists, match="size") as caught:
        await apply(templates, other.id, template.id)

    assert caught.value.code == "template_names_taken"
    assert await names(projects, other.id) == ["size"]
    assert (await projects.GetProject(projects_pb.GetProjectRequest(project_id=other.id))).project == before
    assert await told() == []


async def test_names_that_clash_are_left_out_or_renamed_with_the_conditions_on_them(
    projects: Any, templates: Any, marches: Any
) -> None:
    template = await save(templates, "Marches", project_id=marches.id)
    other = await project(projects)
    await variable(projects, other.id, "form", "CATEGORY", categories=[{"value": "march"}])

    skipped = await apply(templates, other.id, template.id, "SKIP")
    assert [one.name for one in skipped.variables] == ["form", "size"]
    renamed = await apply(templates, other.id, template.id, "RENAME")
    assert [one.name for one in renamed.variables] == ["form", "size", "form_2", "size_2"]
    assert renamed.variables[3].depends_on[0].variable == "form_2"
    thrice = await apply(templates, other.id, template.id, "RENAME")
    assert [one.name for one in thrice.variables[4:]] == ["form_3", "size_3"]


async def test_a_condition_that_the_projects_own_variable_cannot_meet_is_refused_whole(
    projects: Any, templates: Any, marches: Any
) -> None:
    template = await save(templates, "Marches", project_id=marches.id)
    other = await project(projects)
    await variable(projects, other.id, "form", "BOOLEAN")
    with pytest.raises(InvalidInput, match="size depends on form"):
        await apply(templates, other.id, template.id, "SKIP")
    assert await names(projects, other.id) == ["form"]


async def test_a_unit_that_the_project_has_stays(projects: Any, templates: Any, marches: Any) -> None:
    template = await save(templates, "Marches", project_id=marches.id)
    other = await project(projects, unit={"row_is": "one town"})
    asked = pb.PreviewTemplateRequest(project_id=other.id, template_id=template.id)
    assert not (await templates.PreviewTemplate(asked)).sets_unit
    assert (await apply(templates, other.id, template.id)).project.unit.row_is == "one town"


async def test_two_at_once_apply_one_template_once(projects: Any, templates: Any) -> None:
    made = await project(projects)
    calls = [apply(templates, made.id, "contracts") for _ in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, AlreadyExists)]
    assert len(refused) == 2
    assert len(await names(projects, made.id)) == len(set(await names(projects, made.id))) == 10


@pytest.mark.parametrize(
    ("source", "error", "code"),
    [
        ({}, InvalidInput, "template_source_unclear"),
        ({"yaml": YAML, "project_id": str(new_id())}, InvalidInput, "template_source_unclear"),
        ({"project_id": str(new_id())}, NotFound, "project_not_found"),
        ({"yaml": "a: b: c"}, InvalidInput, "project_yaml_invalid"),
        ({"yaml": "name: x"}, Conflict, "no_variables"),
        ({"yaml": "variables: [{name: a, type: text, max_values: 99}]"}, InvalidInput, "variable_invalid"),
        ({"yaml": "variables: [{name: a, type: text, max_values: 99999999999}]"}, InvalidInput, "project_yaml_invalid"),
        ({"yaml": 'variables: [{name: a, type: text, instructions: "a\\0b"}]'}, InvalidInput, "invalid_input"),
        (
            {"yaml": f"variables: [{{name: a, type: text, instructions: {'x' * 20_001}}}]"},
            InvalidInput,
            "input_too_large",
        ),
        (
            {"yaml": "variables: [{name: a, type: text, depends_on: [{variable: a, operator: is present}]}]"},
            InvalidInput,
            "variable_invalid",
        ),
        (
            {"yaml": "unit: {rows_per_document: multiple}\nvariables: [{name: a, type: text}]"},
            InvalidInput,
            "project_invalid",
        ),
        (
            {"yaml": "variables:\n" + "".join(f"- {{name: v{n}, type: text}}\n" for n in range(201))},
            InvalidInput,
            "too_many_variables",
        ),
        (
            {"yaml": "variables: [{name: a, type: text, prompt: {text: x, temperature: 3}}]"},
            InvalidInput,
            "prompt_invalid",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused_and_keeps_nothing(
    templates: Any, source: dict[str, str], error: type[CoderAIError], code: str
) -> None:
    with pytest.raises(error) as caught:
        await save(templates, "x", **source)
    assert caught.value.code == code
    assert len((await templates.ListTemplates(pb.ListTemplatesRequest())).items) == len(SHIPPED)


async def test_names_of_templates(templates: Any) -> None:
    await save(templates, "Marches", yaml=YAML)
    for name in ("Marches", "contracts", "NEWS events"):
        with pytest.raises(AlreadyExists) as caught:
            await save(templates, name, yaml=YAML)
        assert caught.value.code == "template_name_taken"
    with pytest.raises(InvalidInput):
        await save(templates, " ", yaml="variables: [{name: a, type: text}]")


async def test_deleting(projects: Any, templates: Any) -> None:
    mine, made = await save(templates, "Marches", yaml=YAML), await project(projects)
    await apply(templates, made.id, mine.id)
    await templates.DeleteTemplate(pb.DeleteTemplateRequest(template_id=mine.id))
    assert await names(projects, made.id) == ["form", "size"]
    for id in (mine.id, "no-such", str(new_id())):
        with pytest.raises(NotFound):
            await templates.DeleteTemplate(pb.DeleteTemplateRequest(template_id=id))
        with pytest.raises(NotFound):
            await templates.GetTemplate(pb.GetTemplateRequest(template_id=id))
        with pytest.raises(NotFound):
            await apply(templates, made.id, id)
    with pytest.raises(Conflict):
        await templates.DeleteTemplate(pb.DeleteTemplateRequest(template_id="contracts"))


async def test_a_stranger_sees_and_changes_nothing_and_a_viewer_changes_nothing(
    projects: Any, templates: Any, signed_in: identity.Identity
) -> None:
    mine, made = await save(templates, "Marches", yaml=YAML), await project(projects)
    with identity.acting_as(person()):
        assert [one.id for one in (await templates.ListTemplates(pb.ListTemplatesRequest())).items] == SHIPPED
        own = await project(projects)
        for call in (
            templates.GetTemplate(pb.GetTemplateRequest(template_id=mine.id)),
            templates.DeleteTemplate(pb.DeleteTemplateRequest(template_id=mine.id)),
            apply(templates, own.id, mine.id),
            apply(templates, made.id, "contracts"),
            templates.PreviewTemplate(pb.PreviewTemplateRequest(project_id=made.id, template_id="contracts")),
            save(templates, "x", project_id=made.id),
        ):
            with pytest.raises(NotFound):
                await call
        assert (await save(templates, "Marches", yaml=YAML)).id != mine.id, "names are a workspace's own"
    viewer = identity.Identity(signed_in.workspace_id, new_id(), identity.Role.VIEWER, "test")
    with identity.acting_as(viewer):
        assert (await templates.GetTemplate(pb.GetTemplateRequest(template_id=mine.id))).template.name == "Marches"
        for call in (
            save(templates, "y", yaml=YAML),
            apply(templates, made.id, "contracts"),
            templates.DeleteTemplate(pb.DeleteTemplateRequest(template_id=mine.id)),
        ):
            with pytest.raises(Forbidden):
                await call
    assert await get(projects, (await apply(templates, made.id, mine.id)).variables[0].id)


async def test_a_generated_prompt_that_a_person_went_back_to_is_kept_as_chosen(projects: Any, templates: Any) -> None:
    made = await project(projects)
    size = await variable(projects, made.id, "size", "NUMBER", instructions="How many?")
    first = size.active_prompt
    await projects.GeneratePrompt(projects_pb.GeneratePromptRequest(variable_id=size.id, text="Count."))
    await projects.ActivatePrompt(projects_pb.ActivatePromptRequest(prompt_id=first.id))
    kept = await save(templates, "Chosen", project_id=made.id)
    assert kept.definition.variables[0].active_prompt.text == first.text
