"""Proposals as callers get them: kept where they could be applied, applied or rejected by a person, each once."""

from __future__ import annotations

import pytest

from coderai.kit import identity
from tests.integration.proposals.conftest import Services
from tests.integration.proposals.drafts import adding, changing

pytestmark = pytest.mark.usefixtures("signed_in")


async def test_an_accepted_proposal_becomes_a_variable(services: Services, signed_in: identity.Identity) -> None:
    project = await services.project(language="Arabic")
    kept = await services.keep(project, adding("participants", "NUMBER", instructions="How many took part (عدد)."))
    assert kept.left_out == ()
    (made,) = kept.proposals
    told = await services.get(str(made.id))
    assert (told["kind"], told["status"], told["origin"]) == ("ADD_VARIABLE", "PROPOSED", "SUGGESTION")
    assert (told["title"], told["author"], told["stale"]) == ("Add participants", str(signed_in.user_id), "")
    assert told["diff"].splitlines() == [
        "--- project.yaml",
        "+++ project.yaml, proposed",
        "@@ -1 +1,6 @@",
        " language: Arabic",
        "+variables:",
        "+- name: participants",
        "+  type: NUMBER",
        "+  display_name: Participants",
        "+  instructions: How many took part (عدد).",
    ]
    assert await services.variables(project) == {}

    done = await services.apply(told["id"])
    (variable,) = (await services.variables(project)).values()
    assert done["variables"] == [variable]
    assert (variable["type"], variable["active_prompt"]["version"]) == ("NUMBER", 1)
    assert done["proposal"]["variable_ids"] == [variable["id"]]
    assert done["proposal"]["status"] == "APPLIED" and done["proposal"]["decided_by"] == str(signed_in.user_id)
    assert (await services.context(project))["status"] == "SCHEMA_DEFINED"
    assert await services.apply(told["id"]) == done


async def test_a_variable_changes(services: Services) -> None:
    project = await services.project()
    await services.add(project, "form", "CATEGORY", categories=[{"value": "march"}, {"value": "rally"}])
    form = (await services.variables(project))["form"]
    wanted = [*form["categories"], {"value": "vigil", "description": "Quiet."}]
    made = await services.propose(project, changing(form, categories=wanted, type="CATEGORY"))
    told = await services.get(made)
    assert told["kind"] == "CHANGE_CATEGORIES"
    assert told["changes"][0]["fields"] == ["categories"]
    await services.apply(made)
    form = (await services.variables(project))["form"]
    assert [one["value"] for one in form["categories"]] == ["march", "rally", "vigil"]
    assert form["active_prompt"]["version"] == 2
