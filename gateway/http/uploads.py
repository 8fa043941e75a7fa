"""Passes uploaded files on to ingest while they arrive: none but a small one is ever whole in the gateway."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio

from coderai.gateway.http.multipart import Event, FileBegun, FileEnded, FormField
from coderai.gateway.http.small_files import SMALL, Gathered, Result, SmallFiles, Stop
from coderai.gateway.peers import Peers
from coderai.ingest.v1.ingest_service_pb2 import (
    UploadDocumentEnd,
    UploadDocumentHead,
    UploadDocumentRequest,
)
from coderai.kit.errors import CoderAIError, InvalidInput, TooLarge

FILE_LIMIT = 50 * 2**20
"""Bytes of one file."""
MOST_FILES = 10_000
"""Files of one request."""
FIELD, TEXT_COLUMN = "files", "text_column"
"""The fields of a multipart body: the second stands before the first."""


class FileTooLarge(TooLarge):
    """A file may have 50 MiB; split it, or upload its text."""


class NotAFile(InvalidInput):
    """Send each file as a part of the multipart body with the field name `files` and a file name."""


class TooManyFiles(InvalidInput):
    """A request may hold 10,000 files; send this one and those after it in another."""


class UnknownFormField(InvalidInput):
    """A multipart body may have the fields `text_column` and `files`, no other."""


class TextColumnMisplaced(InvalidInput):
    """Name one text_column, before the files that it is of; send files with another in a request of their own."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request's files go."""

    project_id: str
    text_column: str
    """The column of a table that holds each row's text; empty to have it guessed."""
    replace: bool = False
    """Whether a table that is there is read by another column though that costs what was extracted."""

    def head(self, file_name: str) -> UploadDocumentHead:
        """What ingest hears before a file's bytes; the name comes without folders and control characters."""
        name = re.sub(r"[\x00-\x1f\x7f]", "_", re.split(r"[/\\]", file_name)[-1])
        return UploadDocumentHead(
            project_id=self.project_id, name=name, text_column=self.text_column, replace=self.replace
        )

    def with_field(self, field: FormField, has_files: bool) -> Target:
        """The target of the files that come after a form's field.

        Raises:
            NotAFile, UnknownFormField, TextColumnMisplaced.
        """
        if field.name == FIELD:
            raise NotAFile()
        if field.name != TEXT_COLUMN:
            raise UnknownFormField(f"there is no form field {field.name!r}; there are {TEXT_COLUMN} and {FIELD}")
        if has_files or self.text_column not in ("", field.value):
            raise TextColumnMisplaced()
        return dataclasses.replace(self, text_column=field.value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: str
    result: Result


async def upload_all(peers: Peers, target: Target, events: AsyncIterator[Event]) -> list[Outcome]:
    """Uploads a request's files as they arrive; one that is refused does not stop the others.

    After MOST_FILES nothing more is read.

    Raises:
        MalformedMultipart: from where on the body cannot be read; the files before are stored.
    """
    uploads = _Uploads(peers)
    upload: _Upload | None = None
    try:
        async for event in events:
            if isinstance(event, FormField):
                try:
                    target = target.with_field(event, has_files=bool(uploads.count))
                except InvalidInput as error:
                    uploads.refuse(event.name, error)
            elif isinstance(event, FileBegun):
                if uploads.count >= MOST_FILES:
                    uploads.refuse(event.file_name, TooManyFiles())
                    break
                refusal = uploads.stop.error or (NotAFile() if event.field != FIELD else None)
                upload = _Upload(peers, target.head(event.file_name), refusal)
            elif upload is None:
                continue
            elif isinstance(event, FileEnded):
                await uploads.finish(upload)
                upload = None
            else:
                await upload.feed(event)
    finally:
        if upload is not None:
            await upload.abort()
        outcomes = await uploads.outcomes()
    return outcomes


class _Uploads:
    """A request's files: ingest stores some of them while the next ones arrive."""

    _SIDE_BY_SIDE = 8
    """Files, other than small ones, that have come whole, and are not answered yet."""

    def __init__(self, peers: Peers) -> None:
        self.stop = Stop()
        self._small = SmallFiles(peers, partial(_alone, peers), self.stop)
        self._names: list[str] = []
        self._results: list[asyncio.Future[Result]] = []
        self._open: set[asyncio.Future[Result]] = set()

    @property
    def count(self) -> int:
        """Files and fields so far."""
        return len(self._results)

    def refuse(self, name: str, error: CoderAIError) -> None:
        """Notes a part that is not taken."""
        refused: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        refused.set_result(error)
        self._note(name, refused)
        # Files after a field that was not understood would not become what their sender means.
        if not isinstance(error, NotAFile):
            self.stop.error = self.stop.error or error

    async def finish(self, upload: _Upload) -> None:
        """Lets a file that has come whole be stored while others come; waits when there are many such.

        The first is waited for: what refuses it may refuse all.
        """
        if upload.is_small and self._results:
            self._note(upload.head.name, await self._small.add(upload.head, upload.held))
            return
        most = self._SIDE_BY_SIDE if self._results else 1
        ending = asyncio.create_task(upload.finish())
        self._note(upload.head.name, ending)
        self._open.add(ending)
        while len(self._open) >= most:
            ended, self._open = await asyncio.wait(self._open, return_when=asyncio.FIRST_COMPLETED)
            for one in ended:
                self.stop.note(one.result())

    def _note(self, name: str, result: asyncio.Future[Result]) -> None:
        self._names.append(name)
        self._results.append(result)

    async def outcomes(self) -> list[Outcome]:
        """What became of each file, in their order, once all that have come whole are stored or refused."""
        results = await asyncio.shield(asyncio.gather(*self._results))
        return [Outcome(name, result) for name, result in zip(self._names, results, strict=True)]


async def upload_one(peers: Peers, target: Target, name: str, pieces: AsyncIterable[bytes]) -> Outcome:
    """Uploads one file as its pieces arrive."""
    upload = _Upload(peers, target.head(name), None)
    is_whole = False
    try:
        async for piece in pieces:
            await upload.feed(piece)
        is_whole = True
    finally:
        if not is_whole:
            await upload.abort()
    return Outcome(upload.head.name, await upload.finish())


async def _alone(peers: Peers, file: Gathered) -> Result:
    upload = _Upload(peers, file.head, None)
    await upload.feed(file.data)
    return await upload.finish()


class _Upload:
    """One file on its way to ingest, once it is more than a small one. What arrives after a refusal is dropped."""

    _PIECE = 2**20

    def __init__(self, peers: Peers, head: UploadDocumentHead, refusal: CoderAIError | None) -> None:
        self.head = head
        self.held = b""
        """What has come of a file that may be a small one."""
        self._peers = peers
        self._refusal = refusal
        self._size = 0
        self._is_whole = False
        # Without a buffer: the client is read no faster than ingest takes the bytes.
        self._inlet, self._outlet = anyio.create_memory_object_stream[bytes](0)
        self._call: asyncio.Task[Result] | None = None

    @property
    def is_small(self) -> bool:
        """Whether all that has come is here, and nothing was said to ingest."""
        return self._refusal is None and self._call is None

    async def feed(self, data: bytes) -> None:
        """Passes a piece on."""
        self._size += len(data)
        if self._size > FILE_LIMIT and self._refusal is None:
            await self.abort()
            self._refusal = FileTooLarge()
        if self._refusal is not None:
            return
        if self._call is None and self._size <= SMALL:
            self.held += data
        else:
            await self._pass_on(data)

    async def _pass_on(self, data: bytes) -> None:
        if self._call is None:
            self._call = asyncio.create_task(self._transfer())
            data, self.held = self.held + data, b""
        with suppress(anyio.BrokenResourceError):  # ingest has answered already: finish() tells what
            for start in range(0, len(data), self._PIECE):
                await self._inlet.send(data[start : start + self._PIECE])

    async def finish(self) -> Result:
        """Says that this was all, and waits for ingest's answer."""
        if self._refusal is None:
            await self._pass_on(b"")
        self._is_whole = True
        self._inlet.close()
        if self._refusal is not None or self._call is None:
            self._outlet.close()
            return self._refusal or NotAFile()
        try:
            return await self._call
        except CoderAIError as error:
            return error

    async def abort(self) -> None:
        """Cancels the call, so that ingest stores nothing."""
        if self._call is not None:
            self._call.cancel()
            await asyncio.wait([self._call])
        self._inlet.close()
        self._outlet.close()

    async def _transfer(self) -> Any:
        # Closing the outlet, whatever the reason, sets a feed() free that waits for ingest to take more.
        with self._outlet:
            return await self._peers.call("ingest", "UploadDocument", self._requests())

    async def _requests(self) -> AsyncGenerator[UploadDocumentRequest]:
        yield UploadDocumentRequest(head=self.head)
        with suppress(anyio.ClosedResourceError):
            async for data in self._outlet:
                yield UploadDocumentRequest(data=data)
        if self._is_whole:
            yield UploadDocumentRequest(end=UploadDocumentEnd(size=self._size))
