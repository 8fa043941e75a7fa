"""Where a call comes from: the connection, unless a proxy that is trusted says otherwise."""

from __future__ import annotations

import pytest

from coderai.gateway.addresses import UNKNOWN, Addresses, grpc_peer


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "caller"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "192.0.2.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.1.2.3", "192.0.2.1, nonsense", "10.1.2.3"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        ("", "203.0.113.9", UNKNOWN),
    ],
)
def test_a_proxys_word_is_taken_and_nobody_elses(peer: str, forwarded_for: str, caller: str) -> None:
    assert Addresses(["10.0.0.0/8"]).caller(peer, forwarded_for) == caller


def test_no_proxy_is_trusted_that_was_not_named() -> None:
    assert Addresses().caller("127.0.0.1", "203.0.113.9") == "127.0.0.1"
    with pytest.raises(ValueError, match="here"):
        Addresses(["here"])


@pytest.mark.parametrize(
    ("peer", "address"),
    [("ipv4:127.0.0.1:4711", "127.0.0.1"), ("ipv6:%5B2001:db8::1%5D:4711", "2001:db8::1"), ("unix:/run/x", "")],
)
def test_a_grpc_peer_is_read(peer: str, address: str) -> None:
    assert grpc_peer(peer) == address
