"""What a prompt says, and what its reply may cost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.prompt import generate
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, GoldenExample, Reading, Variable, VariableType
from coderai.engines.calls import Entity
from coderai.engines.prompting import max_tokens, messages, reply_schema, temperature
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.planning import first_calls
from tests.support.codebooks import codebook, event_variables, extract, identify, variable
from tests.support.openai_replies import request_error

TEXT = "PORTAVEL, 14 May 2024 - About 350 dock workers marched."


def told(name: str, tokens: int = 1024, degrees: float = 0.2):
    return variable(name, active_prompt=PromptVersion(name, 1, f"What {name} is.", degrees, tokens))


def test_the_document_comes_first_then_the_variables_then_the_entity() -> None:
    system, user = messages(extract(codebook(), TEXT, Entity("the march", "dock workers marched")))
    assert (system.role, user.role) == ("system", "user")
    places = [user.content.index(part) for part in (TEXT, "[event_date]", "[police_force]", '"name": "the march"')]
    assert places == sorted(places)
    assert TEXT not in system.content


def test_the_context_says_what_the_project_is_about_and_leaves_out_what_is_not_known() -> None:
    system, _ = messages(extract(codebook(multiple=True, project_description="Which protests\nare reported?"), TEXT))
    assert "domain: news articles" in system.content
    assert "project: Which protests\n are reported?" in system.content
    assert "one row is: one public event" in system.content
    assert "how to recognise one: Each protest" in system.content
    system, _ = messages(extract(codebook(domain="", language=" ", document_type="", unit=codebook().unit), TEXT))
    assert "domain:" not in system.content
    assert "language:" not in system.content


def test_a_continued_list_names_what_is_listed_already() -> None:
    _, user = messages(identify(codebook(multiple=True), TEXT, "the march", 'the "strike"'))
    assert '["the march", "the \\"strike\\""]' in user.content
    assert "[injured]" not in user.content


def test_a_preview_shows_what_would_be_sent_for_a_document() -> None:
    document = Document("1", "report", TEXT * 10, chunks=(Span(0, 200), Span(150, 550)))
    single = [messages(call)[1].content for call in first_calls(codebook(), document)]
    assert [document.text[s.start : s.end] in content for s, content in zip(document.chunks, single, strict=True)]
    assert all("[injured]" in content for content in single)
    several = [messages(call)[1].content for call in first_calls(codebook(multiple=True), document)]
    assert len(several) == 2
    assert all("List each thing" in content for content in several)


def test_the_schema_asks_for_every_variable_and_nothing_else() -> None:
    schema = reply_schema(extract(codebook(), TEXT))
    assert list(schema["properties"]) == schema["required"] == ["findings", "not_stated"]
    finding = schema["properties"]["findings"]["items"]
    assert finding["properties"]["variable"]["enum"] == [v.name for v in event_variables()]
    for one in (schema, reply_schema(identify(codebook(), TEXT))):
        wanted = {"json_schema": {"strict": True, "schema": one}}
        assert request_error({"response_format": wanted, "model": "m", "messages": [{"content": "x"}]}) is None


def test_a_finding_gives_its_quote_first_then_what_that_means_then_the_value() -> None:
    def order(*variables: Variable) -> list[str]:
        finding = reply_schema(extract(codebook(*variables), TEXT))["properties"]["findings"]["items"]
        assert list(finding["properties"]) == finding["required"]
        return finding["required"]

    assert order(*event_variables()) == ["variable", "quote", "reason", "value", "confidence"]
    assert order(variable("place")) == ["variable", "quote", "value", "confidence"]
    assert order(variable("place", reading=Reading.INFERRED))[2] == "reason"


def test_a_reason_is_asked_of_what_a_reader_decides_and_the_rest_is_never_inferred() -> None:
    system, user = messages(extract(codebook(variable("place"), variable("hit", VariableType.BOOLEAN)), TEXT))
    assert "marked * from what the quote means" in system.content and "Never infer or compute others" in system.content
    assert "[place] " in user.content and "[hit]* " in user.content
    system, user = messages(extract(codebook(variable("place")), TEXT))
    assert "Never infer" in system.content and "*" not in system.content + user.content.partition("[place]")[2]


def test_values_have_the_type_of_their_variables() -> None:
    def value(*variables: Variable) -> Any:
        return reply_schema(extract(codebook(*variables), TEXT))["properties"]["findings"]["items"]["properties"][
            "value"
        ]

    size, category, hit = variable("n", VariableType.NUMBER), event_variables()[2], variable("h", VariableType.BOOLEAN)
    assert value(size) == {"type": ["number", "string"]}
    assert value(category) == {"type": "string", "enum": ["march", "strike", "vigil"]}
    assert value(size, category, hit) == {"type": ["number", "string", "boolean"]}


def test_a_prompt_says_once_what_is_asked_and_shows_examples_as_quote_and_value() -> None:
    example = GoldenExample("Police put the crowd at 700.", 700, "an estimate")
    size = variable("size", VariableType.NUMBER, display_name="Size", golden_examples=(example,))
    example_line = 'Example: {"quote": "Police put the crowd at 700.", "value": 700} (an estimate)'
    assert generate(replace(size, instructions="How many?\n")).text == f"(number): How many?\n{example_line}"
    assert generate(replace(size, display_name="How large")).text == f"How large (number)\n{example_line}"
    assert generate(variable("place", display_name="Place")).text == "Place"


def test_categories_stand_in_one_line_unless_one_is_described() -> None:
    form = replace(event_variables()[2], display_name="Kind", instructions="As planned.")
    assert generate(form).text == "Kind: As planned.\nExactly one of: march | strike | vigil"
    assert (
        generate(replace(form, display_name="Form", instructions="")).text == "Exactly one of: march | strike | vigil"
    )
    described = (Category("march", "They walk."), Category("strike"))
    assert generate(replace(form, categories=described)).text.endswith("one of:\n- march: They walk.\n- strike")
    assert generate(replace(form, categories=(Category("a | b"), Category("c")))).text.endswith("one of:\n- a | b\n- c")


def test_the_same_question_has_the_same_schema_for_every_passage_and_entity() -> None:
    book = codebook()
    calls = (extract(book, TEXT), extract(book, "Another.", Entity("the march")), extract(book, "", Entity("x", "y")))
    assert len({json.dumps(reply_schema(call)) for call in calls}) == 1


@pytest.mark.parametrize(
    ("limits", "limit"),
    [([1024], 1024), ([16], 16), ([100, 200], 300), ([1024] * 50, 8192), ([30_000, 100], 30_000), ([16] * 3, 48)],
)
def test_variables_share_the_limits_that_they_have(limits: list[int], limit: int) -> None:
    book = codebook(*(told(f"v{n}", tokens) for n, tokens in enumerate(limits)))
    assert max_tokens(extract(book, TEXT)) == limit


@given(st.lists(st.floats(0, 2), min_size=1, max_size=50))
def test_a_call_is_as_cool_as_its_coolest_variable(degrees: list[float]) -> None:
    book = codebook(*(told(f"v{n}", degrees=d) for n, d in enumerate(degrees)))
    call = extract(book, TEXT)
    assert temperature(call) == min(degrees)
    assert temperature(replace(call, variables=book.variables[:1])) == degrees[0]
