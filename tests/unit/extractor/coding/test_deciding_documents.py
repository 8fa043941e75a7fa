"""Whatever models and judges answer, in whichever order: a clean cell rests on a quote that states it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coderai.codebook.codebook import Verify
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Category, IfMultipleValues, IfUnsupported, VariableType
from coderai.engines.calls import Call, CallKind, Reply
from coderai.language.quotes import ELLIPSIS
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Status, Support
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import FORMS, codebook, variable

TEXT = (
    "Two were hurt at noon in Port Elmo. By night 12 were hurt, 3 of them badly. Between 400 and 500 marched on 3 May "
    "2024; police said 1,200. It was no strike. Permit: yes. The vigil ended on 5 May 2024 without arrests."
)
DOCUMENT = Document("1", "report", TEXT, chunks=(Span(0, 110), Span(70, len(TEXT))), language="en")
VARIABLES = tuple(
    variable(
        f"{type_.lower()}_{policy.lower()}",
        type_,
        if_multiple_values=policy,
        if_unsupported=unsupported,
        categories=tuple(Category(form) for form in FORMS),
    )
    for type_ in VariableType
    for policy, unsupported in (
        (IfMultipleValues.FIRST, IfUnsupported.WITHHOLD),
        (IfMultipleValues.ALL, IfUnsupported.FLAG),
    )
)
QUOTES = (
    "Two were hurt",
    "12 were hurt, 3 of them",
    "Between 400 and 500 marched … 1,200",
    "no strike",
    "a strike",
    "Permit: yes",
    "the VIGIL ended on 5 May 2024",
    "40 were hurt by the police",
    "",
)
VALUES = (
    2,
    12,
    400,
    450,
    1200,
    "1,200",
    9,
    "2024-05-03",
    "5 May 2024",
    "vigil",
    "strike",
    "march",
    True,
    False,
    "Elmo",
)
answers = st.lists(st.builds(Answer, st.sampled_from(VALUES), st.sampled_from(QUOTES), st.floats(0, 1)), max_size=3)
replies = st.fixed_dictionaries(
    {(start, v.name): answers for start in (0, 70) for v in VARIABLES},
)


@dataclass
class Scripted:
    """Answers what it is given, the calls one after the other or the other way round."""

    replies: Mapping[tuple[int, str], Sequence[Answer]]
    verdicts: Sequence[bool | None]
    backwards: bool

    async def ask(self, call: Call) -> Reply:
        for _ in range(3 if self.backwards and call.passage.start == 0 else 0):
            await asyncio.sleep(0)
        if call.kind is CallKind.JUDGE:
            said = {
                n: self.verdicts[hash((c.variable.name, c.quote, str(c.value))) % 3] for n, c in enumerate(call.claims)
            }
            return Reply(verdicts={place: verdict for place, verdict in said.items() if verdict is not None})
        return Reply({v.name: tuple(self.replies[call.passage.start, v.name]) for v in call.variables})


async def outcome(verify: Verify, *given_: Any) -> Coded:
    return await code_document(Scripted(*given_), codebook(*VARIABLES, verify=verify), DOCUMENT)


@given(st.sampled_from(Verify), replies, st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3))
@settings(max_examples=60)
def test_a_clean_cell_is_stated_or_judged_and_the_order_of_answers_does_not_matter(
    verify: Verify, given_: Mapping[tuple[int, str], Sequence[Answer]], verdicts: Sequence[bool | None]
) -> None:
    coded = asyncio.run(outcome(verify, given_, verdicts, False))
    assert asyncio.run(outcome(verify, given_, verdicts, True)) == coded
    for found in coded.extractions:
        if found.value is None or found.status is not Status.EXTRACTED:
            continue
        assert found.support in (Support.STATED, Support.JUDGED)
        assert found.evidence is not None and found.evidence.spans
        assert found.evidence.quote == ELLIPSIS.join(TEXT[span.start : span.end] for span in found.evidence.spans)
        assert 0.0 <= found.confidence <= 1.0 and 0.0 <= found.model_confidence <= 1.0
