"""Secrets that are made once and kept in files which their owner alone may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(file: Path) -> str:
    """The secret in `file`: 32 random bytes as URL-safe base64, made at the first call."""
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


def write_private(file: Path, text: str) -> None:
    """Writes a file of mode 0600 whole: a crash leaves the old one or the new one."""
    fresh = file.with_name(file.name + ".new")
    with open(fresh, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
        output.write(text)
    fresh.replace(file)
