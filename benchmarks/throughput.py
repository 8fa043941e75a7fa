"""The whole stack against a model of fixed latency, beside a bare loop over it: wall time and processor time.

.venv/bin/python -m benchmarks.throughput
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from openai import AsyncOpenAI

from benchmarks.line import report
from client import CoderAI
from deploy.stack import LocalStack

ROOT = Path(__file__).parents[1]
MODEL = "local-model"
VARIABLES = (
    ("event_date", "DATE"),
    ("location", "TEXT"),
    ("organiser", "TEXT"),
    ("participants", "NUMBER"),
    ("injured", "NUMBER"),
)
TEXT = (ROOT / "examples/public-events/documents/aldermoor-vigil.txt").read_text()


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
    bare = asyncio.run(bare_loop(url, documents, calls))
    name = f"throughput.{latency:g}s"
    with running(url, workers=1, concurrency=calls) as (stack, api):
        project = prepared(api, documents)
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


def _small_sample(url: str) -> None:
    with running(url, workers=1, concurrency=32) as (_, api):
        project = prepared(api, 20)
        timed_job(api, project)
        wall = min(timed_job(api, project) for _ in range(3))
    how = f"20 documents x {len(VARIABLES)} variables, a model that takes 1 s; click to last event, best of 3, warm"
    report("sample.seconds", wall, "s", how, 4, at_least=False)


def _replicas(url: str) -> None:
    walls = {}
    for workers in (1, 2, 4):
        with running(url, workers=workers, concurrency=8) as (_, api):
            walls[workers] = timed_job(api, prepared(api, 320))
    for workers, goal in ((2, 1.9), (4, 3.6)):
        how = "320 documents, a model that takes 1 s, 8 calls at a time a replica"
        report(f"replicas.{workers}", walls[1] / walls[workers], "times the throughput of one", how, goal)


@contextmanager
def model_server(latency: float) -> Iterator[str]:
    """The URL of a local server that speaks the OpenAI protocol and takes `latency` seconds to answer."""
    command = [sys.executable, "-m", "tests.support.openai_server", "--port", "0", "--latency", str(latency)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert server.stdin is not None and server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())["base_url"]
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


@contextmanager
def running(url: str, workers: int, concurrency: int) -> Iterator[tuple[LocalStack, CoderAI]]:
    """A fresh stack whose workers ask the model at `url`, and its API with a user signed in."""
    os.environ |= {
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "none",
        "CODERAI_EXTRACTOR_CONCURRENCY": str(concurrency + concurrency // 4),  # some are loaded and saved meanwhile
        "CODERAI_EXTRACTOR_LLM_CONCURRENCY": str(concurrency),
    }
    with (
        TemporaryDirectory() as folder,
        LocalStack(Path(folder), extractors=workers, http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
        CoderAI(stack.url) as api,
    ):
        api.register("bench@example.org", "a password of a benchmark")
        yield stack, api


def prepared(api: CoderAI, documents: int) -> str:
    """A project with its variables and so many documents read; its id."""
    project = api.create_project(name=f"{documents} documents", model=f"openai:{MODEL}")
    for name, kind in VARIABLES:
        api.create_variable(project.id, name=name, type=kind, instructions=f"The {name} that the report states.")
    with TemporaryDirectory() as folder:
        paths = []
        for number in range(documents):
            path = Path(folder) / f"{number:05}.txt"
            path.write_text(f"Report number {number}. {TEXT}")
            paths.append(path)
        for _ in api.upload(project.id, paths):
            pass
    api.wait_until_read(project.id)
    return project.id


def timed_job(api: CoderAI, project_id: str) -> float:
    """Seconds from the start of a full job to its last event."""
    started = time.monotonic()
    job = api.start_job(project_id, "FULL", skip_sample=True)
    for _ in api.watch_job(job.id):
        pass
    wall = time.monotonic() - started
    done = api.job(job.id)
    assert done.status == "COMPLETE" and done.documents_failed == 0, done
    return wall


def processor_seconds(stack: LocalStack) -> dict[str, float]:
    """Processor time so far of each of the stack's processes, Postgres and NATS with their children."""
    processes = {**stack.processes, "postgres": stack.postgres.pid, "nats": stack.nats.pid}
    return {name: sum(_times(p) for p in _family(pid)) for name, pid in processes.items() if pid}


def _family(pid: int) -> Sequence[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _times(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


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
