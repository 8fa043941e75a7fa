"""Whoever keeps what was worked out from a codebook hears that it has changed, once a change, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.kit.errors import Conflict
from coderai.kit.wire import from_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from coderai.projects.v1.events_pb2 import CodebookChanged
from tests.integration.projects.conftest import Told
from tests.integration.projects.test_projects import change, project, variable

CHANGED = "event.projects.codebook_changed"


def of(made: Any) -> list[tuple[str, bytes]]:
    return [(CHANGED, CodebookChanged(project_id=made.id).SerializeToString())]


async def update(projects: Any, project_id: str, **fields: Any) -> None:
    plain = {"project_id": project_id, "update_mask": {"paths": list(fields)}, **fields}
    await projects.UpdateProject(from_plain(pb.UpdateProjectRequest, plain))


async def test_each_change_of_a_variable_or_prompt_is_told_once(projects: Any, told: Told) -> None:
    made = await project(projects)
    assert await told() == []

    first = await variable(projects, made.id, "place")
    assert await told() == of(made)
    second = await variable(projects, made.id, "size", depends_on=[{"variable": "place", "operator": "IS_PRESENT"}])
    assert await told() == of(made)
    await change(projects, first.id, name="location")  # the condition on it is changed with it
    assert await told() == of(made)
    await change(projects, first.id, confidence_threshold=0.9)  # no prompt says so
    assert await told() == of(made)
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=first.id, text="Copy the place."))
    assert await told() == of(made)
    await projects.ActivatePrompt(pb.ActivatePromptRequest(prompt_id=first.active_prompt.id))
    assert await told() == of(made)
    order = pb.ReorderVariablesRequest(project_id=made.id, variable_ids=[second.id, first.id])
    await projects.ReorderVariables(order)
    assert await told() == of(made)
    await projects.DuplicateVariable(pb.DuplicateVariableRequest(variable_id=first.id))
    assert await told() == of(made)
    await projects.DeleteVariable(pb.DeleteVariableRequest(variable_id=second.id))
    assert await told() == of(made)


async def test_a_change_of_the_project_is_told_and_what_changes_nothing_is_not(projects: Any, told: Told) -> None:
    made = await project(projects)
    held = await variable(projects, made.id, "place")
    needed = [{"variable": "place", "operator": "IS_PRESENT"}]
    await variable(projects, made.id, "size", depends_on=needed)
    await told()

    await update(projects, made.id, unit={"row_is": "one city"})
    assert await told() == of(made)
    await update(projects, made.id, unit={"row_is": "one city"})
    await projects.FreezeCodebook(pb.FreezeCodebookRequest(project_id=made.id))
    with pytest.raises(Conflict):
        await projects.DeleteVariable(pb.DeleteVariableRequest(variable_id=held.id))
    assert await told() == []
