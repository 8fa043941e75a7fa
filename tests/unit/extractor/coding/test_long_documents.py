"""Merging over the parts of a long document: what one part states outweighs what others lack, and conflicts are put."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from coderai.codebook.reply import Answer
from coderai.codebook.variable import Category, IfMultipleValues, Variable, VariableType
from coderai.engines.calls import Call, CallKind, Reply
from coderai.engines.prompting import max_tokens, messages, read_reply, reply_schema, temperature
from coderai.kit.model_replies import Usage
from coderai.services.extractor.domain.coding.deciding import conflict
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Extraction, Flag, MissingReason, Support
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import codebook, variable

PARTS = 5
ONE = Usage(calls=1, tokens_in=10, tokens_out=1)
FILLER = "The harbour was quiet and the weather was mild for the season. " * 6
TYPES: dict[VariableType, tuple[Any, str]] = {
    VariableType.BOOLEAN: (True, "The agreement is governed exclusively"),
    VariableType.NUMBER: (412, "In all 412 workers were dismissed"),
    VariableType.TEXT: ("the law of Norway", "governed by the law of Norway"),
    VariableType.DATE: ("2021-03-05", "It was signed on 5 March 2021"),
}
OTHERS: dict[VariableType, tuple[Any, str]] = {
    VariableType.BOOLEAN: (False, "The harbour was quiet"),
    VariableType.NUMBER: (97, "Some 97 others left"),
    VariableType.TEXT: ("the law of Denmark", "as under the law of Denmark"),
    VariableType.DATE: ("2019-01-01", "A draft of 1 January 2019"),
}


def asked(type: VariableType, **rest: Any) -> Variable:
    return variable("v", type, instructions="What the document states.", **rest)


def document(type: VariableType, place: int) -> tuple[Document, int]:
    """A document in five parts, of which one states the value, and every other one another; and where that one is."""
    said, other = f"{TYPES[type][1]}. ", f"{OTHERS[type][1]}. "
    parts = [f"Part {n}. {FILLER}{said if n == place else other}{FILLER}" for n in range(PARTS)]
    starts = [sum(map(len, parts[:n])) for n in range(PARTS + 1)]
    chunks = [Span(start, end) for start, end in pairwise(starts)]
    return Document("1", "", "".join(parts), chunks=chunks), starts[place]


Said = Callable[[VariableType], tuple[Answer, ...]]
ELSEWHERE: dict[str, Said] = {
    "null": lambda type: (),
    "false without a quote": lambda type: (Answer(False, "", 0.95),),
    "false with a quote that denies nothing": lambda type: (Answer(False, "The harbour was quiet", 0.95),),
    "another at .60": lambda type: (Answer(*OTHERS[type], 0.60),),
    "another at .85": lambda type: (Answer(*OTHERS[type], 0.85),),
    "rubbish": lambda type: (Answer("n/a %%%", "no such words in it", 1.0), Answer({"x": []}, "", 0.99)),
}
CASES = [
    (type, place, name)
    for name in ELSEWHERE
    for type in TYPES
    for place in range(PARTS)
    if type is VariableType.BOOLEAN or not name.startswith("false")
]


async def code(
    type: VariableType, place: int, elsewhere: Said, choice: int | None = None, **rest: Any
) -> tuple[Extraction, list[Call], Document]:
    text, start = document(type, place)
    calls: list[Call] = []

    class Scripted:
        async def ask(self, call: Call) -> Reply:
            calls.append(call)
            if call.kind is CallKind.DECIDE:
                return Reply(choices={} if choice is None else {0: choice}, usage=ONE)
            if call.kind is CallKind.JUDGE:
                return Reply(usage=ONE)
            value, quote = TYPES[type]
            said = (Answer(value, quote, 0.95),) if call.passage.start == start else elsewhere(type)
            return Reply({"v": said}, usage=ONE)

    coded = await code_document(Scripted(), codebook(asked(type, **rest)), text)
    return coded.extractions[0], calls, text


@pytest.mark.parametrize(("type", "place", "name"), CASES)
async def test_the_right_value_comes_out_whatever_other_parts_say(type: VariableType, place: int, name: str) -> None:
    extraction, _, text = await code(type, place, ELSEWHERE[name])
    if extraction.missing_reason is MissingReason.AMBIGUOUS:
        assert name == "another at .85" and type is VariableType.BOOLEAN
        assert {c.value for c in extraction.candidates} == {True, False}
        return
    assert extraction.value == TYPES[type][0]
    evidence = extraction.evidence
    assert evidence is not None and text.text[evidence.start : evidence.end] == evidence.quote
    if name == "another at .85" and extraction.support is Support.STATED:
        assert Flag.AMBIGUOUS in extraction.flags
        assert {c.value for c in extraction.candidates} == {TYPES[type][0], OTHERS[type][0]}


async def test_a_conflict_is_put_once_with_the_quotes_and_what_stands_around_them() -> None:
    extraction, calls, _ = await code(VariableType.NUMBER, 2, ELSEWHERE["another at .85"], choice=0)
    (put,) = [call for call in calls if call.kind is CallKind.DECIDE]
    system, user = messages(put)
    assert "parts of a document state different values" in system.content
    line = json.loads(user.content.splitlines()[1])
    assert [(value["value"], value["number"]) for value in line["values"]] == [(97, 1), (412, 2)]
    assert "97 others left" in line["values"][0]["quote"]
    assert (temperature(put), set(reply_schema(put)["properties"])) == (0.0, {"choices"})
    assert max_tokens(put) < 1000
    assert (extraction.value, extraction.flags) == (97, ()), "as the deciding call chose"
    assert extraction.explanation == "preferred to what other parts of the document state: 412"
    assert [c.value for c in extraction.candidates] == [97, 412]


async def test_what_a_deciding_call_leaves_open_is_ambiguous_and_all_of_it_is_kept() -> None:
    extraction, _, _ = await code(VariableType.NUMBER, 2, ELSEWHERE["another at .85"])
    assert (extraction.value, extraction.flags) == (412, (Flag.AMBIGUOUS,))
    assert [c.value for c in extraction.candidates] == [97, 412]


@pytest.mark.parametrize("policy", [IfMultipleValues.ALL, IfMultipleValues.CONCATENATE])
async def test_a_variable_that_keeps_several_values_has_no_conflict(policy: IfMultipleValues) -> None:
    _, calls, _ = await code(VariableType.NUMBER, 2, ELSEWHERE["another at .85"], if_multiple_values=policy)
    assert all(call.kind is not CallKind.DECIDE for call in calls)


@pytest.mark.parametrize(("policy", "value"), [(IfMultipleValues.FIRST, 97), (IfMultipleValues.LAST, 412)])
async def test_first_and_last_choose_among_values_that_are_as_well_supported_and_as_sure(
    policy: IfMultipleValues, value: int
) -> None:
    def as_sure(type: VariableType) -> tuple[Answer, ...]:
        return (Answer(*OTHERS[type], 0.93),)

    extraction, _, _ = await code(VariableType.NUMBER, PARTS - 1, as_sure, if_multiple_values=policy)
    assert extraction.value == value


@pytest.mark.parametrize(
    ("part", "choices"),
    [
        ([{"conflict": 1, "choice": 2}], {0: 1}),
        ([{"conflict": 1, "choice": 0}], {}),
        ([{"conflict": 1, "choice": 3}, {"conflict": 9, "choice": 1}, {"conflict": True, "choice": 1}, 5], {}),
        ([{"conflict": 1, "choice": 1}, {"conflict": 1, "choice": 2}], {}),
        ("none", {}),
    ],
)
async def test_only_choices_that_were_offered_count(part: Any, choices: dict[int, int]) -> None:
    _, calls, _ = await code(VariableType.NUMBER, 2, ELSEWHERE["another at .85"])
    (put,) = [call for call in calls if call.kind is CallKind.DECIDE]
    assert read_reply(put, {"choices": part}).choices == choices


def test_nothing_found_is_no_conflict() -> None:
    assert conflict(asked(VariableType.NUMBER), []) == []


async def test_categories_conflict_like_other_values() -> None:
    forms = (Category("march"), Category("strike"))
    one = variable("v", VariableType.CATEGORY, categories=forms)

    class Scripted:
        async def ask(self, call: Call) -> Reply:
            if call.kind is not CallKind.EXTRACT:
                return Reply(verdicts={0: True, 1: True}, choices={0: 1}, usage=ONE)
            form = "march" if call.passage.start == 0 else "strike"
            return Reply({"v": (Answer(form, f"The {form} began", 0.9),)}, usage=ONE)

    text = "The march began at noon. The strike began at one."
    coded = await code_document(
        Scripted(), codebook(one), Document("1", "", text, chunks=(Span(0, 24), Span(24, len(text))))
    )
    assert coded.extractions[0].value == "strike"
