"""A local HTTP server that speaks the OpenAI protocol, with answers, latency and faults as the test wants them.

In a test:       async with OpenAIServer(answer=...) as server: ChatOpenAI(base_url=server.base_url, ...)
In a benchmark:  python -m tests.support.openai_server --port 0 --latency 1.0
                 prints {"base_url": ...} as one line, and ends on SIGTERM or at the end of its standard input.

It knows POST /v1/chat/completions (also as a stream), POST /v1/responses, GET /v1/models and GET /stats (its counts).
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import random
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

import uvloop

from tests.support.http_connection import (
    HttpConnection,
    HttpRequest,
    HttpResponse,
    ResetMidway,
    StreamedResponse,
)
from tests.support.leaks import LEAKS
from tests.support.openai_answers import answer_by_schema, messages_of
from tests.support.openai_faults import (
    Asked,
    Break,
    BreakOff,
    ErrorReply,
    FaultScript,
    Spoil,
    context_length_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)
from tests.support.openai_replies import (
    Counted,
    PrefixCache,
    chat_chunks,
    chat_completion,
    logprobs_of,
    prompt_of,
    request_error,
    response,
    say,
    tokens_in,
)

Answer = Callable[[dict[str, Any]], dict[str, Any] | str]
Tokens = Callable[[str], Sequence[tuple[bytes, float]]]
"""A reply's text as tokens: the bytes that each writes, and its log-probability."""
Latency = Callable[[int], float]
"""Seconds until the answer to the request with this index."""
Pace = Callable[[int, int], Awaitable[None]]
"""Waits before a chunk of a streamed reply: of the request with this index, the chunk with that one."""

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"


@dataclass(frozen=True, slots=True)
class Received:
    """One request to the model, as it arrived."""

    index: int
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]
    arrived: datetime
    in_flight: int
    """Requests being answered when it arrived, itself included."""


@dataclass(slots=True)
class Stats:
    """What the server has counted since it started."""

    requests: int = 0
    answered: int = 0
    """Replies with status 200."""
    in_flight: int = 0
    max_in_flight: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


def lognormal(median: float, sigma: float, seed: int = 0) -> Latency:
    """Latencies as of a real model: most near the median, a long tail; the seed and the index decide each."""
    return lambda index: random.Random(f"{seed}:{index}").lognormvariate(math.log(median), sigma)


