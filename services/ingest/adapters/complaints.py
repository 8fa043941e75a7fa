"""Logs what a reading process complains of, without a word that may be its file's."""

from __future__ import annotations

import asyncio
import builtins
import re
from pathlib import Path

import structlog

log = structlog.get_logger()

_MOST_LINES, _LONGEST_LINE = 200, 4_000
"""Of what one child writes to its standard error; the rest is not looked at."""
_FRAME, _ERROR = re.compile(r'File "(/[^"\n]+\.py)", line (\d+)'), re.compile(r"^(\w+)(?=:|$)", re.MULTILINE)
"""Of a traceback."""


async def log_lines(stream: asyncio.StreamReader) -> None:
    """Logs where in the code a child complains, as far as it is not too much; its words may quote the file."""
    left = _MOST_LINES
    while piece := await stream.read(_LONGEST_LINE):
        if left > 0:
            left -= 1
            log.warning("reading_process_says", bytes=len(piece), **_places(piece.decode(errors="replace")))


def _places(said: str) -> dict[str, list[str]]:
    """What a traceback names that the file cannot have made up: lines of files that exist, Python's own errors."""
    frames = (f"{Path(file).name}:{line}" for file, line in _FRAME.findall(said) if Path(file).is_file())
    return {"at": list(frames), "errors": [name for name in _ERROR.findall(said) if hasattr(builtins, name)]}
