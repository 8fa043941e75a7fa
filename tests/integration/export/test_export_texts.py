"""Documents as ingest has read them reach the export: on disk, in order, each text by its document's id."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.ids import new_id
from coderai.services.export.adapters import ingest_client
from coderai.services.export.adapters.ingest_client import IngestClient
from coderai.services.export.domain.texts import PageBounds
from tests.integration.export.conftest import KEY
from tests.integration.export.reading_peer import ReadingPeer


@pytest.fixture
async def client(reading_address: tuple[ReadingPeer, str], tmp_path: Path, signed_in: object) -> IngestClient:
    return IngestClient(PeerChannel("ingest", reading_address[1], KEY), str(tmp_path))


async def test_texts_are_found_by_id_while_the_documents_are_gone_through(
    client: IngestClient, reading: ReadingPeer
) -> None:
    texts = {"a": "اعتصم العمال \N{GRINNING FACE}", "b": "", "c": "x" * 5_000_000, "d": "The end."}
    for id, text in texts.items():
        reading.add(id, f"{id}.txt", text, reader="coderai 0.1.0", container="all.zip", size=7, language="ar")
    async with client.texts(project := new_id(), with_text=True) as found:
        assert [(one.id, found.text(one.id), one.text_bytes) for one in found.documents()] == [
            (id, text, len(text.encode())) for id, text in texts.items()
        ]
        assert found.text("d") == "The end."
        one = found.document("a")
        assert one is not None
        assert (one.format, one.status, one.reader, one.container) == ("TXT", "READY", "coderai 0.1.0", "all.zip")
        assert (one.size, one.language, one.pages) == (7, "ar", (PageBounds(1, 0, 14),))
        assert found.document("e") is None
        assert found.text("e") == ""
    assert [UUID(request.project_id) for request in reading.requests] == [project]


async def test_more_documents_than_a_request_names_are_asked_for_some_at_a_time(
    client: IngestClient, reading: ReadingPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_client, "_AT_A_TIME", 2)
    for id in "abcdef":
        reading.add(id, f"{id}.txt", f"text {id}")
    async with client.texts(new_id(), list("abdef"), with_text=True) as found:
        assert [(one.id, found.text(one.id)) for one in found.documents()] == [(id, f"text {id}") for id in "abdef"]
    assert [list(request.document_ids) for request in reading.requests] == [["a", "b"], ["d", "e"], ["f"]]


async def test_without_texts_only_what_was_read_is_known(client: IngestClient, reading: ReadingPeer) -> None:
    reading.add("a", "a.txt", "secret")
    reading.add("b", "b.txt", "secret too")
    async with client.texts(new_id(), ["b"], with_text=False) as found:
        (one,) = found.documents()
        assert (one.id, one.name, one.text_bytes, len(one.text_sha256), found.text("b")) == ("b", "b.txt", 0, 64, "")
