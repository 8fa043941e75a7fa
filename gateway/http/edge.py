"""What happens around every HTTP request: correlation id, headers, metrics, one access line, no error unanswered."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coderai.gateway.http.problems import internal_error

log = structlog.get_logger()

REQUESTS = Counter("coderai_http_requests_total", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram("coderai_http_seconds", "Time to answer an HTTP request, streams included", ["method", "route"])
CORRELATION_HEADER = "X-Correlation-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = frozenset({"/health/live", "/health/ready", "/metrics"})
"""What machines ask for every few seconds; not worth a line each."""


def correlation_id(sent: str | None) -> str:
    """The caller's own correlation id when it is sane (up to 64 of letters, digits, `.`, `_`, `-`), else a new one."""
    return sent if sent and _SANE.fullmatch(sent) else str(uuid4())


class Edge:
    """ASGI middleware around the whole API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        identifier = correlation_id(Headers(scope=scope).get(CORRELATION_HEADER))
        scope.setdefault("state", {})["correlation_id"] = identifier
        with structlog.contextvars.bound_contextvars(correlation_id=identifier):
            await _Exchange(scope, identifier).run(self._app, receive, send)
        return None


class _Exchange:
    """One request and its answer, or one WebSocket connection."""

    def __init__(self, scope: Scope, identifier: str) -> None:
        self._scope = scope
        self._identifier = identifier
        self._started = time.monotonic()
        self._status = 0

    async def run(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                self._mark(MutableHeaders(scope=message))
            await send(message)

        try:
            await app(self._scope, receive, send_marked)
        except ClientDisconnect:
            return
        except Exception:
            log.exception("request_failed")
            if self._status or self._scope["type"] != "http":
                raise
            await internal_error(self._identifier)(self._scope, receive, send_marked)
        finally:
            self._account()

    def _mark(self, headers: MutableHeaders) -> None:
        headers[CORRELATION_HEADER] = self._identifier
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Cache-Control", "no-store")

    def _account(self) -> None:
        """Status 0 stands for a client that left before the answer, and for WebSockets."""
        method = self._scope.get("method", "WEBSOCKET")
        route = getattr(self._scope.get("route"), "path", "unmatched")
        seconds = time.monotonic() - self._started
        REQUESTS.labels(method, route, self._status).inc()
        SECONDS.labels(method, route).observe(seconds)
        if route not in _QUIET:
            milliseconds = round(seconds * 1000, 1)
            log.info("request", method=method, path=self._scope["path"], status=self._status, ms=milliseconds)
