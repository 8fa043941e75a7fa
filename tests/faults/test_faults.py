"""Processes and servers end in the middle of a job, by accident or on purpose, and nothing is lost or doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial

import pytest

from coderai.deploy.stack import LocalStack
from tests.faults.beside import exporting, uploading, uploading_many
from tests.faults.scenario import DOCUMENTS, Corpus, Watcher, check, patiently
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import wait_until

WORKERS = ("extractor-work-1", "extractor-work-2")
STEP = 10
"""Documents that are done before the first fault, and between two."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens in the middle of a job."""

    strike: Callable[[LocalStack], None]
    beside: Callable[[Corpus], AbstractContextManager[object]] = nullcontext
    """Starts what the fault must hit as well, and sees to its end."""


def killing(*names: str) -> Callable[[LocalStack], None]:
    def strike(stack: LocalStack) -> None:
        for name in names:
            stack.kill(name)

    return strike


def stop_in_turn(stack: LocalStack) -> None:
    """What a rolling update does to all of CoderAI's processes."""
    for name in sorted(set(stack.processes) - {"postgres", "nats"}):
        assert stack.restart(name) == "exit code 0", name


def kill_all(stack: LocalStack) -> None:
    """Ends all of CoderAI's processes, first what the others are forked from."""
    for name in sorted(set(stack.processes) - {"postgres", "nats"}, key=lambda name: name != "warm-parent"):
        stack.kill(name)


FAULTS = {
    "gateway killed": Fault(killing("gateway")),
    "extractor killed": Fault(killing("extractor")),
    "extractor worker killed": Fault(killing("extractor-work-1")),
    "both extractor workers killed": Fault(killing(*WORKERS)),
    "ingest killed": Fault(killing("ingest")),
    "ingest worker killed": Fault(killing("ingest-work"), uploading),
    "ingest worker killed with many small files": Fault(killing("ingest-work"), uploading_many),
    "export killed": Fault(killing("export"), exporting),
    "export worker killed": Fault(killing("export-work"), exporting),
    "nats restarted": Fault(LocalStack.restart_nats),
    "nats killed": Fault(killing("nats")),
    "postgres restarted": Fault(LocalStack.restart_postgres),
    "postgres killed": Fault(killing("postgres")),
    "all stopped in turn": Fault(stop_in_turn),
    "all killed at once": Fault(kill_all),
}
SHORT = ("extractor worker killed", "gateway killed", "nats restarted", "postgres restarted")


def run(stack: LocalStack, corpus: Corpus, faults: Sequence[Fault]) -> tuple[Watcher, Counter[int]]:
    """Has a job meet faults one after the other, and checks it; returns its watcher and check()'s attempts."""
    left, due = list(faults), STEP
    watcher = Watcher(corpus.tenant, corpus.start())
    with ExitStack() as afterwards:
        for event in watcher.events():
            if left and event["job"]["documents_processed"] >= due:
                fault = left.pop(0)
                afterwards.enter_context(fault.beside(corpus))
                fault.strike(stack)
                job = patiently(partial(corpus.tenant.get, f"jobs/{watcher.job}"))
                assert job["status"] == "PROCESSING", "the job was over before the fault was: slow the model down"
                due = job["documents_processed"] + STEP
        assert not left
        return watcher, check(corpus, watcher)


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_job_outlives_a_fault_in_its_middle(faulty: LocalStack, corpus: Corpus, name: str) -> None:
    watcher, attempts = run(faulty, corpus, [FAULTS[name]])
    assert max(attempts) <= 3
    if name == "gateway killed":
        assert watcher.connections > 1


def test_a_job_outlives_one_fault_after_the_other(faulty: LocalStack, corpus: Corpus) -> None:
    watcher, _ = run(faulty, corpus, [FAULTS[name] for name in SHORT])
    assert watcher.connections > 1


@pytest.mark.long
def test_workers_told_to_stop_finish_what_they_have_in_hand(faulty: LocalStack, corpus: Corpus) -> None:
    def stop_workers(stack: LocalStack) -> None:
        for worker in WORKERS:
            assert stack.restart(worker) == "exit code 0"

    _, attempts = run(faulty, corpus, [Fault(stop_workers)])
    assert attempts == {1: DOCUMENTS}


@pytest.mark.long
def test_a_worker_told_to_stop_hands_back_what_takes_too_long(
    faulty: LocalStack, corpus: Corpus, slow_model: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(slow_model, "latency", 60.0)
        # As many as both workers take: five each, of which four are being asked about.
        watcher = Watcher(corpus.tenant, corpus.start(document_ids=corpus.document_ids[:10]))
        wait_until(lambda: slow_model.stats.in_flight == 8)
    assert faulty.restart(WORKERS[0]) == "exit code 0"
    list(watcher.events())
    attempts = check(corpus, watcher, documents=10)
    assert attempts == {1: 5, 2: 5}
