"""What a prompt says, and what its reply may cost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.reply import answer_schema
from coderai.codebook.variable import VariableType
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
    assert "one row of the dataset is: one public event" in system.content
    assert "how to recognise one in a document: Each protest" in system.content
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
    names = [v.name for v in event_variables()]
    assert list(schema["properties"]) == schema["required"] == names
    assert schema["additionalProperties"] is False
    body = {"response_format": {"json_schema": {"strict": True, "schema": schema}}, "model": "m", "messages": [{}]}
    assert request_error(body | {"messages": [{"content": "x"}]}) is None
    entities = reply_schema(identify(codebook(), TEXT))
    assert (
        request_error(
            {
                **body,
                "messages": [{"content": "x"}],
                "response_format": {"json_schema": {"strict": True, "schema": entities}},
            }
        )
        is None
    )


def test_each_variable_has_the_schema_of_its_type() -> None:
    size, category = variable("n", VariableType.NUMBER), event_variables()[2]
    properties = reply_schema(extract(codebook(size, category), TEXT))["properties"]
    assert properties == {"n": answer_schema(size), "form": answer_schema(category)}
    assert answer_schema(category)["items"]["properties"]["value"]["enum"] == ["march", "strike", "vigil"]
    assert answer_schema(size)["items"]["properties"]["value"]["type"] == ["number", "string"]


def test_what_variables_have_in_common_stands_in_the_schema_once() -> None:
    fifty = tuple(variable(f"v{n}", list(VariableType)[n % 2]) for n in range(50))
    schema = reply_schema(extract(codebook(*fifty), TEXT))
    assert len(schema["$defs"]) == 2
    assert json.dumps(schema).count("verbatim from the document") == 2
    resolved = [schema["$defs"][p["$ref"].rsplit("/", 1)[1]] for p in schema["properties"].values()]
    assert resolved == [answer_schema(v) for v in fifty]


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
