"""Tokens with log-probabilities as OpenAI gives them: each is located in the reply's text, or none is."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.llm.token_logprobs import token_spans
from tests.support.openai_replies import logprobs_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def content(*tokens: tuple[bytes, float]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = logprobs_of(tokens)["content"]
    return listed


@given(TEXTS, st.lists(st.integers(0, 120), max_size=8))
def test_each_token_spans_the_characters_that_it_has_bytes_of(text: str, cuts: list[int]) -> None:
    """Wherever the text is cut into tokens, within a character too."""
    written = text.encode()
    places = sorted({0, len(written), *(cut for cut in cuts if cut < len(written))})
    spans = token_spans(text, content(*((written[start:end], -0.5) for start, end in pairwise(places))))
    assert len(spans) == len(places) - 1
    for span, (start, end) in zip(spans, pairwise(places), strict=True):
        around = text[span.start : span.end].encode()
        assert written[start:end] in around and len(around) - (end - start) <= 6
        assert len(text[: span.start].encode()) <= start < end <= len(text[: span.end].encode())


def test_a_token_without_bytes_writes_its_text() -> None:
    given = [{"token": "Zü", "logprob": -0.1}, {"token": "rich", "logprob": -0.2, "bytes": None}]
    assert [(span.start, span.end) for span in token_spans("Zürich", given)] == [(0, 2), (2, 6)]


def test_what_comes_after_the_text_s_end_is_left_out() -> None:
    assert len(token_spans("ab", content((b"ab", -0.1), (b"<|end|>", -0.3), (b"", 0.0)))) == 1


def test_a_log_probability_above_0_is_0() -> None:
    assert token_spans("ab", content((b"ab", 1e-7)))[0].logprob == 0.0


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "ab",
        [{"token": "ab"}],
        [{"token": "ab", "logprob": "-0.1"}],
        [{"token": "ab", "logprob": float("nan")}],
        [{"token": "ab", "logprob": -0.1, "bytes": [300]}],
        [{"token": "ab", "logprob": -0.1, "bytes": "ab"}],
        [{"token": "a", "logprob": -0.1}],
        [{"token": "ba", "logprob": -0.1}],
        [{"token": 1, "logprob": -0.1}],
        [7],
    ],
)
def test_tokens_that_do_not_write_the_text_are_none(given: Any) -> None:
    assert token_spans("ab", given) == ()
