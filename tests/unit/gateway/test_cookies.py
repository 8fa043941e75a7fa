"""The cookie of browsers: what it is called and how it is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import Headers

from coderai.gateway.accounts.browser_sessions import Cookie, Lifetimes
from coderai.gateway.http.cookies import CrossOriginRequest, clear_cookie, must_be_same_origin, secret_of, set_cookie

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_it_is_set_for_this_host_and_no_script() -> None:
    assert set_cookie(Cookie("s3cret", 60), is_tls=False).startswith("coderai_session=s3cret; HttpOnly; ")
    for is_tls in (False, True):
        for header in (set_cookie(Cookie("s3cret", 60), is_tls=is_tls), clear_cookie(is_tls=is_tls)):
            parts = header.split("; ")
            assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(parts)
            assert ("Secure" in parts) == is_tls == header.startswith("__Host-")
            assert "Domain" not in header


def test_over_tls_a_cookie_without_the_prefix_is_none() -> None:
    sent = Headers({"cookie": "coderai_session=plain; __Host-coderai_session=secure; other=x"})

    assert secret_of(sent, is_tls=True) == "secure"
    assert secret_of(sent, is_tls=False) == "plain"
    assert secret_of(Headers({}), is_tls=False) == ""


@pytest.mark.parametrize("host", ["app.example.org", "app.example.org:8443", "[::1]:8080", "APP.example.org"])
def test_an_origin_is_the_hosts_own_with_its_port(host: str) -> None:
    must_be_same_origin("http", "POST", Headers({"host": host, "origin": f"http://{host.lower()}"}), is_tls=False)
    for origin in (f"http://{host.lower()}1", f"http://x.{host.lower()}", host, "http://", "null"):
        with pytest.raises(CrossOriginRequest):
            must_be_same_origin("http", "POST", Headers({"host": host, "origin": origin}), is_tls=False)


def test_over_tls_a_page_without_it_is_another_origin() -> None:
    plain = Headers({"host": "app.example.org", "origin": "http://app.example.org"})

    must_be_same_origin("http", "POST", plain, is_tls=False)
    with pytest.raises(CrossOriginRequest):
        must_be_same_origin("http", "POST", plain, is_tls=True)


def test_a_session_ends_after_its_last_use_and_after_its_longest_time() -> None:
    lifetimes = Lifetimes(idle=7 * DAY, longest=30 * DAY)

    assert lifetimes.end(NOW, NOW) == NOW + 7 * DAY
    assert lifetimes.end(NOW, NOW + 29 * DAY) == NOW + 30 * DAY
    assert lifetimes.renew_every == timedelta(minutes=15)
    assert Lifetimes(idle=HOUR / 2, longest=DAY).renew_every < timedelta(minutes=8)
