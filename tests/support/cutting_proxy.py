"""A proxy that breaks connections in the middle of an answer: what a bad line does to a download."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK = 1024


@dataclass
class CuttingProxy:
    """One that is running."""

    target: tuple[str, int]
    url: str = ""
    cuts: list[int] = field(default_factory=list)
    """For each further download: after how many bytes of its answer, head included, the connection is reset."""
    requests: list[bytes] = field(default_factory=list)
    """The heads of the downloads that were asked for."""

    def serve(self, listening: socket.socket) -> None:
        """Until the socket is closed."""
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=self._connection, args=(client,), daemon=True).start()

    def _connection(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.target) as server:
            threading.Thread(target=self._answers, args=(server, client), daemon=True).start()
            with suppress(OSError):
                while data := client.recv(65536):
                    if b"/download" in data.partition(b"\r\n")[0]:
                        self.requests.append(data)
                    server.sendall(data)

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        begun, sent = len(self.requests), 0
        with suppress(OSError):
            while data := server.recv(_CHUNK):
                if len(self.requests) > begun:
                    begun, sent = len(self.requests), 0
                client.sendall(data)
                sent += len(data)
                if begun and self.cuts and sent >= self.cuts[0]:
                    self.cuts.pop(0)
                    client.shutdown(socket.SHUT_RDWR)
                    return


@contextmanager
def cutting(url: str) -> Iterator[CuttingProxy]:
    """A proxy before the server at this URL."""
    parts = urlsplit(url)
    proxy = CuttingProxy((parts.hostname or "", parts.port or 80))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        threading.Thread(target=proxy.serve, args=(listening,), daemon=True).start()
        yield proxy
        listening.shutdown(socket.SHUT_RDWR)