class OpenAIServer:
    """The server; `async with` starts and stops it. It listens on 127.0.0.1 alone.

    What `answer` raises reaches the client as a 500 and the test at the end of the block, as an ExceptionGroup.
    """

    def __init__(
        self,
        answer: Answer = answer_by_schema,
        *,
        latency: float | Latency = 0.0,
        context_limit: int | None = None,
        api_key: str | None = None,
        thinking: int = 0,
        tokens: Tokens | None = None,
        pace: Pace | None = None,
        counts_streams: bool = True,
        keeps_limits: bool = True,
        port: int = 0,
        keep_requests: bool = True,
    ) -> None:
        """Describes a server.

        Args:
            answer: what the model says to a request's body; a dict is sent as JSON, a string as it is.
            latency: seconds until an answer; errors are sent at once.
            context_limit: tokens that the model reads; a longer prompt is refused with `context_length_exceeded`.
            api_key: the only key that is accepted; any when absent.
            thinking: tokens that the model thinks before each answer, which count against the reply's limit.
            tokens: gives the tokens of a reply to requests that want log-probabilities; none are given when absent.
            pace: waits before each chunk of a streamed reply; they come all at once when absent.
            counts_streams: whether streamed replies end with their usage where the request asks for it.
            keeps_limits: whether replies end at the limit of tokens that the request sets.
            port: 0 for a free one.
            keep_requests: whether `requests` is kept (not in a long benchmark).
        """
        self.answer = answer
        self.latency = latency
        self.context_limit = context_limit
        self.api_key = api_key
        self.thinking = thinking
        self.tokens = tokens
        self.pace = pace
        self.counts_streams = counts_streams
        self.keeps_limits = keeps_limits
        self.faults = FaultScript()
        self.stats = Stats()
        self.requests: list[Received] = []
        self._keep_requests = keep_requests
        self._port = port
        self._cache = PrefixCache()
        self._waiting: list[tuple[Callable[[Stats], bool], asyncio.Event]] = []
        self._failures: list[Exception] = []
        self._connections: set[HttpConnection] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: HttpConnection(self._handle, self._connections), "127.0.0.1", self._port, backlog=1024
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        assert self._server
        self._server.close()
        await asyncio.gather(*(connection.close() for connection in tuple(self._connections)))
        await self._server.wait_closed()
        if self._failures and exc_type is None:
            raise ExceptionGroup("the server could not answer", self._failures)

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    def reset(self) -> None:
        """Forgets requests, counts, faults and cached prompts; the next request has index 0."""
        self.faults.clear()
        self.requests.clear()
        self.stats = Stats(in_flight=self.stats.in_flight)
        self._cache = PrefixCache()

    async def until(self, holds: Callable[[Stats], bool]) -> None:
        """Waits until the counts are such that `holds`; put a time-out of your own round it."""
        if not holds(self.stats):
            happened = asyncio.Event()
            self._waiting.append((holds, happened))
            await happened.wait()

    def _counts_changed(self) -> None:
        for holds, happened in self._waiting:
            if holds(self.stats):
                happened.set()
        self._waiting = [waiting for waiting in self._waiting if not waiting[1].is_set()]

    async def _handle(self, request: HttpRequest) -> HttpResponse | StreamedResponse | None:
        """The response; None resets the connection."""
        match request.method, request.path:
            case "GET", "/v1/models":
                return _json(200, {"object": "list", "data": [_model("gpt-5-mini"), _model("gpt-4.1-mini")]})
            case "GET", "/stats":
                return _json(200, asdict(self.stats))
            case "POST", path if path in (CHAT, RESPONSES):
                return await self._answer_in_flight(request)
            case _:
                message = f"Invalid URL ({request.method} {request.path})"
                return _error(ErrorReply(404, message, "invalid_request_error"))

    async def _answer_in_flight(self, request: HttpRequest) -> HttpResponse | StreamedResponse | None:
        stats = self.stats
        stats.in_flight += 1
        stats.max_in_flight = max(stats.max_in_flight, stats.in_flight)
        self._counts_changed()
        try:
            return await self._answer(request)
        except Exception as error:  # noqa: BLE001 - a test's own `answer` may raise anything; it is raised at the end
            self._failures.append(error)
            return _error(ErrorReply(500, f"The test's answer failed: {error!r}", "server_error"))
        finally:
            # Not `stats`: a reset in the meantime has carried the count over.
            self.stats.in_flight -= 1
            self._counts_changed()

    async def _answer(self, request: HttpRequest) -> HttpResponse | StreamedResponse | None:
        index = self.stats.requests
        self.stats.requests += 1
        try:
            body = json.loads(request.body)
        except ValueError:
            return _error(ErrorReply(400, "We could not parse the JSON body of your request.", "invalid_request_error"))
        self._record(index, request, body)
        fault = self.faults.fault_for(Asked(index, body, request.headers))
        error = fault if isinstance(fault, ErrorReply) else self._refusal_of(request, body)
        if error:
            return _error(error)
        if fault is Break.RESET:
            return None
        if fault is Break.NEVER_ANSWER:
            await asyncio.Event().wait()
        return await self._reply(index, request.path, body, fault if isinstance(fault, Spoil | BreakOff) else None)

    def _record(self, index: int, request: HttpRequest, body: dict[str, Any]) -> None:
        if self._keep_requests:
            now = datetime.now(UTC)
            self.requests.append(Received(index, request.path, request.headers, body, now, self.stats.in_flight))

    def _refusal_of(self, request: HttpRequest, body: dict[str, Any]) -> ErrorReply | None:
        if self.api_key is not None and request.headers.get("authorization") != f"Bearer {self.api_key}":
            return unauthorized()
        error = request_error(body)
        if error is None and self.context_limit is not None:
            tokens = tokens_in(prompt_of(body))
            if tokens > self.context_limit:
                return context_length_exceeded(body["model"], self.context_limit, tokens)
        return error

    async def _reply(
        self, index: int, path: str, body: dict[str, Any], fault: Spoil | BreakOff | None
    ) -> HttpResponse | StreamedResponse:
        prompt = prompt_of(body)
        for text in messages_of(body):
            LEAKS.show(text)
        cached = self._cache.cached_tokens(prompt)
        spoil = fault if isinstance(fault, Spoil) else None
        said = say(body, self.answer(body), spoil, self.thinking, is_limited=self.keeps_limits)
        latency = self.latency(index) if callable(self.latency) else self.latency
        if latency > 0:
            await asyncio.sleep(latency)
        self._cache.add(prompt)
        usage = Counted(tokens_in(prompt), cached, tokens_in(said.content) + said.thought, said.thought)
        self._count(usage)
        created = int(datetime.now(UTC).timestamp())
        if path == RESPONSES:
            return _json(200, response(f"{index:08}", body, said, usage, created))
        whole = chat_completion(f"{index:08}", body, said, usage, created)
        if body.get("logprobs") and self.tokens is not None and said.tool is None:
            whole["choices"][0]["logprobs"] = logprobs_of(self.tokens(said.content))
        if not body.get("stream"):
            return _json(200, whole)
        return StreamedResponse(self._chunks(index, whole, body, fault if isinstance(fault, BreakOff) else None))

    async def _chunks(
        self, index: int, whole: dict[str, Any], body: dict[str, Any], fault: BreakOff | None
    ) -> AsyncIterator[bytes]:
        """The events of a streamed reply, each in its time, as far as the fault lets them come."""
        with_usage = self.counts_streams and bool((body.get("stream_options") or {}).get("include_usage"))
        chunks = list(chat_chunks(whole, with_usage=with_usage))
        for number, chunk in enumerate(chunks):
            if fault is not None and number == len(chunks) // 2:
                if (last := await _broken_off(fault)) is not None:
                    yield last
                return
            if self.pace is not None:
                await self.pace(index, number)
            yield _event(json.dumps(chunk, ensure_ascii=False))
        yield _event("[DONE]")

    def _count(self, usage: Counted) -> None:
        self.stats.answered += 1
        self.stats.prompt_tokens += usage.prompt
        self.stats.cached_tokens += usage.cached
        self.stats.completion_tokens += usage.completion


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "tests"}


