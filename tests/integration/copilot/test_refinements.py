"""Refinements as callers get them: made of feedback on DEV documents, tried, applied or rejected by a person."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.extractor.v1 import quality_service_pb2 as quality_pb
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.errors import Conflict, InvalidInput, NotFound, Unavailable
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.copilot.entrypoints.consumer import project_deleted
from tests.integration.copilot.conftest import person
from tests.integration.copilot.world import TEXTS, World, cell, feedback

pytestmark = pytest.mark.usefixtures("signed_in")


async def create(copilot: Any, world: World, **fields: Any) -> Any:
    request = pb.CreateRefinementRequest(variable_id=world.refined.id, **fields)
    return (await copilot.CreateRefinement(request)).refinement


async def get(copilot: Any, refinement_id: str) -> Any:
    return (await copilot.GetRefinement(pb.GetRefinementRequest(refinement_id=refinement_id))).refinement


def applying(made: Any, option: int = 1) -> pb.ApplyRefinementRequest:
    return pb.ApplyRefinementRequest(refinement_id=made.id, option=option)


def rejecting(made: Any) -> pb.RejectRefinementRequest:
    return pb.RejectRefinementRequest(refinement_id=made.id)


async def test_feedback_becomes_groups_and_options_and_nothing_else_changes(
    copilot: Any, reviewed: World, signed_in: identity.Identity
) -> None:
    before = reviewed.refined.SerializeToString(deterministic=True)
    made = to_plain(await create(copilot, reviewed))
    ids = reviewed.ids()
    assert [(group["description"], [c["document_name"] for c in group["cells"]]) for group in made["groups"]] == [
        ("“march” is coded as “rally”", ["a.txt", "b.txt"]),
        ("A value is given where the document states none (NOT_STATED)", ["d.txt"]),
    ]
    assert made["groups"][0]["cells"][0] == {
        "feedback_id": reviewed.feedback[0]["id"],
        "document_id": ids["a.txt"],
        "document_name": "a.txt",
        "entity_text": "",
        "model_value": "rally",
        "right_value": "march",
        "quote": "walked to the square",
        "note": "A procession through streets is a march.",
    }
    examples, words, rules = made["options"]
    assert examples["golden_examples"] == [
        {"text": "Hundreds walked to the square.", "value": "march", "note": ""},
        {"text": "Nothing happened at the rally ground.", "note": ""},
    ]
    assert (examples["new_examples"], examples["trial_job_id"]) == (2, "")
    assert examples["document_ids"] == [ids[name] for name in ("b.txt", "c.txt", "e.txt")]
    assert words["categories"][0] == {"value": "march", "description": "also: walked, square, speeches"}
    assert "+A procession through streets is a march." in rules["diff"]
    assert (made["status"], made["model"], made["author"]) == ("PROPOSED", "offline", str(signed_in.user_id))
    assert made["feedback_ids"] == [one["id"] for one in reviewed.feedback]
    assert made["document_ids"] == [ids[name] for name in TEXTS]
    assert made["based_on_prompt_id"] == reviewed.refined.active_prompt.id
    assert (made["applied_option"], made["prompt_id"], made["decided_by"], made["decided_at"]) == (0, "", "", "")
    assert reviewed.refined.SerializeToString(deterministic=True) == before and not reviewed.refinements
    assert to_plain(await get(copilot, made["id"])) == made


async def test_what_test_documents_say_teaches_nothing(copilot: Any, reviewed: World) -> None:
    reviewed.feedback = [{**one, "split": "TEST"} for one in reviewed.feedback]
    with pytest.raises(Conflict, match="nobody has judged a cell of form in a DEV document") as caught:
        await create(copilot, reviewed)
    assert caught.value.code == "nothing_to_mend"
    assert reviewed.read == []


async def test_what_the_model_says_now_counts(copilot: Any, reviewed: World) -> None:
    reviewed.extractions = [
        cell(reviewed, "a.txt", value="march", verdict="INCORRECT"),
        cell(reviewed, "b.txt", value="march"),
        cell(reviewed, "c.txt", value="march"),
        cell(reviewed, "d.txt"),
        cell(reviewed, "e.txt", value="rally"),
    ]
    with pytest.raises(Conflict, match="right by now") as caught:
        await create(copilot, reviewed)
    assert caught.value.code == "nothing_to_mend"


async def test_without_anything_known_to_be_right_it_says_what_to_do(copilot: Any, reviewed: World) -> None:
    reviewed.feedback, reviewed.extractions = [feedback(reviewed, "a.txt", "INCORRECT")], []
    with pytest.raises(Conflict, match="give the right values") as caught:
        await create(copilot, reviewed)
    assert caught.value.code == "nothing_to_learn_from"


async def test_a_variable_that_is_not_there_has_no_refinements(copilot: Any, reviewed: World) -> None:
    request = pb.CreateRefinementRequest(variable_id=str(new_id()))
    for call in (
        copilot.CreateRefinement(request),
        copilot.ListRefinements(pb.ListRefinementsRequest(variable_id=request.variable_id)),
    ):
        with pytest.raises(NotFound) as caught:
            await call
        assert caught.value.code == "variable_not_found"


async def test_an_option_is_tried_on_known_cells_beside_the_dataset(copilot: Any, reviewed: World) -> None:
    made = await create(copilot, reviewed)
    asked = {"refinement_id": made.id, "option": 1}
    estimate = (await copilot.EstimateTry(pb.EstimateTryRequest(**asked))).estimate
    assert estimate.documents == 3 and not reviewed.trials
    job = (await copilot.TryRefinement(pb.TryRefinementRequest(**asked))).job
    (trial,) = reviewed.trials
    assert list(trial.document_ids) == list(made.options[0].document_ids)
    assert (trial.project_id, trial.variable.id) == (str(reviewed.project_id), reviewed.refined.id)
    assert (trial.variable.active_prompt.text, len(trial.variable.golden_examples)) == (made.options[0].text, 2)
    assert (trial.variable.active_prompt.temperature, trial.variable.active_prompt.max_tokens) == (0.4, 99)
    assert trial.variable.categories == reviewed.refined.categories

    untold = await get(copilot, made.id)
    assert untold.options[0].trial_job_id == job.id and not untold.options[0].HasField("trial")
    reviewed.compared = quality_pb.CompareTrialResponse(fixed=2, broken=1, p_value=0.625, more_cells=40)
    told = await get(copilot, made.id)
    assert told.options[0].trial == reviewed.compared and not told.options[1].HasField("trial")

    again = (await copilot.TryRefinement(pb.TryRefinementRequest(**asked))).job
    assert (await get(copilot, made.id)).options[0].trial_job_id == again.id
    with pytest.raises(InvalidInput) as caught:
        await copilot.TryRefinement(pb.TryRefinementRequest(refinement_id=made.id, option=4))
    assert caught.value.fields == {"option": "must be 1 to 3"}


async def test_documents_with_imported_answers_are_tried_on_too(copilot: Any, reviewed: World) -> None:
    reviewed.texts = {**TEXTS, "f.txt": "A vigil.", "g.txt": "A fair."}
    reviewed.gold = ["a.txt", "f.txt", "g.txt"]
    made = await create(copilot, reviewed)
    ids = reviewed.ids()
    assert list(made.document_ids) == [ids[name] for name in reviewed.texts]
    assert {ids["f.txt"], ids["g.txt"]} < set(made.options[0].document_ids)


async def test_without_documents_beside_its_examples_nothing_is_tried(copilot: Any, reviewed: World) -> None:
    reviewed.feedback = reviewed.feedback[:1]
    made = await create(copilot, reviewed)
    with pytest.raises(Conflict) as caught:
        await copilot.TryRefinement(pb.TryRefinementRequest(refinement_id=made.id, option=1))
    assert caught.value.code == "nothing_to_try_on" and not reviewed.trials


async def test_the_chosen_option_becomes_the_prompt_once(
    copilot: Any, reviewed: World, signed_in: identity.Identity
) -> None:
    made = await create(copilot, reviewed)
    replies = await asyncio.gather(*(copilot.ApplyRefinement(applying(made)) for _ in range(4)))
    (asked,) = reviewed.refinements.values()
    assert (asked.text, asked.based_on_prompt_id) == (made.options[0].text, made.based_on_prompt_id)
    assert (asked.golden_examples, list(asked.categories)) == (made.options[0].golden_examples, [])
    for reply in replies:
        done = to_plain(reply.refinement)
        assert (done["status"], done["applied_option"]) == ("APPLIED", 1)
        assert done["prompt_id"] == reviewed.refined.active_prompt.id
        assert done["decided_by"] == str(signed_in.user_id) and done["decided_at"]
    assert await get(copilot, made.id) == replies[0].refinement
    for call in (copilot.ApplyRefinement(applying(made, 2)), copilot.RejectRefinement(rejecting(made))):
        with pytest.raises(Conflict) as caught:
            await call
        assert caught.value.code == "refinement_decided"
    with pytest.raises(Conflict):
        await copilot.TryRefinement(pb.TryRefinementRequest(refinement_id=made.id, option=2))


async def test_a_rejected_refinement_leaves_all_as_it_was(copilot: Any, reviewed: World) -> None:
    before = reviewed.refined.SerializeToString(deterministic=True)
    made = await create(copilot, reviewed)
    first, second = [(await copilot.RejectRefinement(rejecting(made))).refinement for _ in range(2)]
    assert first == second and to_plain(first)["status"] == "REJECTED" and first.decided_at
    with pytest.raises(Conflict) as caught:
        await copilot.ApplyRefinement(applying(made))
    assert caught.value.code == "refinement_decided"
    assert reviewed.refined.SerializeToString(deterministic=True) == before and not reviewed.refinements


@pytest.mark.parametrize("change", ["prompt", "categories", "examples"])
async def test_a_variable_that_has_changed_since_is_left_alone(copilot: Any, reviewed: World, change: str) -> None:
    made = await create(copilot, reviewed)
    match change:
        case "prompt":
            reviewed.refined.active_prompt.id = str(new_id())
        case "categories":
            reviewed.refined.categories.add(value="vigil")
        case "examples":
            reviewed.refined.golden_examples.add(text="They walked.")
    for call in (
        copilot.ApplyRefinement(applying(made)),
        copilot.TryRefinement(pb.TryRefinementRequest(refinement_id=made.id, option=1)),
    ):
        with pytest.raises(Conflict, match="asked otherwise since") as caught:
            await call
        assert caught.value.code == "ground_changed"
    assert not reviewed.refinements and not reviewed.trials
    assert to_plain((await copilot.RejectRefinement(rejecting(made))).refinement)["status"] == "REJECTED"


async def test_a_prompt_that_changes_at_the_last_moment_is_told_too(copilot: Any, reviewed: World) -> None:
    made = await create(copilot, reviewed)
    reviewed.refuses = Conflict("another prompt is active", code="prompt_replaced")
    with pytest.raises(Conflict) as caught:
        await copilot.ApplyRefinement(applying(made))
    assert caught.value.code == "ground_changed"
    assert to_plain(await get(copilot, made.id))["status"] == "PROPOSED"
    reviewed.refuses = None
    assert (await copilot.ApplyRefinement(applying(made, 2))).refinement.applied_option == 2


async def test_what_was_applied_though_nobody_heard_of_it_is_found_out(copilot: Any, reviewed: World) -> None:
    """The projects service did it and its answer was lost."""
    made = await create(copilot, reviewed)
    reviewed.refuses = Unavailable("the answer is lost")
    with pytest.raises(Unavailable):
        await copilot.ApplyRefinement(applying(made))
    assert reviewed.refinements and (await get(copilot, made.id)).applied_option == 0
    for call in (copilot.RejectRefinement(rejecting(made)), copilot.ApplyRefinement(applying(made, 2))):
        with pytest.raises(Conflict) as caught:
            await call
        assert caught.value.code == "refinement_decided"
    reviewed.refuses = None
    done = (await copilot.ApplyRefinement(applying(made))).refinement
    assert (to_plain(done)["status"], done.prompt_id) == ("APPLIED", reviewed.refined.active_prompt.id)
    assert len(reviewed.refinements) == 1


async def test_refinements_are_listed_newest_first_in_pages(copilot: Any, reviewed: World) -> None:
    made = [(await create(copilot, reviewed)).id for _ in range(3)]
    seen, token = [], ""
    for _ in range(2):
        request = pb.ListRefinementsRequest(variable_id=reviewed.refined.id, page_size=2, page_token=token)
        page = await copilot.ListRefinements(request)
        seen += [one.id for one in page.items]
        token = page.next_page_token
    assert seen == made[::-1] and not token


async def test_strangers_find_nothing_and_viewers_decide_nothing(
    copilot: Any, reviewed: World, signed_in: identity.Identity
) -> None:
    made = await create(copilot, reviewed)
    with identity.acting_as(person()):
        for call in (
            copilot.GetRefinement(pb.GetRefinementRequest(refinement_id=made.id)),
            copilot.ApplyRefinement(applying(made)),
            copilot.RejectRefinement(rejecting(made)),
            copilot.TryRefinement(pb.TryRefinementRequest(refinement_id=made.id, option=1)),
            copilot.EstimateTry(pb.EstimateTryRequest(refinement_id=made.id, option=1)),
        ):
            with pytest.raises(NotFound) as caught:
                await call
            assert caught.value.code == "refinement_not_found"
        listed = await copilot.ListRefinements(pb.ListRefinementsRequest(variable_id=reviewed.refined.id))
        assert not listed.items
    assert to_plain(await get(copilot, made.id))["status"] == "PROPOSED"


async def test_a_deleted_project_takes_its_refinements_along(
    copilot: Any, reviewed: World, open_store: Any, signed_in: identity.Identity
) -> None:
    made = await create(copilot, reviewed)
    subscription = project_deleted(open_store)
    for project_id, there in ((new_id(), True), (reviewed.project_id, False), (reviewed.project_id, False)):
        await subscription.handle(_deleted(project_id, signed_in.workspace_id))
        if there:
            await get(copilot, made.id)
        else:
            with pytest.raises(NotFound):
                await get(copilot, made.id)


def _deleted(project_id: UUID, workspace_id: UUID | None) -> Envelope:
    payload = ProjectDeleted(project_id=str(project_id)).SerializeToString()
    return Envelope(new_id(), "event.projects.project_deleted", payload, workspace_id, "test")  # type: ignore[arg-type]
