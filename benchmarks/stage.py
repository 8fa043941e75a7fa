"""What measurements stand on: a model's server, a fresh stack, a project that is ready to run, processor time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from uuid import uuid4

import psutil

from coderai.client import CoderAI
from coderai.deploy.forking import NAME as WARM_PARENT
from coderai.deploy.stack import LocalStack
from coderai.messages.requests import Verify

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


@contextmanager
def model_server(latency: float, fault_rate: float = 0.0) -> Iterator[str]:
    """The URL of a local server that speaks the OpenAI protocol and takes `latency` seconds to answer.

    `fault_rate`: the share of requests that meet a fault: 429, 500, no answer or broken JSON, each as often.
    """
    command = [sys.executable, "-m", "tests.support.openai_server", "--port", "0"]
    command += ["--latency", str(latency), "--fault-rate", str(fault_rate)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert server.stdin is not None and server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())["base_url"]
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


@contextmanager
def running(url: str, workers: int, concurrency: int, **settings: object) -> Iterator[tuple[LocalStack, CoderAI]]:
    """A fresh stack whose workers ask the model at `url`, and its API with a user signed in.

    `settings`: further ones of the extractor, as in LLM_TIMEOUT_SECONDS=3.
    """
    environment = {
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "none",
        "CODERAI_EXTRACTOR_CONCURRENCY": str(concurrency + concurrency // 4),  # some are loaded and saved meanwhile
        "CODERAI_EXTRACTOR_LLM_CONCURRENCY": str(concurrency),
    }
    environment |= {f"CODERAI_EXTRACTOR_{name}": str(value) for name, value in settings.items()}
    with (
        patch.dict(os.environ, environment),
        TemporaryDirectory() as folder,
        LocalStack(Path(folder), extractors=workers, http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
        signed_in(stack) as api,
    ):
        yield stack, api


@contextmanager
def signed_in(stack: LocalStack) -> Iterator[CoderAI]:
    """The stack's API for a new user, in a workspace of their own."""
    with CoderAI(stack.url) as api:
        api.register(f"bench-{uuid4()}@example.org", "a password of a benchmark")
        yield api


def prepared(api: CoderAI, documents: int, verify: Verify = "NONE") -> str:
    """A project with its variables and so many documents, the rows of one table, read; its id.

    The model's answers are made up: with a judge, each document takes a second call.
    """
    project = api.create_project(name=f"{documents} documents", model=f"openai:{MODEL}", verify=verify)
    for name, kind in VARIABLES:
        api.create_variable(project.id, name=name, type=kind, instructions=f"The {name} that the report states.")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reports.json"
        path.write_text(json.dumps([{"text": f"Report number {number}. {TEXT}"} for number in range(documents)]))
        for _ in api.upload(project.id, [path]):
            pass
    api.wait_until_read(project.id)
    return project.id


def timed_job(api: CoderAI, project_id: str, kind: str = "FULL", sample_size: int | None = None) -> float:
    """Seconds from the start of a job to its last event; every document is coded."""
    started = time.monotonic()
    job = api.start_job(project_id, kind, sample_size=sample_size, skip_sample=True)
    for _ in api.watch_job(job.id):
        pass
    wall = time.monotonic() - started
    done = api.job(job.id)
    assert done.status == "COMPLETE" and done.documents_failed == 0, done
    return wall


def processor_seconds(stack: LocalStack) -> dict[str, float]:
    """Processor time so far of each of the stack's processes, Postgres and NATS with their children."""
    processes = {**stack.processes, "postgres": stack.postgres.pid, "nats": stack.nats.pid}
    return {name: sum(_times(p) for p in _family(name, pid)) for name, pid in processes.items() if pid}


def _family(name: str, pid: int) -> Sequence[psutil.Process]:
    process = psutil.Process(pid)
    return [process] if name == WARM_PARENT else [process, *process.children(recursive=True)]


def _times(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
