"""Whatever judging and deciding make of a document's values: in the end a variable applies exactly if they say so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.conditions import is_met
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Condition, Operator, Variable, VariableType
from coderai.engines.calls import Call, CallKind, Reply
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import MissingReason, is_finding
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import codebook, variable

YES, NO = "It was so at noon. ", "It was not so at night. "
DOCUMENT = Document("1", "", YES + NO, chunks=(Span(0, len(YES)), Span(len(YES), len(YES + NO))), language="en")


def if_true(name: str, *on: str) -> Variable:
    conditions = tuple(Condition(other, Operator.EQUALS, True) for other in on)
    return variable(name, VariableType.BOOLEAN, depends_on=conditions)


BOOK = codebook(if_true("d", "c"), if_true("a"), if_true("b", "a"), if_true("c", "a", "b"), if_true("e", "a"))
NAMES = [v.name for v in BOOK.variables]


@dataclass
class Scripted:
    """Answers yes and no as told, by the place of the chunk; judges and decides as told, by the variable."""

    yes: Mapping[str, bool]
    no: Mapping[str, bool]
    verdicts: Mapping[str, bool]
    choices: Mapping[str, int]
    asked: list[str]

    async def ask(self, call: Call) -> Reply:
        if call.kind is CallKind.JUDGE:
            return Reply(verdicts={n: self.verdicts[c.variable.name] is c.value for n, c in enumerate(call.claims)})
        if call.kind is CallKind.DECIDE:
            chosen = {n: self.choices[claims[0].variable.name] for n, claims in enumerate(call.conflicts)}
            return Reply(choices={n: choice for n, choice in chosen.items() if choice < 2})
        first = call.passage.start == 0
        self.asked += [v.name for v in call.variables if first]
        value, quote, gives = (True, YES, self.yes) if first else (False, NO, self.no)
        return Reply({v.name: (Answer(value, quote, 0.9),) if gives[v.name] else () for v in call.variables})


def each(values: st.SearchStrategy[bool] | st.SearchStrategy[int]) -> st.SearchStrategy[Mapping[str, bool]]:
    return st.fixed_dictionaries(dict.fromkeys(NAMES, values))  # type: ignore[arg-type]


def check(asked: Sequence[str], engine: Scripted) -> None:
    coded = asyncio.run(code_document(engine, BOOK, DOCUMENT))
    values = {e.variable.name: e.value for e in coded.extractions if is_finding(e)}
    for extraction in coded.extractions:
        applies = is_met(extraction.variable, values)
        assert (extraction.missing_reason is not MissingReason.NOT_APPLICABLE) == applies
        assert not applies or extraction.variable.name in asked
    assert len(set(asked)) == len(asked), "nothing is asked twice"


@given(each(st.booleans()), each(st.booleans()), each(st.booleans()), each(st.integers(0, 2)))
def test_a_variable_applies_exactly_if_the_final_values_say_so(
    yes: Mapping[str, bool], no: Mapping[str, bool], verdicts: Mapping[str, bool], choices: Mapping[str, int]
) -> None:
    asked: list[str] = []
    check(asked, Scripted(yes, no, verdicts, choices, asked))
