"""Whatever the text and the codebook are, the offline engine answers, quotes what is there, and does so again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, GoldenExample, IfMultipleValues, Variable, VariableType
from coderai.engines.calls import Call, CallKind, Entity, Passage
from coderai.engines.offline.engine import answer
from coderai.engines.offline.reading import read

FRAGMENTS = """Total: RM 5.00|\n|\t|. |, |5 March 2021|No injuries|Acme Corp.|not |killed 3|10-15 people|Name:|(12)|yes
- item|1. John Smith, 34|İstanbul|$|%|://x.y|a@b.cd|\u00a0|12345 Road St|   |Invoice No: A-1|denied|e\u0301|\ud83d|住所
٢٣ قتيل"""
NAMES = "total|date|people killed|who|company|address|email|non-compete|title|住所|"
TEXTS = st.lists(st.sampled_from(FRAGMENTS.split("|")) | st.text(max_size=8), max_size=30).map(" ".join) | st.text(
    max_size=300
)
WORDS = st.sampled_from(NAMES.split("|"))
PROMPT = PromptVersion("p", 1, "", 0.1, 100)


@st.composite
def variables(draw: st.DrawFn, number: int) -> Variable:
    return Variable(
        id=str(number),
        name=f"v{number}_{draw(WORDS).replace(' ', '_')}",
        type=draw(st.sampled_from(VariableType)),
        active_prompt=PROMPT,
        display_name=draw(WORDS | st.text(max_size=10)),
        instructions=draw(WORDS | st.text(max_size=40)),
        categories=tuple(Category(value, draw(WORDS)) for value in draw(st.lists(st.text(max_size=8), max_size=3))),
        if_multiple_values=draw(st.sampled_from(IfMultipleValues)),
        golden_examples=tuple(draw(st.lists(st.builds(GoldenExample, TEXTS, st.none() | st.text()), max_size=2))),
    )


@st.composite
def calls(draw: st.DrawFn) -> Call:
    asked = tuple(draw(variables(number)) for number in range(draw(st.integers(0, 5))))
    pattern = draw(WORDS | st.text(max_size=10) | st.sampled_from(["/(.)/", "/^.*$/s", "/[/", "each row", "each item"]))
    codebook = Codebook("hash", asked, Unit(draw(WORDS), RowsPerDocument.MULTIPLE, pattern), document_type=draw(WORDS))
    passage = Passage(draw(TEXTS), draw(st.integers(0, 1)), draw(st.sampled_from(["", "en", "ar", "zh", "fr", "xx"])))
    entity = draw(st.none() | st.builds(Entity, TEXTS, TEXTS))
    return Call(draw(st.sampled_from(CallKind)), codebook, passage, asked, entity)


@given(calls())
def test_answers_any_call(call: Call) -> None:
    reply = answer(call)
    read.cache_clear()
    assert answer(call) == reply
    text = call.passage.text
    assert all(entity.text and entity.quote in text and len(entity.quote) <= 200 for entity in reply.entities)
    assert set(reply.answers) == ({one.name for one in call.variables} if call.kind is CallKind.EXTRACT else set())
    for variable in call.variables:
        for given_answer in reply.answers.get(variable.name, ()):
            quote = given_answer.quote
            assert quote in text and 0 < len(quote) <= 200
            assert 0 <= given_answer.confidence <= 1
            if variable.type is VariableType.TEXT:
                assert given_answer.value in " ".join(quote.split())
            if variable.type is VariableType.CATEGORY:
                assert given_answer.value in {category.value for category in variable.categories}
