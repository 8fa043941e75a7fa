"""The whole stack against a model of fixed latency, beside a bare loop over it: wall time and processor time.

.venv/bin/python -m benchmarks.throughput
"""

from __future__ import annotations

import asyncio
import time
from statistics import median

from openai import AsyncOpenAI

from benchmarks.line import report
from benchmarks.stage import MODEL, TEXT, VARIABLES, model_server, prepared, processor_seconds, running, timed_job
from coderai.client import CoderAI
from coderai.messages.requests import Verify

_SAMPLES: tuple[tuple[str, Verify, float], ...] = (("sample", "NONE", 2.0), ("sample_judged", "DOUBTFUL", 3.0))


def main() -> None:
    """Prints the measurements."""
    for latency, documents, goal in ((1.0, 1000, 1.05), (0.3, 1000, 2.0)):
        with model_server(latency) as url:
            _beside_bare_loop(url, latency, documents, goal)
    with model_server(1.0) as url:
        _small_sample(url)
        _replicas(url)


def _beside_bare_loop(url: str, latency: float, documents: int, goal: float) -> None:
    calls = 32
    ideal = documents * latency / calls
    how = f"{documents} documents x {len(VARIABLES)} variables, a model that takes {latency} s, {calls} calls at a time"
    how = f"after a sample: {how}"
    bare = asyncio.run(bare_loop(url, documents, calls))
    name = f"throughput.{latency:g}s"
    with running(url, workers=1, concurrency=calls) as (stack, api):
        project = sampled(api, documents)
        before = processor_seconds(stack)
        wall = timed_job(api, project)
        after = processor_seconds(stack)
    report(f"{name}.wall_over_ideal", wall / ideal, "times", f"{how}; {wall:.1f} s", goal, at_least=False)
    report(f"{name}.bare_over_ideal", bare / ideal, "times", f"{how}, a bare loop over the OpenAI client; {bare:.1f} s")
    report(f"{name}.wall_over_bare", wall / bare, "times", how)
    spent = {process: 1000 * (after[process] - before.get(process, 0)) / documents for process in after}
    for process, milliseconds in sorted(spent.items()):
        report(f"{name}.processor.{process}", milliseconds, "ms a document", how)
    report(f"{name}.processor", sum(spent.values()), "ms a document", f"{how}, all processes", 25, at_least=False)


def sampled(api: CoderAI, documents: int) -> str:
    """A project whose sample is done, as in real life before a full run: the workers have their connections."""
    project = prepared(api, documents)
    timed_job(api, project, "SAMPLE", 64)
    return project


def _small_sample(url: str) -> None:
    with running(url, workers=1, concurrency=32) as (_, api):
        for name, verify, goal in _SAMPLES:
            project = prepared(api, 20, verify)
            timed_job(api, project, "SAMPLE", 20)
            wall = median(timed_job(api, project, "SAMPLE", 20) for _ in range(3))
            how = f"20 documents x {len(VARIABLES)} variables, a model that takes 1 s; median of 3, warm"
            report(f"{name}.seconds", wall, "s", f"{how}; click to last event", goal, at_least=False)


def _replicas(url: str) -> None:
    walls = {}
    for workers in (1, 2, 4):
        with running(url, workers=workers, concurrency=8) as (_, api):
            walls[workers] = timed_job(api, sampled(api, 640))
    for workers, goal in ((2, 1.9), (4, 3.6)):
        how = "after a sample: 640 documents, a model that takes 1 s, 8 calls at a time a replica"
        report(f"replicas.{workers}", walls[1] / walls[workers], "times the throughput of one", how, goal)


async def bare_loop(url: str, documents: int, calls: int) -> float:
    """Seconds that a plain loop over the OpenAI client takes for as many calls, as many at a time."""
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as model:
        slots = asyncio.Semaphore(calls)

        async def ask(number: int) -> None:
            async with slots:
                await model.chat.completions.create(
                    model=MODEL, messages=[{"role": "user", "content": f"Report number {number}. {TEXT}"}]
                )

        started = time.monotonic()
        await asyncio.gather(*(ask(number) for number in range(documents)))
        return time.monotonic() - started


if __name__ == "__main__":
    main()
