"""A registered user of a running stack, with plain HTTP calls."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.support.documented import check, must_be_update
from tests.support.leaks import LEAKS


class Tenant:
    """A user in a workspace of their own."""

    def __init__(self, url: str, name: str = "user") -> None:
        self.http = httpx.Client(base_url=url, timeout=60, event_hooks={"response": [check]})
        credentials = {"email": f"{name}-{uuid4()}@example.org", "password": "correct horse battery"}
        self.http.post("/v1/auth/register", json=credentials).raise_for_status()
        token = self.http.post("/v1/auth/login", json=credentials).raise_for_status().json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def post(self, path: str, body: Any = None) -> Any:
        if body and path.endswith("/documents"):
            LEAKS.show(body.get("text", ""))
        return self.http.post(f"/v1/{path}", json=body if body is not None else {}).raise_for_status().json()

    def get(self, path: str) -> Any:
        return self.http.get(f"/v1/{path}").raise_for_status().json()

    def all(self, path: str) -> Iterator[Any]:
        """Every item of a list, page by page."""
        token = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}page_size=200&page_token={token}")
            yield from page["items"]
            token = page["next_page_token"]
            if not token:
                return

    def follow(self, job_id: str, after: int = 0) -> Iterator[Any]:
        """A job's events after a sequence number, to the end of its stream."""
        return self._events(f"/v1/jobs/{job_id}/events", after)

    def follow_message(self, message_id: str, after: int = 0) -> Iterator[Any]:
        """A reply's parts after a sequence number, and what it has become."""
        return self._events(f"/v1/messages/{message_id}/events", after)

    def _events(self, path: str, after: int) -> Iterator[Any]:
        with self.http.stream("GET", path, headers={"Last-Event-ID": str(after)}) as events:
            for line in _lines(events):
                if line.startswith("data:"):
                    update = json.loads(line.removeprefix("data:"))
                    must_be_update(path, update)
                    yield update


def _lines(response: httpx.Response) -> Iterator[str]:
    """The lines of a stream, which other signs than line feeds do not end, as those that iter_lines takes for ends."""
    rest = ""
    for text in response.iter_text():
        *lines, rest = (rest + text).split("\n")
        yield from lines


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Asks again and again until it holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.1)
