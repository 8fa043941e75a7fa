"""A small coded project of a person, over the HTTP API: for tests of what people do with a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.tenant import Tenant, wait_until


def coded_project(
    person: Tenant, name: str, variables: Sequence[Mapping[str, Any]], documents: Mapping[str, str]
) -> str:
    """The id of a project whose documents, texts by name, a sample run has coded."""
    project: str = person.post("projects", {"name": name, "unit": {"row_is": "one report"}})["id"]
    for variable in variables:
        person.post(f"projects/{project}/variables", dict(variable))
    for document, text in documents.items():
        person.post(f"projects/{project}/documents", {"name": document, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in person.all(f"projects/{project}/documents")))
    job = person.post(f"projects/{project}/jobs", {"kind": "SAMPLE", "sample_size": len(documents)})
    for _ in person.follow(job["id"]):
        pass
    return project
