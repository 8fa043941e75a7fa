"""Takes addresses of machines and paths of files out of messages that leave with a published dataset."""

from __future__ import annotations

import re

_ADDRESS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>()]+"  # http://host:8000/v1, file:///home/...
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b"  # 10.0.0.7:8000
    r"|\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\](?::\d{1,5})?"  # [::1]:8000
    r"|\blocalhost\b(?::\d{1,5})?"
    r"|\b[A-Za-z](?:[\w-]*\.)*[\w-]*:\d{2,5}\b"  # db.internal:5432
)
_PATH = re.compile(r"(?<![\w/.])(?:/[\w.@+-]+){2,}/?|\b[A-Za-z]:\\[^\s'\"<>]+")


def without_addresses(text: str) -> str:
    """The text with "[address]" and "[path]" in place of them."""
    return _PATH.sub("[path]", _ADDRESS.sub("[address]", text))
