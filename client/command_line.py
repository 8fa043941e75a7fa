"""Commands as they are pasted into a shell: the one that was given, with what is to be different about it."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

_SECRET = ("--password", "--token")
"""Options that are never shown; better in the environment."""


def same_command(*more: str, without: Collection[str] = ()) -> str:
    """The command under way, as it was given, but for its secrets.

    `more`: options that it gets besides; `without`: options without a value that it does not get, such as "--fresh".
    """
    given = [word for word in _without_secrets(sys.argv[1:]) if word not in without]
    return f"{program()} {shlex.join([*given, *(option for option in more if option not in given)])}"


def program() -> str:
    """How this program was called, so that the same word calls it again."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m {called.parent.parent.name}.{called.parent.name}"
    found = shutil.which(called.name)
    is_on_path = found is not None and Path(found).resolve() == called.resolve()
    return called.name if is_on_path else shlex.quote(str(called))


def _without_secrets(words: Sequence[str]) -> Iterator[str]:
    is_secret = False
    for word in words:
        if not is_secret and not word.startswith(tuple(f"{option}=" for option in _SECRET)) and word not in _SECRET:
            yield word
        is_secret = word in _SECRET
