"""ZIP archives: each file in them is read as if it had been uploaded by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.bundles import Bundle, Inner
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import open_zip, read_member

_OF_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What operating systems add to archives."""


def parse(data: bytes, _: Tools) -> Bundle:
    """Raises FileDamaged, ArchiveTooLarge."""
    return Bundle("zip", _files(open_zip(data)))


def _files(archive: ZipFile) -> Iterator[Inner]:
    with archive:
        for member in archive.infolist():
            name = member.filename
            if not (member.is_dir() or name.startswith(_OF_SYSTEMS) or name.endswith(_OF_SYSTEMS)):
                yield Inner(name, member.file_size, partial(read_member, archive, member))
