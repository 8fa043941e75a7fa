"""What goes on beside a job, so that a fault of ingest or export hits something under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.faults.scenario import Corpus, patiently
from tests.support.tenant import Tenant, wait_until

_MOST, _MANY = 60, 1_500


@contextmanager
def uploading(corpus: Corpus) -> Iterator[None]:
    """Uploads long documents until some are read and some are not; in the end each was read once."""
    tenant = corpus.tenant
    project = tenant.post("projects", {"name": "Read meanwhile"})["id"]
    ids: list[str] = []
    while not _mixed(_statuses(tenant, project), "READY", "UPLOADED"):
        assert len(ids) < _MOST, "documents are read as fast as they come: make them longer"
        text = f"{len(ids)} people marched through Port Elmo on 3 May 2024, and nobody was hurt.\n\n" * 3000
        added = tenant.post(f"projects/{project}/documents", {"name": f"{len(ids)}.txt", "text": text})
        ids += [document["id"] for document in added["items"]]
    yield
    wait_until(lambda: patiently(lambda: _statuses(tenant, project)) == {"READY": len(ids)}, 120)
    for document_id in ids:
        chunks = [chunk["index"] for chunk in tenant.get(f"documents/{document_id}/chunks")["items"]]
        assert chunks == list(range(len(chunks))) and len(chunks) > 1


@contextmanager
def uploading_many(corpus: Corpus) -> Iterator[None]:
    """Uploads very many small documents in one request until some are read; in the end each was read once."""
    tenant = corpus.tenant
    project = tenant.post("projects", {"name": "Many read meanwhile"})["id"]
    texts = (f"{number} people marched through Port Elmo on 3 May 2024." for number in range(_MANY))
    files = [("files", (f"{number}.txt", text.encode())) for number, text in enumerate(texts)]
    path = f"projects/{project}/documents"
    added = tenant.http.post(f"/v1/{path}", files=files).raise_for_status().json()
    assert (len(added["items"]), added["errors"]) == (_MANY, [])

    def counts() -> dict[str, int]:
        found: dict[str, int] = patiently(lambda: tenant.get(f"{path}?page_size=1")["counts"])
        return found

    wait_until(lambda: counts()["READY"] > 0)
    assert counts()["UPLOADED"] > 0, "documents are read as fast as they come: upload more"
    yield
    wait_until(lambda: counts()["READY"] == _MANY, 120)
    documents = list(tenant.all(path))
    assert len({document["name"] for document in documents}) == len(documents) == _MANY


@contextmanager
def exporting(corpus: Corpus) -> Iterator[None]:
    """Asks for exports of an earlier job until some are written and some are not; in the end each can be downloaded."""
    tenant, path = corpus.tenant, f"projects/{corpus.project}/exports"
    ids: list[str] = []
    while not _mixed(Counter(_export(tenant, i)["status"] for i in ids), "COMPLETE", "PENDING"):
        assert len(ids) < _MOST, "exports are written as fast as they are asked for"
        ids.append(tenant.post(path, {"format": "XLSX", "job_id": corpus.done})["id"])
    yield
    for export_id in ids:
        wait_until(lambda i=export_id: _export(tenant, i)["status"] != "PENDING", 120)  # type: ignore[misc]
        export = _export(tenant, export_id)
        assert (export["status"], export["row_count"]) == ("COMPLETE", len(corpus.document_ids)), export["error"]
        file = tenant.http.get(f"/v1/exports/{export_id}/download").raise_for_status().content
        assert len(file) == int(export["size"])


def _statuses(tenant: Tenant, project: str) -> Counter[str]:
    return Counter(document["status"] for document in tenant.all(f"projects/{project}/documents"))


def _export(tenant: Tenant, export_id: str) -> Any:
    return patiently(partial(tenant.get, f"exports/{export_id}"))


def _mixed(statuses: Counter[str], done: str, waiting: str) -> bool:
    return statuses[done] >= 1 and statuses[waiting] >= 2
