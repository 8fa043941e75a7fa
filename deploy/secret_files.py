"""Secrets that are made once and kept in files which their owner alone may read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def kept_secret(file: Path) -> str:
    """The secret in `file`: 32 random bytes as URL-safe base64, made at the first call."""
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


def kept_passwords(file: Path, names: Iterable[str]) -> dict[str, str]:
    """A password for each name, made once and kept in `file` (mode 0600)."""
    passwords: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    for name in names:
        passwords.setdefault(name, secrets.token_urlsafe(24))
    write_private(file, json.dumps(passwords, indent=1))
    return passwords


def write_private(file: Path, text: str) -> None:
    """Writes a file of mode 0600 whole: a crash leaves the old one or the new one."""
    fresh = file.with_name(file.name + ".new")
    with open(fresh, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
        output.write(text)
    fresh.replace(file)
