"""Which tokens write a value, and what they say of it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from coderai.codebook.reply import read_findings
from coderai.codebook.variable import VariableType
from coderai.engines.prompting import with_probabilities
from coderai.kit.llm.token_logprobs import token_spans
from coderai.kit.model_replies import TokenSpan
from tests.support.codebooks import variable
from tests.support.openai_replies import logprobs_of

PLACE, INJURED = variable("place"), variable("injured", VariableType.NUMBER)
ASKED = (PLACE, INJURED)


def tokens_of(parts: list[str | bytes], sure: dict[str | bytes, float]) -> tuple[TokenSpan, ...]:
    """Tokens that write the parts one after the other, of probability 1 but for those named."""
    written = [part if isinstance(part, bytes) else part.encode() for part in parts]
    logprobs = [math.log(sure.get(part, 1.0)) for part in parts]
    listed = logprobs_of(list(zip(written, logprobs, strict=True)))
    return token_spans(b"".join(written).decode(), listed["content"])


def probabilities(text: str, tokens: tuple[TokenSpan, ...]) -> dict[str, list[float | None]]:
    answers = with_probabilities(read_findings(ASKED, json.loads(text)), text, tokens)
    return {name: [a.probability and round(a.probability, 6) for a in given] for name, given in answers.items()}


def finding(name: str, value: Any, quote: str = "q") -> str:
    return json.dumps({"variable": name, "quote": quote, "value": value, "confidence": 0.9}, ensure_ascii=False)


HEAD, TAIL = '{"findings": [{"variable": "place", "quote": "q", "value"', '}], "not_stated": []}'


@pytest.mark.parametrize(
    ("parts", "sure", "expected"),
    [
        pytest.param([': "', "Port", " Elmo", '"'], {"Port": 0.5, " Elmo": 0.9}, 0.5, id="the least probable token"),
        pytest.param([': "', "Port", '"'], {': "': 0.1, '"': 0.1}, 1.0, id="quotation marks are no part of it"),
        pytest.param([': "Po', "rt", '" '], {': "Po': 0.3, '" ': 0.1}, 0.3, id="a token over its beginning"),
        pytest.param([': "', "Po", 'rt" '], {'rt" ': 0.4}, 0.4, id="a token over its end"),
        pytest.param([': "Z', b"\xc3", b"\xbcri", 'ch"'], {b"\xc3": 0.6}, 0.6, id="a character in two tokens"),
        pytest.param([': "\\u00', 'fc"'], {'fc"': 0.2}, 0.2, id="an escaped character in two tokens"),
        pytest.param([": ", "1", "2"], {": ": 0.1, "2": 0.7}, 0.7, id="a number"),
        pytest.param([": 12"], {": 12": 0.7}, 0.7, id="a number with what stands before it"),
    ],
)
def test_a_value_is_as_probable_as_the_least_probable_token_that_writes_a_part_of_it(
    parts: list[str | bytes], sure: dict[str | bytes, float], expected: float
) -> None:
    whole = [HEAD, *parts, TAIL]
    text = b"".join(part if isinstance(part, bytes) else part.encode() for part in whole).decode()
    assert probabilities(text, tokens_of(whole, sure)) == {"place": [expected]}


def test_each_answer_gets_its_own_whatever_else_the_reply_holds() -> None:
    stated = [("injured", 3), ("place", None), ("place", "Sorn"), ("injured", 3), ("other", "x")]
    parts: list[str | bytes] = ['{"not_stated": [], "findings": [']
    sure: dict[str | bytes, float] = {}
    for number, (name, value) in enumerate(stated):
        quote = f'{number}: a quote with "value": "Sorn" and ] }} in it'
        before, value_, after = finding(name, value, quote).rpartition(json.dumps(value))
        token = value_ + " " * number
        parts += [before, token, after + ("," if number < 4 else "")]
        sure[token] = 0.5 + number / 10
    text = "".join(map(str, [*parts, "]}"]))
    assert probabilities(text, tokens_of([*parts, "]}"], sure)) == {"injured": [0.5, 0.8], "place": [0.7]}


def test_a_key_given_twice_counts_as_it_is_read() -> None:
    parts = ['{"findings": [{"variable": "place", "value": "', "Sorn", '", "value": "', "Elmo", '"}]}']
    assert probabilities("".join(parts), tokens_of([*parts], {"Sorn": 0.1, "Elmo": 0.8})) == {"place": [0.8]}


@pytest.mark.parametrize(
    "text", ['{"findings": {}}', '{"findings": [7]}', '{"findings": [{"value": ""}]}', "{}", "[]", "no JSON"]
)
def test_a_reply_without_values_gives_nothing(text: str) -> None:
    assert with_probabilities({"place": ()}, text, (TokenSpan(0, len(text), -0.1),)) == {"place": ()}


def test_without_tokens_no_answer_has_a_probability() -> None:
    text = '{"findings": [' + finding("place", "Sorn") + "]}"
    assert probabilities(text, ()) == {"place": [None]}
