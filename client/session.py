"""HTTP with a user signed in: tokens renewed, passing faults retried, refusals raised as ApiError."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx

from coderai.client.errors import ApiError, ConnectionFailed

_RETRY_DELAYS = (0.25, 0.5, 1.0, 2.0)
_LONGEST_RETRY_AFTER = 30.0
PASSING = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Statuses after which the same request may succeed in a moment."""


class TokenAuth(httpx.Auth):
    """Sends the access token; when that has expired gets another, by the refresh token or else the password."""

    def __init__(self, base: httpx.URL, token: str = "") -> None:
        """`token`: an access token or API key that someone else gave out; it is not renewed."""
        self._base = base
        self._access = token
        self._refresh = ""
        self._credentials: Mapping[str, str] = {}
        self._lock = threading.RLock()

    def signed_in(self, tokens: Mapping[str, Any], credentials: Mapping[str, str]) -> None:
        """Keeps what register or login answered, and what to sign in with again."""
        self._access, self._refresh = tokens["access_token"], tokens.get("refresh_token", "")
        self._credentials = credentials

    def password_changed(self, password: str) -> None:
        """Signs in with another password from now on."""
        if self._credentials:
            self._credentials = {**self._credentials, "password": password}

    def signed_out(self) -> None:
        """Forgets the tokens, and what to sign in with again."""
        self._access = self._refresh = ""
        self._credentials = {}

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sends the request; if it is answered 401 and there is a way to a new token, sends it again with that."""
        used = self._authorise(request)
        response = yield request
        if response.status_code != HTTPStatus.UNAUTHORIZED or "/auth/" in request.url.path:
            return
        with self._lock:
            if used == self._access:  # else another thread has renewed it meanwhile
                yield from self._renew()
        if self._authorise(request) != used:
            yield request

    def _authorise(self, request: httpx.Request) -> str:
        token = self._access
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return token

    def _renew(self) -> Generator[httpx.Request, httpx.Response, None]:
        refresh = ("auth/refresh", {"refresh_token": self._refresh})
        for path, body in (refresh, ("auth/login", self._credentials)):
            if all(body.values()) and body:
                response = yield httpx.Request("POST", self._base.join(path), json=dict(body))
                response.read()
                if response.is_success:
                    self.signed_in(response.json(), self._credentials)
                    return


class Session:
    """Requests to one installation's /v1."""

    def __init__(self, url: str, *, token: str = "", timeout: float = 60.0) -> None:
        """`url`: the installation's address, without /v1; `timeout`: seconds without a byte."""
        base = httpx.URL(url.rstrip("/").removesuffix("/v1") + "/v1/")
        self.auth = TokenAuth(base, token)
        self.http = httpx.Client(base_url=base, auth=self.auth, timeout=httpx.Timeout(timeout, connect=10.0))

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The JSON at a path; parameters that are None or empty are left out."""
        return self.request("GET", path, params={k: v for k, v in params.items() if v not in (None, "")}).json()

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, at_least: float = 0.0) -> Any:
        """The JSON answer to a POST of JSON; `at_least`: seconds it is waited for, where the usual ones are fewer."""
        usual = self.http.timeout.as_dict()
        waits = httpx.Timeout(**usual | {"read": max(at_least, usual["read"] or 0.0)})
        return self.request("POST", path, json=dict(body or {}), timeout=waits).json()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Sends a request, again after a passing fault; a POST carries a key by which the API does it only once.

        Raises:
            ApiError: the API refused it.
            ConnectionFailed: nothing answered.
        """
        if method == "POST":
            options["headers"] = {"Idempotency-Key": str(uuid4())} | options.get("headers", {})
        for delay in (*_RETRY_DELAYS, None):
            try:
                response = self.http.request(method, path, **options)
            except httpx.TransportError as error:
                if delay is None:
                    raise self._unreachable(error) from error
            else:
                if response.is_success:
                    return response
                delay = _pause_before_retry(response, delay)
                if delay is None:
                    raise ApiError.from_response(response)
            time.sleep(delay)
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str] | None = None) -> Generator[httpx.Response, None, None]:
        """The answer to a GET, its body to be read as it arrives.

        Raises:
            ApiError: the API refused it.
            httpx.TransportError: the connection broke.
        """
        with self.http.stream("GET", path, headers=dict(headers or {})) as response:
            if not response.is_success:
                response.read()
                raise ApiError.from_response(response)
            yield response

    def _unreachable(self, error: httpx.TransportError) -> ConnectionFailed:
        return ConnectionFailed(f"no answer from {self.http.base_url}: {str(error) or type(error).__name__}")


def only_if(etag: str | None) -> dict[str, str]:
    """The header by which something is done only while that is what there is; none for None."""
    return {} if etag is None else {"If-Match": etag}


def _pause_before_retry(response: httpx.Response, usual: float | None) -> float | None:
    """Seconds to wait before the next try; None when there is none left, or it would not help soon."""
    if usual is None or response.status_code not in PASSING:
        return None
    asked = response.headers.get("retry-after", "")
    if not asked.isdigit():
        return usual
    return float(asked) if float(asked) <= _LONGEST_RETRY_AFTER else None
