"""Proposals as callers get them: kept where they could be applied, applied or rejected by a person, each once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from coderai.copilot.v1 import proposal_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.errors import AlreadyExists, CoderAIError, Conflict, Forbidden, NotFound, Unavailable
from coderai.kit.ids import new_id
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.copilot.adapters.peers import ProjectsPeer
from coderai.services.copilot.domain.proposal import Proposal
from coderai.services.copilot.entrypoints.consumer import project_deleted
from coderai.services.copilot.usecases.decide_proposal import DecideProposal
from tests.integration.proposals.conftest import Services, person
from tests.integration.proposals.drafts import adding, changing, in_context, removing

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
        "--- /dev/null",
        "+++ participants (proposed)",
        "@@ -0,0 +1,3 @@",
        "+  - name: participants",
        "+    type: NUMBER",
        "+    instructions: How many took part (عدد).",
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


async def test_two_people_accept_the_same_proposal_at_once(services: Services, signed_in: identity.Identity) -> None:
    project = await services.project()
    made = await services.propose(project, adding("participants", "NUMBER"))
    colleague = replace(signed_in, user_id=new_id())

    async def accepts(who: identity.Identity) -> dict[str, Any]:
        with identity.acting_as(who):
            return await services.apply(made)

    replies = await asyncio.gather(*(accepts(who) for who in (signed_in, colleague) * 3))
    (variable,) = (await services.variables(project)).values()
    assert all(reply == replies[0] for reply in replies)
    assert replies[0]["proposal"]["variable_ids"] == [variable["id"]]
    assert replies[0]["proposal"]["decided_by"] in (str(signed_in.user_id), str(colleague.user_id))


async def test_one_accepts_and_one_rejects_at_once(services: Services) -> None:
    """Whoever comes first is right, and the other one is told."""
    for number in range(5):
        project = await services.project()
        made = await services.propose(project, adding(f"v{number}"))
        done = await asyncio.gather(services.apply(made), services.reject(made), return_exceptions=True)
        refused = [one for one in done if isinstance(one, Conflict)]
        assert [one.code for one in refused] == ["proposal_decided"]
        status = (await services.get(made))["status"]
        assert (status == "APPLIED") == bool(await services.variables(project)) == (refused[0] is done[1])


async def test_a_rejected_proposal_leaves_all_as_it_is(services: Services) -> None:
    project = await services.project()
    made = await services.propose(project, adding("participants"))
    first, second = await services.reject(made), await services.reject(made)
    assert first == second and first["status"] == "REJECTED" and first["decided_at"]
    with pytest.raises(Conflict, match="has been rejected already") as caught:
        await services.apply(made)
    assert caught.value.code == "proposal_decided"
    assert await services.variables(project) == {}
    again = await services.propose(project, adding("participants"))
    assert again != made


async def test_an_applied_proposal_cannot_be_rejected(services: Services) -> None:
    project = await services.project()
    made = await services.propose(project, adding("participants"))
    await services.apply(made)
    with pytest.raises(Conflict, match="has been applied already"):
        await services.reject(made)


async def test_a_renamed_variable_is_still_meant(services: Services) -> None:
    project = await services.project()
    place = await services.add(project, "place")
    made = await services.propose(project, changing((await services.variables(project))["place"], instructions="Town."))
    await services.change(place, name="town")
    assert (await services.get(made))["stale"] == ""
    await services.apply(made)
    (variable,) = (await services.variables(project)).values()
    assert (variable["id"], variable["name"], variable["instructions"]) == (place, "town", "Town.")


async def test_a_condition_follows_what_was_renamed_since(services: Services) -> None:
    project = await services.project()
    size = await services.add(project, "size", "NUMBER")
    condition = {"variable": "size", "operator": "GREATER", "value": 9}
    made = await services.propose(project, adding("police", depends_on=[condition]))
    await services.change(size, name="participants")
    await services.apply(made)
    assert (await services.variables(project))["police"]["depends_on"][0]["variable"] == "participants"


async def test_a_changed_ground_is_told_and_nothing_happens(services: Services) -> None:
    project = await services.project(language="Arabic")
    place = await services.add(project, "place", instructions="The place.")
    variable = (await services.variables(project))["place"]
    changed = await services.propose(project, changing(variable, instructions="The town."))
    removed = await services.propose(project, removing(variable))
    added = await services.propose(project, adding("town"))
    context = await services.propose(project, in_context(await services.context(project), language="Mixed"))
    await services.change(place, instructions="The street.")
    await services.change_project(project, language="French")
    await services.add(project, "town")
    before = await services.variables(project), await services.context(project)
    for made, told, code in (
        (changed, 'place: instructions has changed since this was proposed; it is now "The street."', "ground_changed"),
        (removed, "place: instructions has changed", "ground_changed"),
        (added, "the project has a variable 'town' already", "variable_name_taken"),
        (context, 'the project\'s language has changed since this was proposed; it is now "French"', "ground_changed"),
    ):
        assert (await services.get(made))["stale"].startswith(told)
        with pytest.raises(CoderAIError) as caught:
            await services.apply(made)
        assert (caught.value.message[: len(told)], caught.value.code) == (told, code)
        assert (await services.get(made))["status"] == "PROPOSED"
    assert (await services.variables(project), await services.context(project)) == before

    await services.change(place, instructions="The place.")
    assert (await services.get(changed))["stale"] == ""
    await services.apply(changed)
    await services.remove(place)
    assert (await services.apply(removed))["proposal"]["status"] == "APPLIED"  # it is gone, as was wanted


async def test_what_was_applied_though_nobody_heard_of_it_is_found_out(services: Services) -> None:
    """The process dies, or the answer is lost, between the projects service's commit and the co-pilot's."""
    project = await services.project()
    made = await services.propose(project, adding("participants"))

    class Lost(ProjectsPeer):
        async def change(self, proposal: Proposal) -> list[Variable]:
            await super().change(proposal)
            raise Unavailable("the answer is lost")

    lost = Lost.__new__(Lost)
    lost._stub = services.peer._stub
    decide = DecideProposal(services.proposing.open_store, lost, partial(datetime.now, UTC))
    with pytest.raises(Unavailable):
        await decide.apply(identity.current(), UUID(made))
    told = await services.get(made)
    assert (told["status"], told["stale"]) == ("PROPOSED", "")
    with pytest.raises(Conflict, match="apply it again to find out"):
        await services.reject(made)
    done = await services.apply(made)
    (variable,) = (await services.variables(project)).values()
    assert done["proposal"]["status"] == "APPLIED" and done["variables"] == [variable]


async def test_what_cannot_be_applied_can_be_rejected(services: Services) -> None:
    project = await services.project()
    made = await services.propose(project, adding("participants"))
    await services.add(project, "participants")
    with pytest.raises(AlreadyExists):
        await services.apply(made)
    assert (await services.reject(made))["status"] == "REJECTED"


async def test_a_list_is_newest_first_in_pages_and_of_one_status(services: Services) -> None:
    project = await services.project()
    made = [await services.propose(project, adding(f"v{number}")) for number in range(5)]
    await services.apply(made[0])
    await services.reject(made[1])
    assert [one["id"] for one in await services.pending(project)] == made[:1:-1]
    seen, token = list[str](), ""
    while True:
        request = pb.ListProposalsRequest(project_id=project, page_size=2, page_token=token)
        page = await services.proposals.ListProposals(request)
        seen += [one.id for one in page.items]
        if not (token := page.next_page_token):
            break
    assert seen == made[::-1]
    with pytest.raises(NotFound):
        await services.proposals.ListProposals(pb.ListProposalsRequest(project_id=str(new_id())))


async def test_strangers_find_nothing_and_viewers_decide_nothing(
    services: Services, signed_in: identity.Identity
) -> None:
    project = await services.project()
    made = await services.propose(project, adding("participants"))
    with identity.acting_as(person()):
        for call in (services.get, services.apply, services.reject):
            with pytest.raises(NotFound) as caught:
                await call(made)
            assert caught.value.code == "proposal_not_found"
        with pytest.raises(NotFound):
            await services.pending(project)
        with pytest.raises(NotFound):
            await services.keep(project, adding("another"))
    with identity.acting_as(replace(signed_in, role=identity.Role.VIEWER)):
        assert (await services.get(made))["stale"] == ""
        for call in (services.apply, services.reject):
            with pytest.raises(Forbidden):
                await call(made)
    assert (await services.get(made))["status"] == "PROPOSED"


async def test_a_deleted_project_takes_its_proposals_along(services: Services, signed_in: identity.Identity) -> None:
    project, other = await services.project(), await services.project()
    gone, there = [await services.propose(one, adding("participants")) for one in (project, other)]
    payload = ProjectDeleted(project_id=project).SerializeToString()
    deleted = Envelope(new_id(), "event.projects.project_deleted", payload, signed_in.workspace_id, "test")
    for _ in range(2):
        await project_deleted(services.open_store).handle(deleted)
    with pytest.raises(NotFound):
        await services.get(gone)
    await services.get(there)
