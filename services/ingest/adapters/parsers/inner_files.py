"""Finds a file within archives and mails again, by the path that it was read under."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.services.ingest.adapters.parsers.bundles import Bundle
from coderai.services.ingest.adapters.parsers.detection import detect
from coderai.services.ingest.adapters.parsers.documents import MOST_NESTED
from coderai.services.ingest.adapters.parsers.tools import Tools


def inner_files(data: bytes, path: str, depth: int = 0) -> Iterator[bytes]:
    """The files of an archive or mail that are called so; `path` leads through the files that hold one another.

    Raises:
        Unreadable: one of the holding files cannot be read.
    """
    if depth > MOST_NESTED:
        return
    bundle = detect(data, path).parse(data, Tools())
    if not isinstance(bundle, Bundle):
        return
    for file in bundle.files:
        if file.path == path:
            yield file.read()
        elif path.startswith(f"{file.path}/"):
            yield from inner_files(file.read(), path.removeprefix(f"{file.path}/"), depth + 1)
