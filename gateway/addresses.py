"""Tells from which address a call comes, and which share of the limits that address has."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote

UNKNOWN = "unknown"
"""Where a call comes from whose connection has no address, as over a Unix socket."""
_Address = IPv4Address | IPv6Address


class Addresses:
    """Knows the proxies whose word is taken for where a call comes from."""

    def __init__(self, proxies: Sequence[str] = ()) -> None:
        """`proxies` are addresses or networks, as in 10.0.0.0/8.

        Raises:
            ValueError: one of them is neither.
        """
        self._proxies = [ip_network(proxy.strip(), strict=False) for proxy in proxies]

    def is_proxy(self, peer: str) -> bool:
        """Whether a connection comes from a proxy: one address that many callers share."""
        address = _parsed(peer)
        return address is not None and any(address in network for network in self._proxies)

    def caller(self, peer: str, forwarded_for: str = "") -> str:
        """The caller's address: the peer's, or what the proxies in a row from the peer on say in X-Forwarded-For.

        An IPv6 address stands for its /64, which is one subscriber's (RFC 6177).
        """
        seen = peer
        for said in reversed(forwarded_for.split(",")) if forwarded_for else ():
            if not self.is_proxy(seen) or _parsed(said) is None:
                break
            seen = said
        address = _parsed(seen)
        if isinstance(address, IPv6Address):
            return str(IPv6Network((address, 64), strict=False))
        return str(address) if address else UNKNOWN


def grpc_peer(peer: str) -> str:
    """The address in how gRPC writes a peer: "ipv4:127.0.0.1:4711", "ipv6:%5B::1%5D:4711"."""
    kind, _, rest = peer.partition(":")
    return unquote(rest).rpartition(":")[0].strip("[]") if kind in ("ipv4", "ipv6") else ""


def _parsed(text: str) -> _Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
