"""Which names of files that a server sends are taken: none that could leave its folder, hide there or name a device."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from coderai.client.errors import ClientError

_MOST_BYTES = 240
"""File systems take 255; ".part.json" is added while a file is downloaded."""
_OF_A_SYSTEM = re.compile(r'[/\\:*?"<>|]')
_DEVICE = re.compile(
    r"(?i:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(?:\..*)?", re.DOTALL
)
"""What Windows takes for a device, whatever its ending."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that are not seen, or turn the direction of those behind them."""


class NameRefused(ClientError):
    """The server names a file as no file may be called."""


def checked_names(names: Iterable[str]) -> list[str]:
    """The names, each of which is that of a file in whichever folder, and of no other file among them.

    Raises:
        NameRefused: one is not.
    """
    taken, seen = list[str](), set[str]()
    for name in names:
        problem = name_problem(name)
        if not problem and (same := unicodedata.normalize("NFC", name).casefold()) in seen:
            problem = "two of its files have it"
        if problem:
            raise NameRefused(f"the server names a file {name[:80]!r}: {problem}\nNothing was written of this export.")
        seen.add(same)
        taken.append(name)
    return taken


def name_problem(name: str) -> str:
    """Why a file must not be called so on some system; empty when it may."""
    if not name or name.startswith("."):
        return "a name is not empty and does not begin with a dot"
    if _OF_A_SYSTEM.search(name):
        return 'a name has none of / \\ : * ? " < > |'
    if any(unicodedata.category(character) in _UNSEEN for character in name):
        return "a name has no characters that are not seen"
    if name[-1] in ". " or _DEVICE.fullmatch(name):
        return "Windows has no such names"
    if len(name.encode()) > _MOST_BYTES:
        return f"a name has {_MOST_BYTES} bytes at most"
    return ""
