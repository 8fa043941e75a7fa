"""Bundles through the service: from the request to the ZIP, with what ingest and the extractor tell beside the rows."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from coderai.export.v1 import export_service_pb2 as pb
from tests.integration.export.conftest import Exports, Peer
from tests.integration.export.reading_peer import ReadingPeer

pytestmark = pytest.mark.usefixtures("signed_in")
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
    lines = [json.loads(line) for line in bundle.read("documents.jsonl").decode().splitlines()]
    assert [(line["name"], line["reader"], line["size"], line["rows"]) for line in lines] == [
        ("../a.txt", "coderai 0.1.0", 7, 1),
        ("b.txt", "coderai 0.1.0", 7, 1),
    ]
