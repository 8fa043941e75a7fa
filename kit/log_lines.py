"""What stands in a process's log lines: ids, codes and numbers, never a text, a name, an address or a key.

Of errors they have what coderai.kit.error_lines says; of what libraries log, the words without what they fill in.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict

from coderai.kit import error_lines, tracing


def name_trace(_: object, __: str, event: EventDict) -> EventDict:
    """Adds the id of the trace that the line is written in, if there is one."""
    if found := tracing.trace_id():
        event["trace_id"] = found
    return event


def tell_errors(_: object, __: str, event: EventDict) -> EventDict:
    """Has errors told without their messages, as error_lines does."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["exception"] = error_lines.stack(error)
    for name, value in event.items():
        if isinstance(value, BaseException):
            event[name] = error_lines.told(value)
    return event


def tell_librarys_words(_: object, __: str, event: EventDict) -> EventDict:
    """Fills numbers and kinds of errors into a library's words, nothing else; asyncio's further lines quote errors."""
    said = event["_record"].msg
    words = error_lines.told(said) if isinstance(said, BaseException) else str(said).partition("\n")[0]
    filled = event.pop("positional_args", None)
    shown = tuple(map(_shown, filled)) if isinstance(filled, tuple) else ()
    try:
        event["event"] = words % shown if shown else words
    except (TypeError, ValueError):
        event["event"] = words
    return event


def _shown(value: object) -> Any:
    if isinstance(value, BaseException):
        return error_lines.told(value)
    return value if isinstance(value, int | float) else "..."


def log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Python's own way prints what it warns of, which may be a value of a document's."""
    structlog.get_logger().warning("python_warning", category=category.__name__, file=filename, line=lineno)


def log_end(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    """Logs what ends the process, in place of printing it with its message."""
    structlog.get_logger().critical("process_failed", exc_info=error)
