"""Free TCP ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

_CANDIDATES = range(20_000, 32_768)
"""Below the ports that systems hand to outgoing connections (Linux 32768+, macOS 49152+): a client that keeps trying
to reach a stopped server could be given that very port, connect to itself, and keep the server from coming back."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on host:port now (host: an IPv4 address, a name, or empty for all addresses)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None, taken: Iterable[int] = ()) -> int:
    """The preferred port if it is free, else another free one that is not in `taken`."""
    if preferred and is_free(preferred):
        return preferred
    return next(port for port in random.sample(_CANDIDATES, len(_CANDIDATES)) if port not in taken and is_free(port))
