"""A worker that is killed in mid-job loses nothing and doubles nothing."""

from __future__ import annotations

from collections import Counter

from deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until

DOCUMENTS = 60
VARIABLES = ("place", "participants", "day")
TYPES = ("TEXT", "NUMBER", "DATE")


def test_a_worker_killed_in_mid_job_leaves_every_extraction_exactly_once(stack: LocalStack) -> None:
    with Tenant(stack.url) as tenant:
        project = tenant.post("projects", {"name": "Killed worker"})["id"]
        for name, kind in zip(VARIABLES, TYPES, strict=True):
            tenant.post(f"projects/{project}/variables", {"name": name, "type": kind})
        for number in range(DOCUMENTS):
            text = f"On {number % 28 + 1} May 2024 {number + 100} participants marched through place {number}. " * 20
            tenant.post(f"projects/{project}/documents", {"name": f"{number}.txt", "text": text})
        wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"].get("READY") == DOCUMENTS)
        job = tenant.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]

        sequences, killed = [], False
        for event in tenant.follow(job):
            sequences.append(event["sequence"])
            if not killed and event["job"]["documents_processed"] >= 5:
                stack.kill("extractor-work-1")
                killed = True
        assert killed
        assert sequences == list(range(1, len(sequences) + 1))
        done = tenant.get(f"jobs/{job}")
        assert (done["status"], done["documents_processed"], done["documents_failed"]) == ("COMPLETE", DOCUMENTS, 0)
        cells = Counter(
            (e["document_id"], e["variable"]) for e in tenant.all(f"projects/{project}/extractions?job_id={job}")
        )
        assert len(cells) == DOCUMENTS * len(VARIABLES)
        assert set(cells.values()) == {1}
