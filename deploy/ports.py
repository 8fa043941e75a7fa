"""Free TCP ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

_CANDIDATES = range(20_000, 32_768)
"""Below the ports that systems hand to outgoing connections (Linux 32768+, macOS 49152+): a client that keeps trying
to reach a stopped server could be given that very port, connect to itself, and keep the server from coming back."""
_reserved: set[int] = set()
"""The ports that this process has chosen; what keeps others from choosing them are the UDP ports of the same numbers.

A server that is to listen on a port binds it seconds after it was chosen, and nothing that is bound to a TCP port can
keep others away without keeping that server away too. A UDP port has one owner, and is free again when that ends.
"""


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
    """The preferred port if it is free, else another free one that is not in `taken`.

    As long as this process lives, nobody else gets the port from this function; the process itself only as a preferred
    one.
    """
    if preferred and is_free(preferred) and (preferred in _reserved or _reserve(preferred)):
        return preferred
    candidates = random.sample(_CANDIDATES, len(_CANDIDATES))
    return next(port for port in candidates if port not in taken and is_free(port) and _reserve(port))


def _reserve(port: int) -> bool:
    """Whether the port is this process's from now on: neither another has reserved it, nor this one before."""
    if port in _reserved:
        return False
    holder = socket.socket(type=socket.SOCK_DGRAM)
    try:
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        return False
    holder.detach()  # open until the process ends
    _reserved.add(port)
    return True
