"""A process that a file has taken over: run in the place of the one that draws pages, it does what the file says."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from coderai.services.ingest.adapters.confined_process import Orders, run_confined


def load() -> Callable[..., None]:
    return answer


def answer(orders: Orders, missing: Any) -> None:
    """Answers each request as its file says."""
    from coderai.services.ingest.adapters import frames
    from coderai.services.ingest.adapters.frames import Kind
    from coderai.services.ingest.domain.pages import Picture, Region

    answers = {
        b"no picture": (Kind.PICTURE, Picture("text/html", b"<script>")),
        b"places beyond": (Kind.PLACES, [[[Region(1, 0.1, 0.1, float("inf"), 0.2)]]]),
        b"fewer places": (Kind.PLACES, []),
        b"process": (Kind.PICTURE, Picture("image/png", b"\x89PNG" + str(os.getpid()).encode())),
    }
    with socket.socket(fileno=orders.descriptor) as connection, connection.makefile("rwb") as stream:
        stream.write(frames.pack(Kind.READY, missing))
        stream.flush()
        while (request := frames.read_request(stream)) is not None:
            if request.data == b"die":
                os._exit(1)
            stream.write(frames.pack(*answers[request.data]))
            stream.flush()


if __name__ == "__main__":
    run_confined(load)
