"""The embedded Postgres is a real one that survives what happens to it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
import pytest

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.errors import ProcessFailed
from coderai.deploy.process_group import ProcessGroup
from tests.support.stack import listening_addresses, wait_until_gone


@pytest.fixture
def server(tmp_path: Path, process_group: ProcessGroup) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "postgres", group=process_group, unsafe_fast=True) as running:
        yield running


async def test_is_set_up_for_coderai(postgres: EmbeddedPostgres) -> None:
    dsn = postgres.dsn("postgres", postgres.superuser_password, "postgres")
    connection = await asyncpg.connect(dsn, server_settings={"jit": "off"})
    try:
        shown = {
            name: await connection.fetchval(f"show {name}")
            for name in ("jit", "server_encoding", "password_encryption", "timezone", "max_connections")
        }
        locale = await connection.fetchval("select datlocale from pg_database where datname = 'postgres'")
    finally:
        await connection.close()
    assert shown == {
        "jit": "off",
        "server_encoding": "UTF8",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "max_connections": "200",
    }
    assert locale == "C.UTF-8"
    assert postgres.psql("show jit") == "off\n"


async def test_lets_nobody_in_without_the_password(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.dsn("postgres", "wrong", "postgres"))


def test_listens_on_loopback_only(postgres: EmbeddedPostgres) -> None:
    assert listening_addresses([postgres.pid]) == {"127.0.0.1"}


def test_its_password_is_for_its_owner_alone(postgres: EmbeddedPostgres) -> None:
    files = [file for file in postgres.data_dir.iterdir() if "password" in file.name]
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_keeps_rows_and_port_across_restarts(server: EmbeddedPostgres, how: str) -> None:
    server.psql("create table kept (x int); insert into kept values (1)")
    port = server.port
    getattr(server, how)()
    assert not server.running
    server.start()
    assert server.psql("select x from kept") == "1\n"
    assert server.port == port


def test_takes_another_port_when_its_own_is_taken(server: EmbeddedPostgres) -> None:
    server.stop()
    with socket.create_server(("127.0.0.1", server.port)):
        taken = server.port
        server.start()
        assert server.port != taken
        assert urlsplit(server.dsn("u", "p", "d")).port == server.port


def test_starts_though_its_old_process_number_belongs_to_another_now(server: EmbeddedPostgres) -> None:
    server.kill()
    pid_file = server.data_dir / "pgdata" / "postmaster.pid"
    lines = pid_file.read_text().splitlines(keepends=True)
    pid_file.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
    server.start()
    assert server.psql("select 1") == "1\n"


def test_ends_a_server_that_was_left_behind_on_its_data(server: EmbeddedPostgres, process_group: ProcessGroup) -> None:
    server.psql("create table kept (x int)")
    with EmbeddedPostgres(server.data_dir, group=process_group, unsafe_fast=True) as successor:
        wait_until_gone([server.pid])
        assert successor.psql("select count(*) from kept") == "0\n"


def test_a_cluster_whose_making_was_interrupted_is_made_anew(tmp_path: Path, process_group: ProcessGroup) -> None:
    half = tmp_path / "pgdata.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path, group=process_group, unsafe_fast=True) as server:
        assert server.psql("select 1") == "1\n"


def test_says_why_it_does_not_start(server: EmbeddedPostgres) -> None:
    server.stop()
    (server.data_dir / "pgdata" / "global" / "pg_control").unlink()
    with pytest.raises(ProcessFailed, match="pg_control"):
        server.start()


def test_a_script_that_fails_says_so(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(ProcessFailed, match='relation "nothing" does not exist'):
        postgres.psql("select * from nothing")


@pytest.mark.parametrize("value", ["plain", "it's", "back\\slash", '$x :y "z"', "ünïcode"])
def test_script_variables_arrive_as_they_are(postgres: EmbeddedPostgres, value: str) -> None:
    assert postgres.psql("select :'word'", {"word": value}) == f"{value}\n"
