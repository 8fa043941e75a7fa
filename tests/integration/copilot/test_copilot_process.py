"""The service's own process, started as an operator starts it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.copilot.v1 import copilot_service_pb2_grpc
from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from coderai.kit.grpc_channel import PeerChannel
from tests.integration.copilot.conftest import KEY, SECRET, Addresses
from tests.integration.copilot.world import World
from tests.support.stack import ServiceDatabases


@pytest.mark.usefixtures("signed_in")
async def test_serve_suggests_and_stops_when_told_to(
    process_group: ProcessGroup,
    peers: Addresses,
    world: World,
    service_dsns: ServiceDatabases,
    nats: EmbeddedNats,
    tmp_path: Path,
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    settings = {
        "CODERAI_INTERNAL_TOKEN_KEY": SECRET,
        "CODERAI_PROJECTS_ADDRESS": peers.projects,
        "CODERAI_INGEST_ADDRESS": peers.ingest,
        "CODERAI_EXTRACTOR_ADDRESS": peers.extractor,
        "CODERAI_COPILOT_LISTEN": listen,
        "CODERAI_COPILOT_DATABASE_URL": service_dsns["copilot"].application,
        "CODERAI_NATS_URL": nats.url_of("copilot"),
    }
    command = (sys.executable, "-m", "coderai.services.copilot", "serve")
    with (tmp_path / "log").open("wb") as output:
        process = process_group.popen(command, env={**os.environ, **settings}, cwd=Path.cwd(), output=output)
    world.texts = {"a.txt": "Ward: north", "b.txt": "Ward: south"}
    try:
        async with PeerChannel("copilot", listen, KEY) as channel:
            stub = copilot_service_pb2_grpc.CopilotServiceStub(channel)
            found = await stub.SuggestVariables(pb.SuggestVariablesRequest(project_id=str(world.project_id)))
    finally:
        process.terminate()
        status = process.wait(20)
    assert [suggestion.variable.name for suggestion in found.items] == ["ward"]
    assert status == 0
