"""ChangeSchema as the co-pilot calls it: all steps in one transaction, each change once, prompts as by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coderai.kit import identity
from coderai.kit.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from tests.integration.projects.conftest import Told, person
from tests.integration.projects.test_projects import change, get, project, variable

pytestmark = pytest.mark.usefixtures("signed_in")


def creating(name: str, type: str = "TEXT", **fields: Any) -> dict[str, Any]:
    after = {"name": name, "type": type, **fields}
    return {"action": "CREATE_VARIABLE", "variable": name, "variable_after": after}


def updating(before: Any, **fields: Any) -> dict[str, Any]:
    return {
        "action": "UPDATE_VARIABLE",
        "variable_id": before.id,
        "variable": before.name,
        "fields": list(fields),
        "variable_before": before,
        "variable_after": {**to_plain(before), **fields},
    }


def removing(before: Any) -> dict[str, Any]:
    return {
        "action": "REMOVE_VARIABLE",
        "variable_id": before.id,
        "variable": before.name,
        "variable_before": before,
    }


def in_context(**fields: Any) -> dict[str, Any]:
    return {"action": "UPDATE_CONTEXT", "fields": list(fields), "context_before": {}, "context_after": fields}


async def do(projects: Any, project_id: str, *steps: dict[str, Any], change_id: str = "", **fields: Any) -> Any:
    plain = {"project_id": project_id, "change_id": change_id or str(new_id()), "changes": list(steps), **fields}
    return await projects.ChangeSchema(from_plain(pb.ChangeSchemaRequest, plain))


async def names(projects: Any, project_id: str) -> list[str]:
    reply = await projects.ListVariables(pb.ListVariablesRequest(project_id=project_id))
    return [one.name for one in reply.items]


async def test_all_steps_are_done_once_and_told_as_one_change(projects: Any, told: Told) -> None:
    made = await project(projects)
    form = await variable(projects, made.id, "form")
    place = await variable(projects, made.id, "place")
    await told()
    steps = (
        removing(form),
        creating("form", "CATEGORY", categories=[{"value": "march"}], instructions="Which form?"),
        updating(place, instructions="The town."),
        in_context(language="Arabic", unit={"row_is": "one protest"}),
    )
    change_id = str(new_id())
    replies = await asyncio.gather(*(do(projects, made.id, *steps, change_id=change_id) for _ in range(4)))
    new, changed = replies[0].variables
    assert (new.name, new.active_prompt.version, new.position) == ("form", 1, 2)
    assert (changed.id, changed.active_prompt.version) == (place.id, 2)
    assert (replies[0].project.language, replies[0].project.unit.row_is) == ("Arabic", "one protest")
    assert all(reply == replies[0] for reply in replies)
    assert await names(projects, made.id) == ["place", "form"]
    assert [subject for subject, _ in await told()] == ["event.projects.codebook_changed"]

    await projects.DeleteVariable(pb.DeleteVariableRequest(variable_id=new.id))
    again = await do(projects, made.id, *steps, change_id=change_id)
    assert [one.id for one in again.variables] == [place.id]
    assert await names(projects, made.id) == ["place"]


async def test_one_step_that_cannot_be_done_undoes_all(projects: Any, told: Told) -> None:
    made = await project(projects)
    place = await variable(projects, made.id, "place")
    await change(projects, place.id, instructions="The street.")
    await told()
    before = to_plain(await get(projects, place.id))
    for step, error, code in (
        (creating("place"), AlreadyExists, "variable_name_taken"),
        (creating("Bad name"), InvalidInput, "variable_invalid"),
        (updating(place, instructions="The town."), Conflict, "ground_changed"),
        (in_context(unit={"rows_per_document": "MULTIPLE"}), InvalidInput, "project_invalid"),
    ):
        with pytest.raises(error) as caught:
            await do(projects, made.id, creating("another"), in_context(domain="news"), step)
        assert caught.value.code == code
    assert await names(projects, made.id) == ["place"]
    assert to_plain(await get(projects, place.id)) == before
    assert (await projects.GetProject(pb.GetProjectRequest(project_id=made.id))).project == made_again(made)
    assert await told() == []


def made_again(made: Any) -> Any:
    made.status = pb.PROJECT_STATUS_SCHEMA_DEFINED
    return made


async def test_two_variables_change_their_names_with_each_other(projects: Any) -> None:
    made = await project(projects)
    one, other = await variable(projects, made.id, "one"), await variable(projects, made.id, "other")
    await do(projects, made.id, updating(one, name="other"), updating(other, name="one"))
    assert await names(projects, made.id) == ["other", "one"]
    assert (await get(projects, one.id)).name == "other"


async def test_a_person_s_own_prompt_stays_and_is_told_to_be_read_again(projects: Any) -> None:
    made = await project(projects)
    place = await variable(projects, made.id, "place")
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=place.id, text="Own words."))
    place = await get(projects, place.id)
    (changed,) = (await do(projects, made.id, updating(place, instructions="The town."))).variables
    assert (changed.active_prompt.text, changed.active_prompt.version) == ("Own words.", 2)
    assert "written before what is asked has changed" in changed.warnings[0]


async def test_a_unit_becomes_that_of_single_rows_again(projects: Any) -> None:
    unit = {"row_is": "one protest", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "/^On/"}
    made = await project(projects, unit=unit)
    step = in_context(unit={"row_is": "one report", "rows_per_document": "SINGLE"})
    step["context_before"] = {"unit": unit}
    done = (await do(projects, made.id, step)).project
    assert to_plain(done.unit) == {
        "row_is": "one report",
        "rows_per_document": "SINGLE",
        "entity_identification_pattern": "",
    }


async def test_a_project_without_variables_is_not_defined_any_more(projects: Any) -> None:
    made = await project(projects)
    place = await variable(projects, made.id, "place")
    done = await do(projects, made.id, removing(place))
    assert to_plain(done.project)["status"] == "CREATED" and not done.variables


async def test_a_change_is_one_project_s_and_one_workspace_s(projects: Any) -> None:
    first, second = await project(projects), await project(projects)
    change_id = str(new_id())
    await do(projects, first.id, creating("place"), change_id=change_id)
    with pytest.raises(Conflict) as caught:
        await do(projects, second.id, creating("place"), change_id=change_id)
    assert caught.value.code == "change_used"
    with identity.acting_as(person()):
        with pytest.raises(NotFound):
            await do(projects, first.id, creating("form"), change_id=change_id)
        third = await project(projects)
        await do(projects, third.id, creating("form"), change_id=change_id)
        assert await names(projects, third.id) == ["form"]
    assert await names(projects, first.id) == ["place"] and await names(projects, second.id) == []


async def test_a_variable_of_another_project_is_out_of_reach(projects: Any) -> None:
    """A step names it by its id: of this project there is none."""
    first, second = await project(projects), await project(projects)
    place = await variable(projects, first.id, "place")
    with pytest.raises(Conflict, match="place was removed"):
        await do(projects, second.id, updating(place, instructions="x"))
    await do(projects, second.id, removing(place))
    assert await names(projects, first.id) == ["place"]


async def test_viewers_change_nothing(projects: Any, signed_in: identity.Identity) -> None:
    made = await project(projects)
    viewer = identity.Identity(signed_in.user_id, signed_in.workspace_id, identity.Role.VIEWER, "test")
    with identity.acting_as(viewer), pytest.raises(Forbidden):
        await do(projects, made.id, creating("place"))


async def test_changes_by_hand_and_by_proposals_at_once_all_count(projects: Any) -> None:
    made = await project(projects)
    await asyncio.gather(
        *(do(projects, made.id, creating(f"proposed_{number}")) for number in range(5)),
        *(variable(projects, made.id, f"by_hand_{number}") for number in range(5)),
    )
    reply = await projects.ListVariables(pb.ListVariablesRequest(project_id=made.id))
    assert sorted(one.position for one in reply.items) == list(range(10))
