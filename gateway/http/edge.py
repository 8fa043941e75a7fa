"""What happens around every HTTP request: limits, correlation id, headers, metrics, one access line, an answer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from http import HTTPStatus
from uuid import uuid4

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from coderai.gateway.addresses import UNKNOWN
from coderai.gateway.admission import Admission
from coderai.gateway.http.problems import MEDIA_TYPE, bare_problem, internal_error, named_error
from coderai.kit import telemetry, tracing
from coderai.kit.errors import CoderAIError

log = structlog.get_logger()

REQUESTS = Counter("coderai_http_requests_total", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram("coderai_http_seconds", "Time to answer an HTTP request, streams included", ["method", "route"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})
"""Those that metrics name; whatever else a client makes up is "other"."""
UNMATCHED = "unmatched"
"""The route of what fits none."""
CORRELATION_HEADER = "X-Correlation-Id"
TRACE_HEADER = "X-Trace-Id"
"""Of an answer to a request that is traced. Not traceparent, which W3C defines for requests alone."""
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer tells browsers (OWASP HTTP Headers Cheat Sheet)."""
_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of an answer that brings none of its own."""
_TLS_ONLY = "max-age=31536000; includeSubDomains"
_QUIET = frozenset({"/health/live", "/health/ready"})
"""What machines ask for every few seconds, by the address of the process: not worth a line each, and never limited."""


def correlation_id(sent: str | None) -> str:
    """The caller's own correlation id when it is sane (up to 64 of letters, digits, `.`, `_`, `-`), else a new one."""
    return sent if sent and _SANE.fullmatch(sent) else str(uuid4())


def expect_requests(routes: Iterable[BaseRoute]) -> None:
    """Counts, from zero, how each route may end: as declared, and by a fault of ours or of what is behind it."""
    for route in routes:
        declared = getattr(route, "status_code", None) or HTTPStatus.OK
        methods = METHODS & (getattr(route, "methods", None) or set())
        telemetry.expect(REQUESTS, methods, [getattr(route, "path", UNMATCHED)], (int(declared), 500, 503))


class Edge:
    """ASGI middleware around the whole API."""

    def __init__(self, app: ASGIApp, admission: Admission | None) -> None:
        """`admission`: None to let all in."""
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        identifier = correlation_id(headers.get(CORRELATION_HEADER))
        peer = scope["client"][0] if scope.get("client") else ""
        address = (
            self._admission.addresses.caller(peer, headers.get("x-forwarded-for", "")) if self._admission else peer
        )
        scope.setdefault("state", {}).update(correlation_id=identifier, address=address or UNKNOWN)
        with structlog.contextvars.bound_contextvars(correlation_id=identifier):
            await _Exchange(scope, identifier, self._admission).run(self._app, receive, send)
        return None


class _Exchange:
    """One request and its answer, or one WebSocket connection."""

    def __init__(self, scope: Scope, identifier: str, admission: Admission | None) -> None:
        self._scope = scope
        self._identifier = identifier
        self._admission = admission
        self._started = time.monotonic()
        self._status = 0
        self._span = tracing.NO_SPAN

    async def run(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                self._mark(MutableHeaders(scope=message))
            await send(message)

        if self._scope["path"] not in _QUIET:
            # A stranger's trace is linked to, not gone on with: whether to record is not for strangers to say.
            sent = Headers(scope=self._scope).get("traceparent", "")
            self._span = tracing.begin(self._method, SpanKind.SERVER, link=sent)
        try:
            with tracing.inside(self._span):
                await self._answer(app, receive, send_marked)
        finally:
            self._end_span()

    async def _answer(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        try:
            refusal = await self._refusal()
            await (refusal or app)(self._scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            tracing.note_failure(self._span, error)
            log.exception("request_failed")
            if self._status or self._scope["type"] != "http":
                raise
            await internal_error(self._identifier)(self._scope, receive, send)
        finally:
            self._account()

    @property
    def _method(self) -> str:
        return str(self._scope.get("method", "WEBSOCKET"))

    @property
    def _route(self) -> str:
        return str(getattr(self._scope.get("route"), "path", UNMATCHED))

    def _end_span(self) -> None:
        """Says of the span what is known at the end: https://opentelemetry.io/docs/specs/semconv/http/http-spans/."""
        span = self._span
        span.update_name(f"{self._method} {self._route}")
        span.set_attributes(
            {
                "http.request.method": self._method,
                "http.route": self._route,
                "coderai.correlation_id": self._identifier,
            }
        )
        if self._status:
            span.set_attribute("http.response.status_code", self._status)
        span.end()

    async def _refusal(self) -> ASGIApp | None:
        """The answer to a request that is not let in."""
        admission = self._admission
        if admission is None or self._scope["path"] in _QUIET:
            return None
        try:
            if not admission.is_host(Headers(scope=self._scope).get("host", "")):
                status = HTTPStatus.MISDIRECTED_REQUEST
                response: ASGIApp = Response(bare_problem(status, self._identifier), status, media_type=MEDIA_TYPE)
            else:
                await admission.of_address(self._scope["state"]["address"])
                return None
        except CoderAIError as error:
            response = named_error(error, self._identifier)
        return response if self._scope["type"] == "http" else WebSocketClose(code=1013)

    def _mark(self, headers: MutableHeaders) -> None:
        headers[CORRELATION_HEADER] = self._identifier
        if trace_id := tracing.trace_id(self._span):
            headers[TRACE_HEADER] = trace_id
        for name, value in SECURITY_HEADERS.items():
            headers[name] = value
        headers.setdefault("Content-Security-Policy", _POLICY)
        if self._admission is not None and self._admission.is_behind_tls:
            headers["Strict-Transport-Security"] = _TLS_ONLY
        headers.setdefault("Cache-Control", "no-store")
        if cookie := self._scope["state"].get("set_cookie"):
            headers.append("Set-Cookie", cookie)

    def _account(self) -> None:
        """Status 0 stands for a client that left before the answer, and for WebSockets."""
        method, route = self._method, self._route
        seconds = time.monotonic() - self._started
        named = method if method in METHODS else "other"
        REQUESTS.labels(named, route, self._status).inc(1, telemetry.exemplar())
        SECONDS.labels(named, route).observe(seconds, telemetry.exemplar())
        if route not in _QUIET:
            milliseconds = round(seconds * 1000, 1)
            # Not the path: where there is no route it is whatever a stranger writes, and else the ids are bound.
            log.info("request", method=method, route=route, status=self._status, ms=milliseconds)
