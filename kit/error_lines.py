"""What log lines say of an error: its kind and where it was raised; a message only where that cannot quote anything.

An error's message may hold a document's sentence, a file's name, a query's parameter or an address. Whoever looks for
a fault gets the type, the code or number that came with it, and the calls that led to it.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator

from coderai.kit.errors import CoderAIError

_NUMBERS = ("status_code", "smtp_code", "sqlstate")
"""Attributes by which libraries number what went wrong: of providers' SDKs, smtplib and asyncpg."""
_OURS = "coderai."
_MOST = 10
"""Errors that are told of a chain or group."""


def told(error: BaseException) -> str:
    """An error in one line, as in "IntegrityError 23505 at coderai.services.extractor.adapters.store:53"."""
    places = [
        f"{frame.f_globals['__name__']}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith(_OURS)
    ]
    return f"{kind(error)} at {places[-1]}" if places else kind(error)


def stack(error: BaseException) -> str:
    """The calls that led to an error, after those that led to what caused it."""
    chain = list(_chain(error))[:_MOST]
    return "\n\n".join("".join(traceback.format_tb(one.__traceback__)) + kind(one) for one in reversed(chain))


def kind(error: BaseException) -> str:
    """What an error is, by its code or type and the numbers that came with it."""
    if isinstance(error, CoderAIError):
        return f"{error.code}: {error.told}" if error.told else error.code
    holders = (error, getattr(error, "orig", None))
    numbers = (getattr(holder, name, None) for holder in holders for name in _NUMBERS)
    parts = [type(error).__qualname__, *dict.fromkeys(str(number) for number in numbers if number)]
    if isinstance(error, OSError) and isinstance(error.errno, int):
        parts.append(f"({os.strerror(error.errno)})")
    return " ".join(parts)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it is made of and what caused it, as Python would tell them."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if cause is not None:
            waiting.append(cause)
