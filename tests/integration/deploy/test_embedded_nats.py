"""The embedded NATS keeps its streams and lets nobody in without a password."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import nats as nats_client
import pytest
from nats.js.api import StorageType

from coderai.deploy.bus_rights import CONSUMERS
from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.process_group import ProcessGroup
from tests.support.stack import listening_addresses, wait_until_gone


@pytest.fixture
def server(tmp_path: Path, process_group: ProcessGroup) -> Iterator[EmbeddedNats]:
    with EmbeddedNats(tmp_path / "nats", group=process_group) as running:
        yield running


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_keeps_messages_and_url_across_restarts(server: EmbeddedNats, how: str) -> None:
    url = server.url
    client = await nats_client.connect(url)
    await client.jetstream().add_stream(name="KEPT", subjects=["kept"], storage=StorageType.FILE)
    await client.jetstream().publish("kept", b"word")
    await client.close()
    getattr(server, how)()
    server.start()
    assert server.url == url
    client = await nats_client.connect(url)
    message = await client.jetstream().get_msg("KEPT", seq=1)
    assert message.data == b"word"
    await client.close()


async def test_a_client_finds_its_way_back(server: EmbeddedNats) -> None:
    back = asyncio.Event()

    async def note() -> None:
        back.set()

    client = await nats_client.connect(
        server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.05, reconnected_cb=note
    )
    server.restart()
    async with asyncio.timeout(30):
        await back.wait()
    await client.close()


@pytest.mark.parametrize("login", ['{"auth_token": "wrong"}', '{"user": "extractor", "pass": "wrong"}', "{}"])
def test_lets_nobody_in_without_the_password(nats: EmbeddedNats, login: str) -> None:
    with socket.create_connection(("127.0.0.1", nats.port)) as connection, connection.makefile("rw") as lines:
        assert '"auth_required":true' in lines.readline()
        lines.write(f"CONNECT {login}\r\nPING\r\n")
        lines.flush()
        assert lines.readline().strip() == "-ERR 'Authorization Violation'"


def test_listens_on_loopback_only(nats: EmbeddedNats) -> None:
    assert listening_addresses([nats.pid]) == {"127.0.0.1"}


def test_the_passwords_are_for_their_owner_alone_and_not_in_the_arguments(nats: EmbeddedNats) -> None:
    passwords = [nats.url_of(user).split("@")[0].rpartition(":")[2] for user in ("operator", *CONSUMERS)]
    assert len(set(passwords)) == len(passwords)
    files = [file for file in nats.data_dir.iterdir() if file.is_file()]
    for password in passwords:
        holders = {file.name: oct(file.stat().st_mode & 0o777) for file in files if password in file.read_text()}
        assert holders == {"passwords.json": "0o600", "nats.conf": "0o600"}
        assert password not in Path(f"/proc/{nats.pid}/cmdline").read_text()


def test_ends_a_server_that_was_left_behind_on_its_data(server: EmbeddedNats, process_group: ProcessGroup) -> None:
    with EmbeddedNats(server.data_dir, group=process_group) as successor:
        wait_until_gone([server.pid])
        assert successor.running
