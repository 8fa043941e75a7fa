"""The conversation from Python and in a terminal: nothing of a reply is lost, and what it rests on is told."""

from __future__ import annotations

import pytest
from scripted_api import ScriptedApi
from scripted_rows import Command

import coderai.client.event_stream
from coderai.client.api import CoderAI


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coderai.client.event_stream, "_RECONNECT_DELAYS", (0.0, 0.0, 0.0))


def test_a_reply_is_watched_over_broken_streams(server: ScriptedApi, api: CoderAI) -> None:
    server.conversation.breaks = [2, 0, 1]
    sent = api.send_message("p1", "What happened?")
    assert (sent.message.text, sent.reply.status) == ("What happened?", "STREAMING")
    updates = list(api.watch_message(sent.reply.id))
    assert [update.sequence for update in updates] == [1, 2, 3, 4]
    assert "".join(update.part for update in updates) == "One two\nthree."
    assert [update.message is not None for update in updates] == [False, False, False, True]
    assert server.conversation.resumed_after == ["0", "2", "2", "3"]


def test_a_watch_goes_on_after_what_was_seen(server: ScriptedApi, api: CoderAI) -> None:
    assert [update.sequence for update in api.watch_message("m2", after=2)] == [3, 4]
    assert list(api.watch_message("m2", after=4)) == []


def test_a_conversation_is_listed_stopped_and_begun_anew(server: ScriptedApi, api: CoderAI) -> None:
    api.send_message("p1", "Hello?")
    assert [message.text for message in api.messages("p1")] == ["Hello?", "One two\nthree."]
    assert api.message("m2").status == "COMPLETE"
    assert api.stop_message("m2").status == "STOPPED"
    api.reset_conversation("p1")
    assert (server.conversation.stops, server.conversation.resets) == (1, 1)


def test_the_command_shows_the_reply_what_it_rests_on_and_what_to_do(server: ScriptedApi, coderai: Command) -> None:
    server.projects = {"p1": {"id": "p1", "name": "Strikes"}}
    server.conversation.parts = ["Two \x1b[31m", "were hurt.\n\nSee below."]
    server.conversation.ending = {
        "quotes": [{"document_name": "a.txt", "quote": "Two people\nwere hurt", "page": 1}],
        "quotes_not_found": ["nine were hurt"],
        "proposal_ids": ["x", "y"],
        "problem": "“Drop form” is left out.",
    }
    result = coderai("ask", "Strikes", "Who was hurt?")
    assert result.exit_code == 0, result.output
    for told in (
        "Two  [31mwere hurt.\n\nSee below.",
        "“Two people were hurt” (a.txt)",
        "no document that was shown has these words: “nine were hurt”",
        "“Drop form” is left out.",
        "2 changes proposed; to decide: coderai proposals Strikes",
    ):
        assert told in result.output
    assert server.conversation.sent == ["Who was hurt?"] and server.conversation.resets == 0


def test_the_command_says_why_a_reply_failed(server: ScriptedApi, coderai: Command) -> None:
    server.projects = {"p1": {"id": "p1", "name": "Strikes"}}
    server.conversation.ending = {"status": "FAILED", "problem": "the model broke off"}
    result = coderai("ask", "Strikes", "Who?", "--new")
    assert result.exit_code == 1
    assert "One two\nthree." in result.output and "the model broke off" in result.output
    assert server.conversation.resets == 1
