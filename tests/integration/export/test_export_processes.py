"""The service's own processes, started as an operator starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
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


@pytest.fixture
def listen() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def processes(
    service_dsns: ServiceDatabases,
    nats: EmbeddedNats,
    process_group: ProcessGroup,
    peer_address: tuple[Peer, str],
    reading_address: tuple[ReadingPeer, str],
    tmp_path: Path,
    listen: str,
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """serve and work, running."""
    settings = {
        "CODERAI_EXPORT_DATABASE_URL": service_dsns["export"].application,
        "CODERAI_NATS_URL": nats.url,
        "CODERAI_INTERNAL_TOKEN_KEY": SECRET,
        "CODERAI_BLOB_URL": (tmp_path / "blobs").as_uri(),
        "CODERAI_EXTRACTOR_ADDRESS": peer_address[1],
        "CODERAI_INGEST_ADDRESS": reading_address[1],
        "CODERAI_EXPORT_LISTEN": listen,
    }
    env = {**os.environ, **settings}
    with ExitStack() as stack:
        output = stack.enter_context((tmp_path / "log").open("wb"))
        started = []
        for command in ("serve", "work"):
            line = (sys.executable, "-m", "coderai.services.export", command)
            process = process_group.popen(line, env=env, cwd=Path.cwd(), output=output)
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            started.append(process)
        yield started


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
