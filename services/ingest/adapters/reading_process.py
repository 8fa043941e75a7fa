"""The process that reads files for a worker, within limits (sandbox.py starts it with python -m)."""

from __future__ import annotations

import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from functools import partial

from coderai.kit.tokens import token_counter
from coderai.services.ingest.adapters import frames, parsers
from coderai.services.ingest.adapters.frames import Kind, Request
from coderai.services.ingest.adapters.parsers.ocr import Ocr
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.language import detect_language
from coderai.services.ingest.domain.problems import ReaderFailed, ReadingTooBig, Unreadable
from coderai.services.ingest.domain.reading import Container, Part, Reading

_GRACE = 5
"""Seconds after which a process whose worker is gone, and cannot stop it, stops itself."""
_PAGE_SECONDS = 60
"""The longest that recognising the text of one page may take; half of what the file may, if that is less."""
_BATCH, _BATCH_CHARACTERS = 200, 2**20
"""Parts that are sent at a time, fewer when they are large."""


def main() -> None:
    """Reads one file after another for whoever holds the other end of the socket.

    Arguments: the socket's file descriptor, seconds of silence, bytes of memory, most pages of a file to recognise text
    on, and the languages of those, none if empty.
    """
    descriptor, seconds, memory, ocr_pages = map(int, sys.argv[1:5])
    languages = sys.argv[5]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whoever stops the worker lets it finish the file in hand: this process ends when the worker closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as connection, connection.makefile("rwb") as stream:
        detect_language("loads the model before the first file comes")
        stream.write(frames.pack(Kind.READY, None))
        stream.flush()

        def send(kind: Kind, answer: object = None) -> None:
            stream.write(frames.pack(kind, answer))
            stream.flush()
            signal.alarm(seconds + _GRACE)

        page_seconds = min(_PAGE_SECONDS, seconds / 2)
        ocr = Ocr(languages, ocr_pages, page_seconds, partial(send, Kind.ALIVE)) if languages else None
        while (request := frames.read_request(stream)) is not None:
            signal.alarm(seconds + _GRACE)
            for kind, answer in _answers(request, ocr):
                send(kind, answer)
            signal.alarm(0)


def _answers(request: Request, ocr: Ocr | None) -> Iterator[tuple[Kind, list[Part] | Reading | Container | Unreadable]]:
    """Batches of parts, if the file has parts, and last the reading, the container, or why it cannot be read."""
    batch: list[Part] = []
    characters = 0
    tools = Tools(token_counter(request.model), ocr)
    try:
        for answer in parsers.read(request.data, request.name, request.text_column, tools):
            if not isinstance(answer, Part):
                if batch:
                    yield Kind.PARTS, batch
                yield Kind.LAST, answer
                return
            batch.append(answer)
            characters += answer.size
            if len(batch) == _BATCH or characters > _BATCH_CHARACTERS:
                yield Kind.PARTS, batch
                batch, characters = [], 0
    except Unreadable as reason:
        yield Kind.LAST, reason
    except MemoryError:
        yield Kind.LAST, ReadingTooBig()
    except Exception as error:  # noqa: BLE001 - parsers meet what their authors did not think of
        traceback.print_exc()
        yield Kind.LAST, ReaderFailed.because(error)


if __name__ == "__main__":
    main()
