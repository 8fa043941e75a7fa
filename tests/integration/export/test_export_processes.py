"""The service's own processes, started as an operator starts them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from coderai.export.v1 import export_service_pb2 as pb
from coderai.export.v1 import export_service_pb2_grpc
from coderai.kit.grpc_channel import PeerChannel
from tests.integration.export.conftest import KEY, SECRET, Caller, Peer
from tests.integration.export.reading_peer import ReadingPeer
from tests.support.stack import ServiceDatabases

Start = Callable[[str], subprocess.Popen[bytes]]
DOCUMENTS = 20_000
"""So many that a worker is killed while it writes them."""


@pytest.fixture
def listen() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def start(
    service_dsns: ServiceDatabases,
    nats: EmbeddedNats,
    process_group: ProcessGroup,
    peer_address: tuple[Peer, str],
    reading_address: tuple[ReadingPeer, str],
    tmp_path: Path,
    listen: str,
) -> Iterator[Start]:
    """Starts a process of the service by its command; it is ended with the test."""
    settings = {
        "CODERAI_EXPORT_DATABASE_URL": service_dsns["export"].application,
        "CODERAI_NATS_URL": nats.url,
        "CODERAI_INTERNAL_TOKEN_KEY": SECRET,
        "CODERAI_BLOB_URL": (tmp_path / "blobs").as_uri(),
        "CODERAI_EXTRACTOR_ADDRESS": peer_address[1],
        "CODERAI_INGEST_ADDRESS": reading_address[1],
        "CODERAI_EXPORT_LISTEN": listen,
        "CODERAI_EXPORT_WORK_FOLDER": str(tmp_path),
    }
    env = {**os.environ, **settings}
    with ExitStack() as stack:
        output = stack.enter_context((tmp_path / "log").open("wb"))

        def begin(command: str) -> subprocess.Popen[bytes]:
            line = (sys.executable, "-m", "coderai.services.export", command)
            process = process_group.popen(line, env=env, cwd=Path.cwd(), output=output)
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            return process

        yield begin


@pytest.fixture
def processes(start: Start) -> list[subprocess.Popen[bytes]]:
    """serve and work, running."""
    return [start(command) for command in ("serve", "work")]


@pytest.mark.usefixtures("signed_in")
async def test_serve_and_work_write_a_file_and_stop_when_told_to(
    processes: list[subprocess.Popen[bytes]], peer: Peer, listen: str
) -> None:
    peer.add_job()
    peer.add_document("a.txt", place="Kessling", injured=3)
    async with PeerChannel("export", listen, KEY) as channel:
        exports = Caller(export_service_pb2_grpc.ExportServiceStub(channel))
        done = await exports.settled((await exports.create(peer)).id)
        assert done.status == pb.EXPORT_STATUS_COMPLETE
        assert b"Kessling" in (await exports.download(done.id))[1]
    for process in processes:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.long
@pytest.mark.usefixtures("signed_in")
async def test_what_a_killed_worker_was_writing_is_written_once_by_the_next(
    processes: list[subprocess.Popen[bytes]], start: Start, peer: Peer, listen: str, tmp_path: Path
) -> None:
    peer.add_job()
    for number in range(DOCUMENTS):
        peer.add_document(f"{number}.txt", place="Kessling", injured=number)
    async with PeerChannel("export", listen, KEY) as channel:
        exports = Caller(export_service_pb2_grpc.ExportServiceStub(channel))
        made = await exports.create(peer, format="XLSX")
        await exports.until(made.id, lambda export: export.progress > 60)
        processes[1].kill()
        killed_at = await exports.get(made.id)
        assert killed_at.status == pb.EXPORT_STATUS_PENDING, "it was written before it could be killed: more documents"
        peer.hold = asyncio.Event()
        start("work")
        again = await exports.until(made.id, lambda export: peer.streamed == 2)
        assert again.status == pb.EXPORT_STATUS_PENDING
        assert again.progress >= killed_at.progress, "it fell back for whoever watches it"
        peer.hold.set()
        done = await exports.settled(made.id)
        assert (done.status, done.row_count, done.progress) == (pb.EXPORT_STATUS_COMPLETE, DOCUMENTS, 100)
        head, data = await exports.download(made.id)
        assert head.sha256 == sha256(data).hexdigest()
    assert peer.streamed == 2
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert sorted(sha256(path.read_bytes()).hexdigest() for path in files) == sorted(f.sha256 for f in done.files)
