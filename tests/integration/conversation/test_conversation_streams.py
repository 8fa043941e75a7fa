"""Replies as people get them: part by part, stopped, resumed, two at once, and over replicas that end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coderai.copilot.v1 import conversation_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import CoderAIError, InvalidInput, LimitReached, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from coderai.services.copilot.domain.conversing.message import BROKEN_OFF
from coderai.services.copilot.usecases.conversing.converse import MOST_REPLIES
from tests.integration.conversation.conftest import OpenReplica, OpenStore, Pace, Replica, booked, person, said, until
from tests.integration.copilot.world import World
from tests.support.openai_faults import BreakOff, unauthorized
from tests.support.openai_server import OpenAIServer

LONG = " ".join(f"Sentence {number} of the reply." for number in range(20))
HELD = 6
"""A chunk in the middle of LONG."""


def joined(updates: list[pb.WatchMessageResponse]) -> str:
    return "".join(update.part for update in updates)


async def first(copilot: Replica, message_id: str) -> tuple[Any, pb.WatchMessageResponse]:
    """A stream of a reply, and the first part of it."""
    stream = copilot.stub.WatchMessage(pb.WatchMessageRequest(message_id=message_id))
    async with asyncio.timeout(30):
        return stream, await anext(aiter(stream))


async def test_a_reply_comes_part_by_part_and_says_what_it_rests_on(
    copilot: Replica, project: str, model_server: OpenAIServer, pace: Pace
) -> None:
    model_server.answer = lambda _: said(LONG, (1, "two people were HURT when a barrier fell"), (1, "Nine were hurt"))
    rest = pace.hold(HELD)
    sent = await copilot.send(project)
    assert (sent.message.status, sent.message.role) == (pb.MESSAGE_STATUS_COMPLETE, pb.MESSAGE_ROLE_USER)
    assert (sent.reply.status, sent.reply.text, sent.reply.reply_to) == (
        pb.MESSAGE_STATUS_STREAMING,
        "",
        sent.message.id,
    )
    stream, begin = await first(copilot, sent.reply.id)
    assert begin.sequence == 1 and LONG.startswith(begin.part) and len(begin.part) < len(LONG)
    assert LONG.startswith((await copilot.get(sent.reply.id))["text"])
    rest.set()
    updates = [begin, *[update async for update in stream]]
    assert [update.sequence for update in updates] == list(range(1, len(updates) + 1))
    assert joined(updates) == LONG
    ended = to_plain(updates[-1].message)
    assert (ended["status"], ended["text"], ended["problem"]) == ("COMPLETE", LONG, "")
    assert [(one["document_name"], one["quote"], one["exact"]) for one in ended["quotes"]] == [
        ("a.txt", "Two people were hurt when a barrier fell", False)
    ]
    assert ended["quotes_not_found"] == ["Nine were hurt"]
    assert (ended["author"], ended["model"]) == (sent.message.author, "openai:gpt-4.1-mini")
    assert not any(update.HasField("message") for update in updates[:-1])


async def test_a_stream_is_resumed_in_the_middle(
    copilot: Replica, project: str, model_server: OpenAIServer, pace: Pace
) -> None:
    model_server.answer = lambda _: said(LONG)
    rest = pace.hold(HELD)
    reply_id = (await copilot.send(project)).reply.id
    stream, begin = await first(copilot, reply_id)
    await stream.aclose()
    rest.set()
    updates = await copilot.watch(reply_id, after=begin.sequence)
    assert begin.part + joined(updates) == LONG
    last = updates[-1].sequence
    assert joined(await copilot.watch(reply_id)) == LONG
    (ended,) = await copilot.watch(reply_id, after=last - 1)
    assert ended.message.text == LONG
    assert await copilot.watch(reply_id, after=last) == []


async def test_a_number_below_the_first_part_stands_for_the_beginning(
    copilot: Replica, project: str, model_server: OpenAIServer
) -> None:
    model_server.answer = lambda _: said("Done.")
    sent = await copilot.send(project)
    async with asyncio.timeout(30):
        assert joined(await copilot.watch(sent.reply.id, after=-5)) == "Done."
        (whole,) = await copilot.watch(sent.message.id, after=-5)
    assert (whole.sequence, whole.message.id) == (1, sent.message.id)


async def test_a_reply_is_stopped_where_it_stands_from_any_replica(
    copilot: Replica, open_replica: OpenReplica, project: str, model_server: OpenAIServer, pace: Pace, world: World
) -> None:
    add = {"action": "ADD_VARIABLE", "title": "t", "reason": "r", "variables": [], "project": None, "quotes": []}
    model_server.answer = lambda _: said(LONG, proposals=[{**add, "definitions": []}])
    pace.hold(HELD), pace.hold(HELD, of=1)
    async with open_replica() as other:
        for stopping in (copilot, other):
            reply_id = (await copilot.send(project)).reply.id
            stream, begin = await first(copilot, reply_id)
            stopped = await stopping.stop(reply_id)
            assert stopped["status"] == "STOPPED" and LONG.startswith(stopped["text"])
            updates = [begin, *[update async for update in stream]]
            assert joined(updates) == stopped["text"] == updates[-1].message.text != ""
            assert (await other.stop(reply_id))["status"] == "STOPPED"
    assert not (await copilot.get(reply_id))["proposal_ids"]
    await booked(world, 2)
    assert [one.calls for one in world.settled] == [1, 1]
    assert all(one.tokens_in > 0 and one.tokens_out > 0 for one in world.settled)
    assert not world.reserved


async def test_a_reply_that_has_ended_stays_as_it_is(
    copilot: Replica, project: str, model_server: OpenAIServer
) -> None:
    model_server.answer = lambda _: said("Done.")
    ended = await copilot.ask(project)
    assert await copilot.stop(ended["id"]) == ended


async def test_two_messages_at_once_both_get_their_reply(
    copilot: Replica, project: str, model_server: OpenAIServer, pace: Pace
) -> None:
    model_server.answer = lambda body: said("First." if "one?" in body["messages"][1]["content"][-40:] else "Second.")
    holds = [pace.hold(1, of=number) for number in (0, 1)]
    sent = [await copilot.send(project, text) for text in ("one?", "two?")]
    async with asyncio.timeout(30):
        await model_server.until(lambda stats: stats.answered == 2)
    for hold in holds:
        hold.set()
    replies = [(await copilot.watch(one.reply.id))[-1].message.text for one in sent]
    assert replies == ["First.", "Second."]
    listed = await copilot.messages(project)
    assert [one["text"] for one in listed] == ["one?", "First.", "two?", "Second."]


async def test_so_many_replies_at_a_time_and_no_more(
    copilot: Replica, project: str, model_server: OpenAIServer, pace: Pace
) -> None:
    model_server.answer = lambda _: said("Done.")
    holds = [pace.hold(0, of=number) for number in range(MOST_REPLIES)]
    sent = [await copilot.send(project) for _ in range(MOST_REPLIES)]
    with pytest.raises(LimitReached):
        await copilot.send(project)
    await copilot.stop(sent[0].reply.id)
    sent.append(await copilot.send(project))
    for hold in holds:
        hold.set()
    assert {(await copilot.watch(one.reply.id))[-1].message.text for one in sent[1:]} == {"Done."}


async def test_two_people_watch_the_same_reply(
    copilot: Replica, open_replica: OpenReplica, project: str, model_server: OpenAIServer
) -> None:
    model_server.answer = lambda _: said(LONG)
    async with open_replica() as other:
        reply_id = (await copilot.send(project)).reply.id
        seen = await asyncio.gather(*(one.watch(reply_id) for one in (copilot, other, other)))
    assert {joined(updates) for updates in seen} == {LONG}


async def test_a_reset_removes_all_and_leaves_what_is_being_written(
    copilot: Replica, open_replica: OpenReplica, project: str, model_server: OpenAIServer, pace: Pace, world: World
) -> None:
    model_server.answer = lambda _: said(LONG)
    pace.hold(HELD)
    reply_id = (await copilot.send(project)).reply.id
    stream, _ = await first(copilot, reply_id)
    async with open_replica() as other:
        await other.reset(project)
        with pytest.raises(NotFound):
            [update async for update in stream]
        assert await other.messages(project) == []
    await booked(world, 1)
    assert await copilot.messages(project) == []
    assert (await copilot.ask(project, "again"))["status"] == "COMPLETE"


async def test_a_process_that_stops_ends_its_replies(
    copilot: Replica, open_replica: OpenReplica, project: str, model_server: OpenAIServer, pace: Pace, world: World
) -> None:
    model_server.answer = lambda _: said(LONG)
    pace.hold(HELD)
    async with open_replica() as stopping:
        reply_id = (await stopping.send(project)).reply.id
        stream, begin = await first(copilot, reply_id)
    updates = [begin, *[update async for update in stream]]
    ended = updates[-1].message
    assert (ended.status, ended.problem) == (pb.MESSAGE_STATUS_FAILED, BROKEN_OFF)
    assert ended.text == joined(updates) != ""
    assert len(world.settled) == 1 and not world.reserved


@pytest.mark.parametrize("fault", [BreakOff.RESET, BreakOff.END, BreakOff.ERROR])
async def test_a_reply_that_breaks_off_keeps_what_came(
    fault: BreakOff, copilot: Replica, project: str, model_server: OpenAIServer
) -> None:
    model_server.answer = lambda _: said(LONG)
    model_server.faults.always(fault)
    ended = await copilot.ask(project)
    assert ended["status"] == "FAILED" and "broke off" in ended["problem"]
    assert LONG.startswith(ended["text"]) and ended["text"]


async def test_a_database_that_is_away_for_a_moment_loses_nothing(
    copilot: Replica, project: str, model_server: OpenAIServer, pace: Pace, open_store: OpenStore
) -> None:
    model_server.answer = lambda _: said(LONG)
    rest = pace.hold(HELD)
    reply_id = (await copilot.send(project)).reply.id
    stream, begin = await first(copilot, reply_id)
    await stream.aclose()
    open_store.away = 2
    rest.set()

    async def is_back() -> bool:
        return not open_store.away

    await until(is_back)
    updates = await copilot.watch(reply_id, after=begin.sequence)
    assert begin.part + joined(updates) == LONG
    assert updates[-1].message.status == pb.MESSAGE_STATUS_COMPLETE


async def test_a_model_that_cannot_be_asked_is_told(copilot: Replica, project: str, model_server: OpenAIServer) -> None:
    model_server.faults.always(unauthorized())
    ended = await copilot.ask(project)
    assert (ended["status"], ended["text"]) == ("FAILED", "")
    assert "refused the API key" in ended["problem"]


async def test_without_money_no_question_is_put(
    copilot: Replica, project: str, model_server: OpenAIServer, world: World
) -> None:
    world.budget = 10
    ended = await copilot.ask(project)
    assert ended["status"] == "FAILED" and "used up" in ended["problem"]
    assert model_server.stats.requests == 0


async def test_strangers_see_and_stop_nothing(copilot: Replica, project: str, model_server: OpenAIServer) -> None:
    model_server.answer = lambda _: said("Ours.")
    ours = await copilot.ask(project)
    with identity.acting_as(person()):
        for call in (copilot.get, copilot.stop, copilot.watch):
            with pytest.raises(NotFound):
                await call(ours["id"])
        for call in (copilot.send, copilot.messages, copilot.reset):
            with pytest.raises(NotFound):
                await call(project)
    assert len(await copilot.messages(project)) == 2


async def test_who_may_only_look_may_not_speak(copilot: Replica, project: str, model_server: OpenAIServer) -> None:
    model_server.answer = lambda _: said("Ours.")
    ours = await copilot.ask(project)
    mine = identity.current()
    with identity.acting_as(identity.Identity(mine.workspace_id, new_id(), identity.Role.VIEWER, "test")):
        assert (await copilot.get(ours["id"]))["text"] == "Ours."
        assert (await copilot.watch(ours["id"]))[-1].message.text == "Ours."
        for refused in (copilot.send(project), copilot.stop(ours["id"]), copilot.reset(project)):
            with pytest.raises(CoderAIError) as caught:
                await refused
            assert caught.value.code == "forbidden"


async def test_what_is_no_message_is_refused(copilot: Replica, project: str) -> None:
    for text in ("", " \n\x00 ", "x" * 20_001):
        with pytest.raises(InvalidInput):
            await copilot.send(project, text)
    with pytest.raises(NotFound):
        await copilot.send(str(new_id()), "hello")
    for message_id in ("nonsense", str(new_id())):
        with pytest.raises(NotFound):
            await copilot.watch(message_id)
    assert await copilot.messages(project) == []
