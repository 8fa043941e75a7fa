"""Sends a request's small files to ingest together: what comes while some are being stored goes with the next ones."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from coderai.gateway.peers import Peers
from coderai.ingest.v1.ingest_service_pb2 import (
    SmallFile,
    UploadDocumentHead,
    UploadDocumentResponse,
    UploadSmallDocumentsRequest,
)
from coderai.kit.errors import AlreadyExists, CoderAIError, Conflict, InvalidInput, TooLarge

SMALL = 32 * 2**10
"""Bytes of a file that waits here until it is whole."""
_TOGETHER = 64
"""Files of one call, 2 MiB at most."""
_CALLS = 2
"""At a time: ingest stores the files of one while those of the other are on their way."""
_UNANSWERED = 192
"""Files that are here at a time, 6 MiB at most: those of the calls, and as many as another takes."""
_WITHIN = 300.0
"""Seconds: a store that is busy is waited for, as it is when one file is uploaded."""
_ABOUT_THE_FILE = (InvalidInput, TooLarge, AlreadyExists, Conflict)
"""Errors after which the next file may fare better."""

Result = UploadDocumentResponse | CoderAIError


@dataclass(frozen=True, slots=True)
class Gathered:
    """A small file that has come whole."""

    head: UploadDocumentHead
    data: bytes
    result: asyncio.Future[Result]


@dataclass(slots=True)
class Stop:
    """What all files of a request would meet that are not stored yet, if there is something."""

    error: CoderAIError | None = None

    def note(self, result: Result) -> None:
        """Learns from what became of a file."""
        if isinstance(result, CoderAIError) and not isinstance(result, _ABOUT_THE_FILE):
            self.error = self.error or result


class SmallFiles:
    """The small files of one request, which have all the same target."""

    def __init__(
        self,
        peers: Peers,
        alone: Callable[[Gathered], Awaitable[Result]],
        stop: Stop,
    ) -> None:
        """`alone`: stores or refuses one by itself."""
        self._peers = peers
        self._alone = alone
        self._stop = stop
        self._gathered = deque[Gathered]()
        self._room = asyncio.Semaphore(_UNANSWERED)
        self._calls = set[asyncio.Task[None]]()
        self._takers = 0
        """Calls that will still take what is gathered; one that has ended stays among the calls for a moment."""

    async def add(self, head: UploadDocumentHead, data: bytes) -> asyncio.Future[Result]:
        """What becomes of a file, once it is known; waits when many others are not answered yet."""
        await self._room.acquire()
        file = Gathered(head, data, asyncio.get_running_loop().create_future())
        self._gathered.append(file)
        if self._takers < _CALLS:
            self._takers += 1
            call = asyncio.create_task(self._send_all())
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return file.result

    async def _send_all(self) -> None:
        try:
            while self._gathered:
                await self._send()
        finally:
            self._takers -= 1

    async def _send(self) -> None:
        """Sends the next files."""
        files = [self._gathered.popleft() for _ in range(min(_TOGETHER, len(self._gathered)))]
        try:
            results = await self._results(files)
            for file, shared in zip(files, results, strict=True):
                result = shared or self._stop.error or await self._alone(file)
                self._stop.note(result)
                file.result.set_result(result)
        except BaseException as error:
            for file in files:
                if not file.result.done():
                    file.result.set_exception(error)
            raise
        finally:
            for _ in files:
                self._room.release()

    async def _results(self, files: Sequence[Gathered]) -> Sequence[Result | None]:
        """What became of each; None for those that are to be sent alone."""
        if self._stop.error is not None:
            return [self._stop.error] * len(files)
        target = files[0].head
        request = UploadSmallDocumentsRequest(project_id=target.project_id, text_column=target.text_column)
        for file in files:
            request.files.append(SmallFile(name=file.head.name, data=file.data))
        try:
            answer = await self._peers.call("ingest", "UploadSmallDocuments", request, timeout=_WITHIN)
        except CoderAIError as error:
            return [error] * len(files)
        return [result if result.HasField("document") else None for result in answer.files]
