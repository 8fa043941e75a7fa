"""Tells browsers which pages of other origins may call the API (CORS), and the operator which ones were refused."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from coderai.gateway.http.edge import CORRELATION_HEADER, TRACE_HEADER
from coderai.gateway.http.tus import SENT as SENT_BY_TUS
from coderai.gateway.http.tus import TOLD as TOLD_BY_TUS
from coderai.gateway.origins import is_of_host, is_origin

log = structlog.get_logger()

SETTING = "CODERAI_GATEWAY_CORS_ORIGINS"
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Range",
    "Last-Event-ID",
    "Range",
    "traceparent",
    CORRELATION_HEADER,
    *SENT_BY_TUS,
)
"""Headers of requests that are the API's own business."""
READ = (
    "Accept-Ranges",
    "Allow",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Retry-After",
    "WWW-Authenticate",
    CORRELATION_HEADER,
    TRACE_HEADER,
    *TOLD_BY_TUS,
)
"""Headers of answers that a page's script may read."""
_MOST_TOLD = 100
"""Refused origins that the log tells of: a stranger can make up any number."""


class Browsers(CORSMiddleware):
    """Allows exact origins, and no credentials but what a script sends itself: no cookie (gateway.http.cookies)."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=frozenset(origins),
            allow_methods=METHODS,
            allow_headers=SENT,
            allow_private_network=True,  # of a named origin: it may stand on the web and the API in an office
            expose_headers=READ,
        )
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._tell_of_refused(Headers(scope=scope))
        await super().__call__(scope, receive, send)

    def _tell_of_refused(self, headers: Headers) -> None:
        """Logs an origin that is not let in, once."""
        origin = headers.get("origin", "")
        if not is_origin(origin) or self.is_allowed_origin(origin) or is_of_host(origin, headers.get("host", "")):
            return
        if origin not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(origin)
            log.warning(
                "origin_refused", origin=origin, hint=f"{SETTING} names the origins whose pages may call the API"
            )
