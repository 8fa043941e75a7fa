"""What the co-pilot asks of models is the project's to pay, and only models that the operator lists are asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.kit.errors import Conflict, InvalidInput
from tests.integration.copilot.world import World
from tests.support.openai_faults import unauthorized
from tests.support.openai_server import OpenAIServer

pytestmark = pytest.mark.usefixtures("signed_in")
MODEL = "openai:gpt-4.1-mini"


def suggest(world: World) -> pb.SuggestVariablesRequest:
    return pb.SuggestVariablesRequest(project_id=str(world.project_id), hint="the weather")


def check(world: World) -> pb.CheckModelRequest:
    return pb.CheckModelRequest(project_id=str(world.project_id))


async def test_a_question_is_set_aside_before_and_booked_after(
    copilot: Any, world: World, model_server: OpenAIServer
) -> None:
    world.project["model"] = MODEL
    model_server.answer = lambda _: json.dumps({"suggestions": []})
    await copilot.SuggestVariables(suggest(world))
    (booked,) = world.settled
    assert (booked.model, booked.calls, booked.project_id) == (MODEL, 1, str(world.project_id))
    assert (booked.tokens_in, booked.tokens_out) == (
        model_server.stats.prompt_tokens,
        model_server.stats.completion_tokens,
    )
    assert not world.reserved


async def test_without_money_no_question_is_put(copilot: Any, world: World, model_server: OpenAIServer) -> None:
    world.project["model"], world.budget = MODEL, 10
    for request in (copilot.SuggestVariables(suggest(world)), copilot.CheckModel(check(world))):
        with pytest.raises(Conflict, match="used up"):
            await request
    assert model_server.stats.requests == 0


async def test_a_question_that_fails_is_settled_too(copilot: Any, world: World, model_server: OpenAIServer) -> None:
    world.project["model"] = MODEL
    model_server.faults.always(unauthorized())
    with pytest.raises(Conflict, match="refused the API key"):
        await copilot.SuggestVariables(suggest(world))
    assert not world.reserved and len(world.settled) == 1


async def test_a_model_that_nobody_listed_is_not_asked(copilot: Any, world: World) -> None:
    for model in ("langsmith:x", "anthropic:claude-opus", "gpt-4"):
        world.project["model"] = model
        with pytest.raises(InvalidInput, match="not among the models"):
            await copilot.SuggestVariables(suggest(world))


async def test_which_models_may_be_named_is_told(copilot: Any) -> None:
    found = (await copilot.ListModels(pb.ListModelsRequest())).items
    assert [(one.pattern, one.has_key) for one in found] == [
        ("offline", True),
        ("openai:*", True),
        ("anthropic:claude-haiku-4-5", False),
    ]


async def test_a_check_asks_once_and_says_what_is_wrong(copilot: Any, world: World, model_server: OpenAIServer) -> None:
    assert (await copilot.CheckModel(check(world))).model == "offline"
    world.project["model"] = MODEL
    model_server.answer = lambda _: "yes"
    answered = await copilot.CheckModel(check(world))
    assert answered.model == MODEL and answered.seconds > 0
    model_server.faults.always(unauthorized())
    refused = await copilot.CheckModel(check(world))
    assert "refused the API key" in refused.problem and "OPENAI_API_KEY" in refused.problem
    assert model_server.stats.requests == 2


async def test_a_model_that_is_not_there_is_told_at_once(
    copilot: Any, world: World, model_server: OpenAIServer
) -> None:
    await model_server.__aexit__(None)
    world.project["model"] = MODEL
    assert "not reachable: connection refused" in (await copilot.CheckModel(check(world))).problem
