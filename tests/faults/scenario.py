"""What the fault tests have in common: a corpus, a client that watches a job come what may, and what must hold."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.tenant import Tenant, wait_until

DOCUMENTS = 120
CORRECTION = "the place that {} tells of"
VARIABLES = {"place": "TEXT", "participants": "NUMBER", "day": "DATE"}
GIVE_UP = 240.0
"""Seconds without an event after which a job is taken to hang: far more than any outage here lasts."""
_AWAY = (httpx.TransportError, httpx.HTTPStatusError)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A project whose documents are read, and were coded once."""

    tenant: Tenant
    project: str
    document_ids: list[str]
    done: str
    """A job over all of them that is COMPLETE."""

    def start(self, **fields: Any) -> str:
        """Starts a job over it; its id."""
        return start_job(self.tenant, self.project, **fields)


def start_job(tenant: Tenant, project: str, **fields: Any) -> str:
    """Starts a job over all of a project's documents; its id."""
    job: str = tenant.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True, **fields})["id"]
    return job


def prepare(tenant: Tenant) -> Corpus:
    """A project with 120 documents and a job that has coded them."""
    project = tenant.post("projects", {"name": "Faults", "model": "openai:gpt-4.1-mini"})["id"]
    for name, kind in VARIABLES.items():
        tenant.post(f"projects/{project}/variables", {"name": name, "type": kind})
    for number in range(DOCUMENTS):
        text = f"On {number % 28 + 1} May 2024 {number + 100} participants marched through place {number}. " * 5
        tenant.post(f"projects/{project}/documents", {"name": f"{number:03}.txt", "text": text})
    wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"].get("READY") == DOCUMENTS)
    ids = [document["id"] for document in tenant.all(f"projects/{project}/documents")]
    done = start_job(tenant, project)
    list(tenant.follow(done))
    correct(tenant, project)
    return Corpus(tenant, project, ids, done)


def correct(tenant: Tenant, project: str) -> None:
    """Has a person correct the place of every second document."""
    places = list(tenant.all(f"projects/{project}/extractions?variable=place"))[::2]
    items = [
        {"extraction_id": e["id"], "verdict": "INCORRECT", "corrected_value": CORRECTION.format(e["document_name"])}
        for e in places
    ]
    reply = tenant.post(f"projects/{project}/feedback", {"items": items})
    assert (reply["kept"], reply["refused"]) == (DOCUMENTS // 2, 0), reply


def corrected(tenant: Tenant, project: str) -> dict[str, Any]:
    """The places in the dataset that a person has corrected, by document."""
    rows = tenant.all(f"projects/{project}/dataset/rows?filter=place.verdict=INCORRECT&variables=place")
    return {row["document_name"]: row["cells"][0]["value"] for row in rows}


def patiently(ask: Callable[[], Any], seconds: float = 60) -> Any:
    """Asks again while the gateway or what is behind it is away, as a client does that is told 503."""
    end = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except _AWAY as error:
            if isinstance(error, httpx.HTTPStatusError) and error.response.status_code not in (502, 503, 504):
                raise
            assert time.monotonic() < end, f"still away: {error!r}"
            time.sleep(0.2)


@dataclass(slots=True)
class Watcher:
    """A client of a job's event stream: comes again with Last-Event-ID whenever the stream breaks off."""

    tenant: Tenant
    job: str
    sequences: list[int] = field(default_factory=list)
    connections: int = 0

    def events(self) -> Iterator[Any]:
        """Every event from the first to the job's last."""
        heard = time.monotonic()
        while True:
            self.connections += 1
            try:
                for event in self.tenant.follow(self.job, self.sequences[-1] if self.sequences else 0):
                    heard = time.monotonic()
                    self.sequences.append(event["sequence"])
                    yield event
                    if event["type"] in ("job_completed", "job_failed", "job_paused", "job_cancelled"):
                        return
            except httpx.TransportError:
                pass
            assert time.monotonic() - heard < GIVE_UP, f"nothing after event {self.sequences[-1:]}"
            time.sleep(0.2)


def check(corpus: Corpus, watcher: Watcher, documents: int = DOCUMENTS) -> Counter[int]:
    """Asserts that a job has lost nothing and doubled nothing; returns how many tasks took how many attempts."""
    tenant, job = corpus.tenant, watcher.job
    assert watcher.sequences == list(range(1, len(watcher.sequences) + 1))
    done = patiently(lambda: tenant.get(f"jobs/{job}"))
    counts = (done["status"], done["documents_processed"], done["documents_failed"])
    assert counts == ("COMPLETE", documents, 0), done["status_reason"]
    logged = Counter(entry["event"] for entry in tenant.all(f"jobs/{job}/log"))
    assert sum(logged.values()) == len(watcher.sequences)
    assert logged["DOC_COMPLETED"] == documents
    cells = Counter(
        (e["document_id"], e["variable"]) for e in tenant.all(f"projects/{corpus.project}/extractions?job_id={job}")
    )
    assert len(cells) == documents * len(VARIABLES)
    assert set(cells.values()) == {1}
    shown = corrected(tenant, corpus.project)
    assert len(shown) == DOCUMENTS // 2
    assert shown == {name: CORRECTION.format(name) for name in shown}
    return Counter(task["attempts"] for task in tenant.all(f"jobs/{job}/tasks"))