def _json(status: int, body: dict[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> HttpResponse:
    return HttpResponse(status, json.dumps(body, ensure_ascii=False).encode(), headers=headers)


def _error(error: ErrorReply) -> HttpResponse:
    return _json(error.status, error.body(), error.headers)


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


async def _broken_off(fault: BreakOff) -> bytes | None:
    """What comes in the middle of a stream, if it still ends by itself."""
    if fault is BreakOff.RESET:
        raise ResetMidway
    if fault is BreakOff.SILENCE:
        await asyncio.Event().wait()
    if fault is BreakOff.ERROR:
        return _event(json.dumps(ErrorReply(503, "The server is overloaded.", "server_error").body()))
    return None


async def _serve(server: OpenAIServer) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def wait_for_end_of_input() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop may be gone already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_end_of_input, daemon=True).start()
    async with server:
        sys.stdout.write(json.dumps({"base_url": server.base_url}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Runs a server that answers by schema, for benchmarks."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds until an answer, or their median")
    parser.add_argument("--latency-sigma", type=float, default=0.0, help="spread of a log-normal latency")
    parser.add_argument("--context-limit", type=int, help="tokens")
    parser.add_argument("--fault-rate", type=float, default=0.0, help="0..1: 429, 500, no answer, broken JSON")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    latency: float | Latency = options.latency
    if options.latency_sigma and options.latency:
        latency = lognormal(options.latency, options.latency_sigma, options.seed)
    server = OpenAIServer(latency=latency, context_limit=options.context_limit, port=options.port, keep_requests=False)
    faults = (rate_limited(), server_error(), Break.NEVER_ANSWER, Spoil.BROKEN_JSON)
    server.faults.at_rate(options.fault_rate, *faults, seed=options.seed)
    uvloop.run(_serve(server))


if __name__ == "__main__":
    main()
