"""Compound files (MS-CFB), in which old office programs packed their documents: which streams are in one."""

from __future__ import annotations

from io import BytesIO

import olefile  # type: ignore[import-untyped]

from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted

HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def has_stream(data: bytes, *names: str) -> bool:
    """Whether it is a compound file with one of these streams. Raises FileDamaged, FileEncrypted."""
    if not data.startswith(HEADER):
        return False
    try:
        with olefile.OleFileIO(BytesIO(data)) as file:
            if file.exists("EncryptedPackage"):
                raise FileEncrypted()
            return any(file.exists(name) for name in names)
    except (OSError, ValueError, IndexError) as error:
        raise FileDamaged(f"the old Office file is damaged ({error}): save it again and upload that copy") from error


def stream(data: bytes, name: str) -> bytes:
    """The bytes of a stream, empty when there is none. Raises FileDamaged."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as file:
            return bytes(file.openstream(name).read()) if file.exists(name) else b""
    except (OSError, ValueError, IndexError) as error:
        raise FileDamaged(f"the old Office file is damaged ({error}): save it again and upload that copy") from error
