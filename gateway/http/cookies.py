"""The cookie by which a browser stays signed in: what it is called, how it is set, and which requests it counts for.

A browser adds cookies to what any page has it send. So the cookie counts only for requests of pages of the own origin:
browsers say so in Sec-Fetch-Site, and where they send none (by http to another machine, or old ones) in Origin; pages
can set neither (https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from coderai.gateway.accounts.browser_sessions import Cookie
from coderai.gateway.origins import is_of_host, is_origin
from coderai.kit.errors import Forbidden

NAME = "coderai_session"
TLS_NAME = f"__Host-{NAME}"
"""Browsers take it over TLS alone, and from no other host of the domain (RFC 6265bis, 4.1.3.2)."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossOriginRequest(Forbidden):
    """A sign-in by cookie counts for pages of this address alone: others send an access token, or a ticket."""


def secret_of(headers: Headers, *, is_tls: bool) -> str:
    """The secret that a request's cookie has; empty when it has none."""
    return cookie_parser(headers.get("cookie", "")).get(TLS_NAME if is_tls else NAME, "")


def must_be_same_origin(kind: str, method: str, headers: Headers, *, is_tls: bool) -> None:
    """Refuses what a page of another origin may have sent; `kind` is the ASGI scope's, "http" or "websocket".

    What a person opens by its address is no page's (Sec-Fetch-Site: none), and may read.

    Raises:
        CrossOriginRequest
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_safe = kind == "http" and method in _SAFE
    is_own = _is_own(origin, headers.get("host", ""), is_tls=is_tls) if origin is not None else None
    if kind == "websocket":
        allowed = is_own is True and site in (None, "same-origin")
    elif site is not None:
        allowed = site == "same-origin" or (site == "none" and is_safe)
    else:
        allowed = is_own is True or (is_own is None and is_safe)
    if not allowed:
        raise CrossOriginRequest()


def _is_own(origin: str, host: str, *, is_tls: bool) -> bool:
    # Without TLS as far as is known, a proxy may still speak it to the browser.
    speaks = not is_tls or urlsplit(origin).scheme == "https"
    return speaks and is_origin(origin) and is_of_host(origin, host)


def set_cookie(cookie: Cookie, *, is_tls: bool) -> str:
    """The header Set-Cookie that has a browser keep a cookie."""
    return _header(cookie.secret, cookie.seconds, is_tls=is_tls)


def clear_cookie(*, is_tls: bool) -> str:
    """The header Set-Cookie that has a browser forget the cookie."""
    return _header("", 0, is_tls=is_tls)


def _header(value: str, seconds: int, *, is_tls: bool) -> str:
    answer = Response()
    name = TLS_NAME if is_tls else NAME
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=is_tls, httponly=True, samesite="strict")
    return answer.headers["set-cookie"]
