"""Answers what a worker asks of a reading process: reads one file after another."""

from __future__ import annotations

import signal
import socket
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from coderai.kit.tokens import token_counter
from coderai.services.ingest.adapters import frames
from coderai.services.ingest.adapters.confined_process import Orders
from coderai.services.ingest.adapters.frames import Kind, Request
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.parsers.ocr import Ocr
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import ReaderFailed, ReadingTooBig, Unreadable
from coderai.services.ingest.domain.reading import Container, Part, Reading

_GRACE = 5
"""Seconds after which a process whose worker is gone, and cannot stop it, stops itself."""
_PAGE_SECONDS = 60
"""The longest that recognising the text of one page may take; half of what the file may, if that is less."""
_BATCH, _BATCH_CHARACTERS = 200, 2**20
"""Parts that are sent at a time, fewer when they are large."""

Read = Callable[[bytes, str, str, Tools], Iterator[Reading | Part | Container]]


def answer(orders: Orders, missing: Mapping[str, str], read: Read = read_file) -> None:
    """Reads one file after another for whoever holds the other end of the socket, until it is closed.

    `missing`: measures that the process could not take to confine itself, and why.
    """
    with socket.socket(fileno=orders.descriptor) as connection, connection.makefile("rwb") as stream:
        stream.write(frames.pack(Kind.READY, missing))
        stream.flush()

        def send(frame: bytes) -> None:
            stream.write(frame)
            stream.flush()
            signal.alarm(orders.seconds + _GRACE)

        ocr = _ocr(orders, partial(send, frames.pack(Kind.ALIVE, None)))
        while (request := frames.read_request(stream)) is not None:
            signal.alarm(orders.seconds + _GRACE)
            for frame in _frames(read, request, ocr):
                send(frame)
            signal.alarm(0)


def _ocr(orders: Orders, on_page: Callable[[], None]) -> Ocr | None:
    if not orders.ocr_languages:
        return None
    return Ocr(orders.ocr_languages, orders.ocr_pages, min(_PAGE_SECONDS, orders.seconds / 2), on_page)


def _frames(read: Read, request: Request, ocr: Ocr | None) -> Iterator[bytes]:
    """Batches of parts, if the file has parts, and last the reading, the container, or why it cannot be read."""
    try:
        for found in _batches(read(request.data, request.name, request.text_column, _tools(request, ocr))):
            yield frames.pack(_kind(found), found)
            if not isinstance(found, list):
                return
    except Unreadable as reason:
        yield frames.pack(Kind.UNREADABLE, reason)
    except MemoryError:
        yield frames.pack(Kind.UNREADABLE, ReadingTooBig())
    except Exception as error:  # noqa: BLE001 - parsers meet what their authors did not think of
        traceback.print_exc()
        yield frames.pack(Kind.UNREADABLE, ReaderFailed.because(error))


def _tools(request: Request, ocr: Ocr | None) -> Tools:
    return Tools(token_counter(request.model), ocr, request.whole, request.language)


def _batches(found: Iterator[Reading | Part | Container]) -> Iterator[list[Part] | Reading | Container]:
    """The parts some at a time, and all else as it is."""
    batch: list[Part] = []
    characters = 0
    for item in found:
        if not isinstance(item, Part):
            if batch:
                yield batch
            yield item
            return
        batch.append(item)
        characters += item.size
        if len(batch) == _BATCH or characters > _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0


def _kind(found: list[Part] | Reading | Container) -> Kind:
    if isinstance(found, list):
        return Kind.PARTS
    return Kind.READING if isinstance(found, Reading) else Kind.CONTAINER
