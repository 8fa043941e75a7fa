"""What tracing costs: a job in a stack that traces all, beside the same in one that does not; and a step untraced.

.venv/bin/python -m benchmarks tracing
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from unittest.mock import patch

from benchmarks.line import report
from benchmarks.stage import model_server, prepared, processor_seconds, running, timed_job
from coderai.client import CoderAI
from coderai.deploy.stack import LocalStack
from coderai.kit import tracing
from tests.support.otlp import Receiver, receiving

DOCUMENTS, ROUNDS = 250, 9
_CALLS = 32
_STEPS = 300_000
_LAST_SPANS = 2.0
"""Seconds after a job in which its last spans are sent."""


@dataclass(frozen=True, slots=True)
class _Side:
    """A stack, with a project whose documents were coded once."""

    stack: LocalStack
    api: CoderAI
    project: str

    def job(self) -> Mapping[str, float]:
        """Milliseconds of processor time a document that each process spends on one job and on sending its spans."""
        before = processor_seconds(self.stack)
        timed_job(self.api, self.project)
        time.sleep(_LAST_SPANS)
        after = processor_seconds(self.stack)
        return {name: 1000 * (after[name] - before[name]) / DOCUMENTS for name in after}


def main() -> None:
    """Prints the measurements."""
    with model_server(0.1) as url, receiving() as receiver, running(url, 1, _CALLS) as off:
        where = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_TRACES_SAMPLER": "parentbased_always_on"}
        with patch.dict(os.environ, where), running(url, 1, _CALLS) as on:
            spans = _beside(_ready(*off), _ready(*on), receiver)
    _off(spans)


def _ready(stack: LocalStack, api: CoderAI) -> _Side:
    project = prepared(api, DOCUMENTS)
    timed_job(api, project)
    return _Side(stack, api, project)


def _beside(off: _Side, on: _Side, receiver: Receiver) -> float:
    """Reports what it costs to trace all; returns spans a document."""
    before = len(receiver.spans)
    with ThreadPoolExecutor(2) as both:
        # At the same time, as a second of processor time does less the more else the machine does.
        rounds = [tuple(both.map(_Side.job, (off, on))) for _ in range(ROUNDS)]
    spans = Counter(span.process for span in receiver.spans[before:])
    a_document = spans.total() / DOCUMENTS / ROUNDS
    how = (
        f"{DOCUMENTS} documents x 5 variables, all traced, {a_document:.1f} spans a document; costs more than"
        f" one in a stack beside it that does not trace; median of {ROUNDS}"
    )
    for name in sorted(rounds[0][0]):
        report(f"tracing.on.{name}", median(traced[name] - bare[name] for bare, traced in rounds), "ms a document", how)
    totals = [sum(traced.values()) - sum(bare.values()) for bare, traced in rounds]
    bare = median(sum(bare.values()) for bare, _ in rounds)
    how += f" ({', '.join(f'{total:.2f}' for total in sorted(totals))}); {bare:.1f} ms without, all processes"
    report("tracing.on", median(totals), "ms of processor a document", how, 1, at_least=False)
    return a_document


def _off(spans: float) -> None:
    """Reports what a step costs that nobody traces."""
    started = time.process_time()
    for _ in range(_STEPS):
        with tracing.step("step"):
            pass
    nanoseconds = 1e9 * (time.process_time() - started) / _STEPS
    report("tracing.off.step", nanoseconds, "ns", f"a step() that is not traced, the block included; of {_STEPS:,}")
    how = f"{spans:.1f} spans a document, had it been traced, each at the price of a step()"
    report("tracing.off", spans * nanoseconds / 1000, "microseconds a document", how, 10, at_least=False)


if __name__ == "__main__":
    main()
