"""Which models think, and how much room their replies get."""

from __future__ import annotations

import pytest

from coderai.kit.llm.room import THINKING, ReplyRoom, is_thinking
from coderai.kit.model_replies import Finish


@pytest.mark.parametrize(
    ("name", "thinks"),
    [
        ("o1", True),
        ("o4-mini", True),
        ("gpt-5-nano", True),
        ("gpt-5.1", True),
        ("openai/gpt-oss-20b", True),
        ("deepseek-r1:8b", True),
        ("deepseek-reasoner", True),
        ("deepseek-r1-distill-qwen-7b", True),
        ("qwen3:8b", True),
        ("qwen3-30b-a3b-thinking-2507", True),
        ("claude-3-7-sonnet-thinking", True),
        ("gemini-2.5-flash", True),
        ("gpt-4o", False),
        ("gpt-4.1-mini", False),
        ("gpt-5-chat-latest", False),
        ("qwen3-30b-a3b-instruct-2507", False),
        ("qwen2.5:7b", False),
        ("llama3.1:8b", False),
        ("deepseek-chat", False),
        ("claude-3-5-haiku", False),
    ],
)
def test_families_that_think_are_known_by_name(name: str, thinks: bool) -> None:
    assert is_thinking(name) is thinks


def test_thinking_has_room_on_top_of_the_answer_within_the_models_own_limit() -> None:
    assert ReplyRoom(thinks=False).limit(1024, 32_768) == 1024
    assert ReplyRoom(thinks=True).limit(1024, 32_768) == 1024 + THINKING
    assert ReplyRoom(thinks=True).limit(1024, 4096) == 4096


def test_a_model_that_takes_far_more_tokens_than_its_text_has_thinks() -> None:
    room = ReplyRoom(thinks=False)
    room.came("a text of the usual length", 9)
    assert room.limit(500, 32_768) == 500
    room.came("", 500)
    assert room.larger(500, 500, 32_768) == 500 + THINKING


def test_more_room_is_not_given_to_a_model_that_never_ends_until_a_reply_does() -> None:
    room = ReplyRoom(thinks=False)
    assert room.larger(500, 500, 800) == 800
    assert room.larger(800, 500, 800) is None
    room.ended(Finish.CUT_OFF)
    assert room.larger(500, 500, 32_768) is None
    room.ended(Finish.COMPLETE)
    assert room.larger(500, 500, 32_768) == 1000
