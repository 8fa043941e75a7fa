"""Writes a file that the API sends."""

from __future__ import annotations

from pathlib import Path

import httpx

from coderai.client.errors import ConnectionFailed
from coderai.client.session import Session


def download(session: Session, source: str, path: Path) -> None:
    """Writes what the API has at `source` to `path`, whole or not at all; its folder is made if need be.

    Raises:
        ApiError: the API refused.
        ConnectionFailed: the download broke off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with session.stream(source) as response, part.open("wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
        part.replace(path)
    except httpx.TransportError as error:
        raise ConnectionFailed(f"the download of {path.name} broke off: {error}") from error
    finally:
        part.unlink(missing_ok=True)
