"""A person's regular expression, matched in time linear in the text: by RE2, whatever the expression is.

RE2's syntax (https://github.com/google/re2/wiki/Syntax) has no backreferences and no look-around, as both need
backtracking. `\\d`, `\\w`, `\\s` and `\\b` are for ASCII; `\\p{Nd}` and `\\p{L}` are for all scripts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2
import regex

LONGEST = 500
"""Characters of an expression."""
_MEMORY = 2**20
"""Bytes of one compiled expression; one that needs more is refused, within 30 ms."""
_KEPT = 256
"""Compiled expressions that a process keeps: more than one project has variables."""
_ENTITY = regex.compile(r"/(?P<pattern>.+)/(?P<flags>[isx]*)", regex.DOTALL)
_BACKREFERENCE = regex.compile(r"(?<!\\)(?:\\\\)*\\(?:[1-9]|k<|g<)|\(\?P=")
_LOOK_AROUND = regex.compile(r"\(\?<?[=!]")


class PatternInvalid(ValueError):
    """The expression cannot be compiled; says why in words that follow the expression's name."""


def compile_pattern(pattern: str) -> Any:
    """The compiled expression. May take 30 ms the first time: not for the event loop.

    Raises:
        PatternInvalid
    """
    compiled = _compiled(pattern)
    if isinstance(compiled, str):
        raise PatternInvalid(compiled)
    return compiled


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches. Raises PatternInvalid."""
    return compile_pattern(pattern).fullmatch(value) is not None


def entity_expression(pattern: str) -> str:
    """The expression that a unit's pattern is when it stands between slashes, as in `/^Case (.+):/i`; else empty.

    `^` and `$` are a line's start and end. The flags are i and s; another one is refused when it is compiled.
    """
    found = _ENTITY.fullmatch(pattern.strip())
    return f"(?m{found['flags']}){found['pattern']}" if found else ""


def find(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Start and end of the first group, or else of the whole of each match, in order. Raises PatternInvalid."""
    for match in compile_pattern(pattern).finditer(text):
        yield match.span(1 if match.re.groups and match[1] else 0)


@lru_cache(maxsize=_KEPT)
def _compiled(pattern: str) -> Any:
    """The compiled expression, or why there is none: that, too, is found out once."""
    if len(pattern) > LONGEST:
        return f"has {len(pattern):,} characters: {LONGEST} at most"
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        return _explained(pattern, error)


def _explained(pattern: str, error: Exception) -> str:
    if _LOOK_AROUND.search(pattern):
        return "has a look-ahead or look-behind, which patterns cannot have: say what the value itself is"
    if _BACKREFERENCE.search(pattern):
        return "refers back to a group, which patterns cannot do: write out what may be repeated"
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    if "too large" in text:
        return "needs too much memory: repeat less, and shorter parts"
    return f"is not a regular expression as RE2 knows them: {text}"
