"""Origins of web clients: what one is, as browsers write it in the Origin header."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def must_be_origin(text: str) -> str:
    """The text, when it is an origin as browsers write it.

    Raises:
        ValueError: it is another one's spelling, or stands for several.
    """
    if text == "*":
        raise ValueError("name each origin: all of them at once would let any page of the web use the API")
    found = _ORIGIN.fullmatch(text)
    if found is None or found[3] == _DEFAULT_PORTS[found[1]]:
        raise ValueError(
            f"{text!r} is not an origin as browsers write it: https://app.example.org or http://localhost:5173, in"
            " small letters, without a path or a slash at the end, and without the port when it is the usual one"
        )
    return text


def is_origin(text: str) -> bool:
    """Whether it is an origin of the web, written as browsers do."""
    return _ORIGIN.fullmatch(text) is not None


def is_of_host(origin: str, host: str) -> bool:
    """Whether a page of that origin is served under the name, with port, that a request's Host header gives."""
    return urlsplit(origin).netloc == host.lower()
