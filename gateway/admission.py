"""Who is let in, and how much they may ask for: by address before it is known who calls, by caller after that."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from coderai.gateway.addresses import Addresses
from coderai.gateway.open_calls import OpenCalls
from coderai.gateway.rates import Rates
from coderai.kit.identity import Identity


@dataclass(frozen=True, slots=True)
class Admission:
    """The limits of one gateway, over HTTP and gRPC together."""

    addresses: Addresses
    address_rate: Rates
    caller_rate: Rates
    streams: OpenCalls
    """By caller."""
    strangers: OpenCalls
    """Calls by address, of whoever."""
    hosts: Sequence[str] = ()
    """The names under which the installation is reached; all when empty."""
    is_behind_tls: bool = False

    def is_host(self, header: str) -> bool:
        """Whether a Host header names this installation."""
        name = header.rpartition("]")[0] + "]" if header.startswith("[") else header.partition(":")[0]
        return not self.hosts or name.lower() in self.hosts

    def is_tls(self, peer: str, forwarded_proto: str) -> bool:
        """Whether a request came over TLS: by the setting, or because a trusted proxy says so in X-Forwarded-Proto."""
        return self.is_behind_tls or (forwarded_proto.strip().lower() == "https" and self.addresses.is_proxy(peer))

    async def of_address(self, address: str) -> None:
        """Counts a request of whoever is at that address.

        Raises:
            TooManyRequests
        """
        await self.address_rate.take(address)

    async def of_caller(self, caller: Identity) -> None:
        """Counts a request of a caller.

        Raises:
            TooManyRequests
        """
        await self.caller_rate.take(_key(caller))

    def stream(self, caller: Identity) -> AbstractContextManager[None]:
        """Counts a caller's event stream or gRPC call as open while the block runs.

        Raises:
            TooManyOpen
        """
        return self.streams.hold(_key(caller))

    def call(self, address: str) -> AbstractContextManager[None]:
        """Counts a gRPC call of whoever is at that address as open while the block runs; raises as `stream`."""
        return self.strangers.hold(address)


def _key(caller: Identity) -> str:
    return str(caller.user_id or caller.workspace_id)
