"""What checking that quotes state their values is worth: a table of odd answers, and a careless model against gold.

    .venv/bin/python -m benchmarks evidence

The table shows what becomes of each answer of tests/support/odd_answers.py, through the engine that asks models and an
HTTP server, with a judge that says nothing, yes and no. The figures are of `careless`: without a judge, with a perfect
one and with one that is right nine times in ten, asked about the cells that code left undecided or about all of them.
Calibration is measured as `calibration` says.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks import calibration
from benchmarks.careless import Careless, Case, Corpus, corpora
from benchmarks.cost import tokens
from benchmarks.line import report
from coderai.client.truth import is_right
from coderai.codebook.codebook import Verify
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.extraction import Extraction, is_finding
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.models import MODEL, PURSE, listed
from tests.support.odd_answers import BEYOND_CODE, ODD_ANSWERS, Odd
from tests.support.openai_server import OpenAIServer
from tests.support.tabulating import coded

SETTINGS = (
    ("no_judge", Verify.NONE, None),
    ("doubtful.judge_right", Verify.DOUBTFUL, 1.0),
    ("doubtful.judge_90", Verify.DOUBTFUL, 0.9),
    ("all.judge_right", Verify.ALL, 1.0),
    ("all.judge_90", Verify.ALL, 0.9),
)


def main() -> None:
    """Prints the table to standard error and the measurements to standard output."""
    asyncio.run(_table())
    for name, verify, judge in SETTINGS:
        for corpus in corpora(verify):
            found, spent = asyncio.run(outcomes(corpus, judge))
            _report(f"evidence.{corpus.name}.{name}", found, spent, f"{corpus.name}, {name}")
    calibration.measure()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one answer."""

    right_given: bool
    right: bool
    extraction: Extraction

    @property
    def clean(self) -> bool:
        """Whether a value stands without a flag."""
        return self.extraction.value is not None and not self.extraction.flags

    @property
    def flagged(self) -> bool:
        """Whether one stands with a flag."""
        return self.extraction.value is not None and bool(self.extraction.flags)


async def outcomes(corpus: Corpus, judge: float | None) -> tuple[list[Outcome], float]:
    """What becomes of every answer, and the judge's tokens a document (estimated: messages, schema, replies)."""
    found, spent = [], 0
    for case in corpus.cases:
        engine = Careless(case, judge)
        done = await code_document(engine, corpus.codebook, case.document)
        found += list(_outcomes(case, engine, done.extractions))
        spent += sum(map(tokens, engine.judged)) + sum(12 * len(call.claims) for call in engine.judged)
    return found, spent / len(corpus.cases)


def _outcomes(case: Case, engine: Careless, extractions: Iterable[Extraction]) -> Iterator[Outcome]:
    for one in extractions:
        name = one.variable.name
        if name in engine.given:
            right = is_finding(one) and is_right(one.variable.type, one.value, case.gold[name])
            yield Outcome(engine.given[name], right, one)


def _report(name: str, found: Sequence[Outcome], spent: float, of: str) -> None:
    clean = [one for one in found if one.clean]
    right = [one for one in found if one.right_given]
    how = f"{len(found)} answers of a scripted careless model, {of}"
    shares = {
        "precision_unflagged": _share(one.right for one in clean),
        "withheld": _share(one.extraction.value is None for one in found),
        "flagged": _share(one.flagged for one in found),
        "right_lost": _share(one.extraction.value is None for one in right),
        "right_flagged": _share(one.flagged for one in right),
    }
    for what, share in shares.items():
        report(f"{name}.{what}", share, "share", how)
    report(f"{name}.judge_tokens", spent, "estimated tokens a document", how)


def _share(held: Iterable[bool]) -> float:
    held = list(held)
    return sum(held) / max(1, len(held))


async def _table() -> None:
    clean: list[Odd] = []
    lost = 0
    async with OpenAIServer(keep_requests=False) as server:
        models = ChatModels(LLMSettings(llm_retry_base_seconds=0.001), listed(server.base_url))
        engine = LangChainEngine(await models.open(MODEL, PURSE))
        for odd in (*ODD_ANSWERS, *BEYOND_CODE):
            shown = [await coded(odd, verdict, server, engine) for verdict in (None, True, False)]
            sys.stderr.write(f"{'right' if odd.right else 'wrong'}  {odd.kind:40} {'  '.join(map(_cell, shown))}\n")
            clean += [odd] if not odd.right and shown[0].value is not None and not shown[0].flags else []
            lost += odd.right and shown[1].value is None and odd.kept != "vague"
        await models.close()
    how = f"{len(ODD_ANSWERS)} kinds of answer (tests/support/odd_answers.py) through LangChainEngine and HTTP"
    passed = [odd for odd in clean if odd in ODD_ANSWERS]
    report("evidence.table.wrong_and_clean", len(passed), "kinds, no judge", how, 0, at_least=False)
    how_beyond = "kinds whose quote states the value of something else: verify ALL alone finds them"
    report("evidence.table.beyond_code", len(clean) - len(passed), "kinds, no judge", how_beyond)
    report("evidence.table.right_and_lost", lost, "kinds, a judge that says yes", how)


def _cell(one: Extraction) -> str:
    state = "withheld" if one.value is None else "kept" if not one.flags else "flagged"
    return f"{state:8} {(one.support or one.missing_reason or ''):12}"


if __name__ == "__main__":
    main()
