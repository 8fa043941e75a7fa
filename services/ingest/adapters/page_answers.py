"""Answers what is asked of a process that draws pages: about one file after another, most often the same one."""

from __future__ import annotations

import hashlib
import signal
import socket
import traceback
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]

from coderai.services.ingest.adapters import frames
from coderai.services.ingest.adapters.confined_process import Orders
from coderai.services.ingest.adapters.frames import Drawing, Kind, Locating, PageRequest
from coderai.services.ingest.adapters.parsers.page_pictures import draw
from coderai.services.ingest.adapters.parsers.pdf_passages import locate
from coderai.services.ingest.domain.problems import (
    FileDamaged,
    FileEncrypted,
    PageNotFound,
    PagePicturesMissing,
    ReaderFailed,
    ReadingTooBig,
    Unreadable,
)

_GRACE = 5
"""Seconds after which a process whose worker is gone, and cannot stop it, stops itself."""
_HEADER_WITHIN = 1024
"""Bytes of a PDF that may stand before its header."""


def answer(orders: Orders, missing: Mapping[str, str]) -> None:
    """Draws and finds for whoever holds the other end of the socket, until it is closed.

    `missing`: measures that the process could not take to confine itself, and why.
    """
    held = _Held()
    with socket.socket(fileno=orders.descriptor) as connection, connection.makefile("rwb") as stream:
        stream.write(frames.pack(Kind.READY, missing))
        stream.flush()
        while (request := frames.read_request(stream)) is not None:
            signal.alarm(orders.seconds + _GRACE)
            stream.write(_frame(held, request))
            stream.flush()
            signal.alarm(0)


class _Held:
    """The file of the request before, open."""

    def __init__(self) -> None:
        self._key = ""
        self._document: Any = None

    def document(self, request: PageRequest) -> Any:
        """The file's pages. Raises Unreadable."""
        if self._key != request.key:
            if self._document is not None:
                self._document.close()
            self._key, self._document = "", None
            self._document = _opened(_file(request))
            self._key = request.key
        return self._document


def _frame(held: _Held, request: Drawing | Locating) -> bytes:
    try:
        document = held.document(request)
        if isinstance(request, Drawing):
            with closing(_page(document, request.page)) as page:
                return frames.pack(Kind.PICTURE, draw(page, request.size))
        found = []
        for wanted in request.pages:
            with closing(_page(document, wanted.number)) as page:
                found.append(locate(page, wanted))
        return frames.pack(Kind.PLACES, found)
    except Unreadable as reason:
        return frames.pack(Kind.UNREADABLE, reason)
    except MemoryError:
        return frames.pack(Kind.UNREADABLE, ReadingTooBig())
    except Exception as error:  # noqa: BLE001 - files have what the authors of libraries did not think of
        traceback.print_exc()
        return frames.pack(Kind.UNREADABLE, ReaderFailed.because(error))


def _file(request: PageRequest) -> bytes:
    """The bytes of the file that is meant. Raises Unreadable."""
    if not request.path:
        return request.data
    # Only here, as it takes most of a second to load all readers.
    from coderai.services.ingest.adapters.parsers.inner_files import inner_files

    for data in inner_files(request.data, request.path):
        if hashlib.sha256(data).hexdigest() == request.sha256:
            return data
    raise FileDamaged("the file is not in its archive any more: upload the archive again")


def _opened(data: bytes) -> Any:
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise PagePicturesMissing()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise FileEncrypted() from error
        raise FileDamaged("the PDF is damaged, so that its pages cannot be drawn: show the document's text") from error
    document.init_forms()  # what was filled in is drawn too
    return document


def _page(document: Any, number: int) -> Any:
    if not 1 <= number <= len(document):
        raise PageNotFound(f"the document has {len(document)} pages, and no page {number}")
    try:
        return document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise FileDamaged(f"page {number} is damaged: show the document's text") from error
