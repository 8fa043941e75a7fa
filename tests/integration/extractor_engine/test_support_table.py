"""Whatever a model answers, a wrong value never stands clean, and a right one is not lost for its quote's form."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.codebook.codebook import Verify
from coderai.codebook.ranges import is_range, is_vague
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.extraction import Extraction, Flag, MissingReason, Status, Support
from tests.support.odd_answers import BEYOND_CODE, ODD_ANSWERS, Odd
from tests.support.openai_server import OpenAIServer
from tests.support.tabulating import coded

JUDGED = {None: Support.UNCHECKED, True: Support.JUDGED, False: Support.CONTRADICTED}
REASONS = {Support.CONTRADICTED: MissingReason.UNSUPPORTED, Support.UNGROUNDED: MissingReason.UNGROUNDED}


def kept(odd: Odd) -> Any:
    return odd.value if odd.kept is None else odd.kept


def plain(value: Any) -> Any:
    return "vague" if is_vague(value) else (value["low"], value["high"]) if is_range(value) else value


@pytest.mark.parametrize("odd", ODD_ANSWERS, ids=lambda odd: odd.kind)
async def test_an_odd_answer_is_kept_flagged_or_withheld(
    odd: Odd, server: OpenAIServer, engine: LangChainEngine
) -> None:
    assert odd.right or odd.support is not Support.STATED
    for verdict, judged in JUDGED.items():
        found = await coded(odd, verdict, server, engine)
        support = judged if odd.support is Support.UNCHECKED else odd.support
        check(odd, found, support)


def check(odd: Odd, found: Extraction, support: Support | None) -> None:
    """What a support means for the cell."""
    assert found.support is support
    if support is None:
        assert (found.value, found.flags) == (None, (Flag.EXAMPLE_LEAKED,))
    elif support in REASONS:
        assert (found.value, found.missing_reason) == (None, REASONS[support])
        assert [c.raw for c in found.candidates] == [odd.value], "what was withheld is kept"
    elif kept(odd) == "vague":
        assert (found.value, found.missing_reason) == (None, MissingReason.VAGUE)
    else:
        assert plain(found.value) == kept(odd)
        assert (Flag.UNCHECKED in found.flags) == (support is Support.UNCHECKED)
        assert (found.status is Status.EXTRACTED) == (support is not Support.UNCHECKED)
        assert found.evidence is not None
        assert all(odd.text[s.start : s.end] in found.evidence.quote for s in found.evidence.spans)


@pytest.mark.parametrize("odd", BEYOND_CODE, ids=lambda odd: odd.kind)
async def test_what_is_stated_of_something_else_is_withheld_where_all_cells_are_judged(
    odd: Odd, server: OpenAIServer, engine: LangChainEngine
) -> None:
    assert (await coded(odd, False, server, engine)).support is Support.STATED
    check(odd, await coded(odd, False, server, engine, Verify.ALL), Support.CONTRADICTED)
