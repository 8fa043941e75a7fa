"""Bundles through the service: from the request to the ZIP, with what ingest and the extractor tell beside the rows."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from coderai.export.v1 import export_service_pb2 as pb
from coderai.extractor.v1.provenance_service_pb2 import StreamProvenanceResponse
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain
from coderai.services.export.adapters.messages import WORDS
from tests.integration.export.conftest import Exports, Peer
from tests.integration.export.reading_peer import ReadingPeer

pytestmark = pytest.mark.usefixtures("signed_in")
ANN, BEN = str(new_id()), str(new_id())
JOBS = [str(new_id()), str(new_id())]
PEOPLES = ("NOT_PROCESSED", "NOT_SELECTED", "RANGE")
"""Missing reasons that no extraction has."""
TEXTS = {"../a.txt": "It happened in Łódź.", "b.txt": "Three were hurt. Nobody saw more."}


@pytest.fixture
def coded(peer: Peer, reading: ReadingPeer) -> Peer:
    peer.add_job()
    peer.add_document("../a.txt", place="Łódź", injured=None)
    peer.add_document("b.txt", place=None, injured=3)
    for document, (name, text) in zip(peer.documents, TEXTS.items(), strict=True):
        reading.add(document.document_id, name, text, reader="coderai 0.1.0", size=7)
    return peer


async def exported(exports: Exports, coded: Peer, **fields: object) -> tuple[pb.Export, zipfile.ZipFile]:
    async with exports.working():
        done = await exports.settled((await exports.create(coded, format="BUNDLE", **fields)).id)
    assert (done.status, done.error) == (pb.EXPORT_STATUS_COMPLETE, "")
    head, data = await exports.download(done.id)
    assert (head.media_type, head.size) == ("application/zip", len(data))
    return done, zipfile.ZipFile(io.BytesIO(data))


async def test_a_bundle_has_texts_only_when_they_are_asked_for(exports: Exports, coded: Peer) -> None:
    done, bundle = await exported(exports, coded)
    assert done.file_name.endswith(".zip")
    assert not [name for name in bundle.namelist() if name.startswith("texts/")]
    _, bundle = await exported(exports, coded, options={"texts": True})
    found = {name: bundle.read(name).decode() for name in bundle.namelist() if name.startswith("texts/")}
    assert found == {
        f"texts/{document.document_id}.txt": text
        for document, text in zip(coded.documents, TEXTS.values(), strict=True)
    }


async def test_its_options_say_what_it_has_whatever_was_asked_for(exports: Exports, coded: Peer) -> None:
    asked = {"delimiter": ";", "byte_order_mark": True, "categories_as": "CODES"}
    done, bundle = await exported(exports, coded, layout="LONG", options=asked)
    assert done.layout == pb.EXPORT_LAYOUT_WIDE
    assert (done.options.confidence, done.options.source, done.options.weight) == (True, True, True)
    assert bundle.read("data/data.csv").decode().startswith("document,document_id,flagged,place,place_confidence")


async def test_documents_tell_how_they_were_read(exports: Exports, coded: Peer) -> None:
    _, bundle = await exported(exports, coded)
    documents = lines(bundle, "documents.jsonl")
    assert [(line["name"], line["reader"], line["size"], line["rows"]) for line in documents] == [
        ("../a.txt", "coderai 0.1.0", 7, 1),
        ("b.txt", "coderai 0.1.0", 7, 1),
    ]


@pytest.fixture
def reviewed(peer: Peer, reading: ReadingPeer) -> Peer:
    """Entities, every missing reason, two jobs, one of which asked a model, and what two people said."""
    peer.add_job()
    peer.unit = {"row_is": "one event", "rows_per_document": "MULTIPLE"}
    cells = [
        {"variable": "place", "missing_reason": reason, "entity_index": index, "entity_text": f"event {index}"}
        for index, reason in enumerate((one for one in WORDS.reasons if one not in PEOPLES), start=1)
    ]
    peer.add_coded("all.txt", [{**cell, "reviewed_by": BEN, "verdict": "CORRECT"} for cell in cells])
    (document,) = peer.documents
    reading.add(document.document_id, "all.txt", "An event.")
    of_cell = {"document_id": document.document_id, "variable": "place"}
    runs = [
        {"run": {"job": {"id": job, "kind": "FULL", "model": model}, "codebook": {"hash": "h"}, "no_prompts": why}}
        for job, model, why in zip(JOBS, ("offline", "openai:small"), ("No model was asked.", ""), strict=True)
    ]
    prompt = {"id": "p", "purpose": "EXTRACT", "messages": [{"role": "user", "content": "{document text}"}]}
    parts = [
        *runs,
        {"prompt": prompt},
        {"document": {**of_cell, "job_id": JOBS[1], "status": "DONE", "calls": [{"prompt_id": "p", "end": 9}]}},
        {"feedback": {**of_cell, "author": ANN, "verdict": "INCORRECT", "undone_at": "2026-01-02T00:00:00Z"}},
        {"feedback": {**of_cell, "author": BEN, "verdict": "CORRECT", "created_at": "2026-01-03T00:00:00Z"}},
        {"sample": {"sample": {"id": "s", "author": ANN, "seed": 7}}},
        {"drawn": {**of_cell, "sample_id": "s", "is_there": True}},
    ]
    for part in parts:
        part.get("document", {}).pop("variable", None)
    peer.provenance = [from_plain(StreamProvenanceResponse, part) for part in parts]
    return peer


async def test_jobs_people_and_every_missing_reason_are_told(exports: Exports, reviewed: Peer) -> None:
    _, bundle = await exported(exports, reviewed, options={"pseudonyms": True})
    assert bundle.testzip() is None
    cells = lines(bundle, "data/cells.jsonl")
    reasons = {cell["missing_reason"] for cell in cells if cell["variable"] == "place"}
    assert reasons == set(WORDS.reasons) - set(PEOPLES)
    assert {cell.get("reviewer") for cell in cells} == {"person 1", None}
    assert [run["job"]["id"] for run in lines(bundle, "provenance/runs.jsonl")] == JOBS
    assert [call["job_id"] for call in lines(bundle, "provenance/calls.jsonl")] == JOBS[1:]
    assert [one["author"] for one in lines(bundle, "provenance/corrections.jsonl")] == ["person 2", "person 1"]
    assert [one["kind"] for one in lines(bundle, "provenance/samples.jsonl")] == ["SAMPLE", "CELL"]
    told = [name for name in bundle.namelist() for who in (ANN, BEN) if who.encode() in bundle.read(name)]
    assert told == []
    assert "Of 1 job: No model was asked." in bundle.read("README.md").decode()


async def test_without_pseudonyms_people_are_named(exports: Exports, reviewed: Peer) -> None:
    _, bundle = await exported(exports, reviewed)
    assert [one["author"] for one in lines(bundle, "provenance/corrections.jsonl")] == [ANN, BEN]
    graph = json.loads(bundle.read("ro-crate-metadata.json"))["@graph"]
    assert {entity["name"] for entity in graph if entity["@type"] == "Person"} == {ANN, BEN}


async def test_a_part_has_only_what_was_chosen(exports: Exports, coded: Peer) -> None:
    chosen = coded.documents[1].document_id
    _, bundle = await exported(exports, coded, choice={"document_ids": [chosen], "variables": ["injured"]})
    assert {cell["document_id"] for cell in lines(bundle, "data/cells.jsonl")} == {chosen}
    assert [one["document_id"] for one in lines(bundle, "documents.jsonl")] == [chosen]
    assert "place" not in bundle.read("project.yaml").decode().split("variables:")[1]
    assert "Variables chosen: injured." in bundle.read("README.md").decode()
    assert not [name for name in bundle.namelist() if "Łódź" in bundle.read(name).decode("utf-8", "replace")]


def lines(bundle: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bundle.read(name).decode().split("\n") if line]
