"""Opens ZIP files that may be made to do harm: bombs, lies about sizes, damaged members."""

from __future__ import annotations

import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, TextTooLarge

ZIP_HEADER = b"PK\x03\x04"
MOST_MEMBERS = 20_000
LARGEST_MEMBER = 100 * 2**20
"""Bytes of one unpacked member."""
LARGEST_SUM = 1024 * 2**20
"""Bytes of all unpacked members."""
_MOST_RATIO = 200
"""How much smaller a packed member may be, when it is larger than a MiB: Deflate packs text to a tenth at best."""
_ENCRYPTED = 0x1


class ArchiveTooLarge(TextTooLarge):
    """The file unpacks to far more than its size: upload what is in it."""


def open_zip(data: bytes) -> ZipFile:
    """Opens an archive whose directory is credible.

    Raises:
        FileDamaged: it is no archive. ArchiveTooLarge: it has too many members, or unpacks to too much.
    """
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileDamaged(f"the archive is damaged ({error}): pack it again and upload that copy") from error
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise ArchiveTooLarge(f"the archive has {len(members):,} files: {MOST_MEMBERS:,} are the most")
    if sum(member.file_size for member in members) > LARGEST_SUM:
        raise ArchiveTooLarge(f"the file unpacks to more than {LARGEST_SUM // 2**20} MiB: upload it in parts")
    return archive


def read_member(archive: ZipFile, member: ZipInfo) -> bytes:
    """The unpacked bytes of a member, never more of them than the limit.

    Raises:
        FileEncrypted, FileDamaged, ArchiveTooLarge
    """
    if member.flag_bits & _ENCRYPTED:
        raise FileEncrypted()
    if member.file_size > max(2**20, _MOST_RATIO * member.compress_size):
        raise ArchiveTooLarge(f"a part of the file unpacks to {member.file_size // 2**20} MiB: it may be a ZIP bomb")
    try:
        with archive.open(member) as file:
            data = file.read(LARGEST_MEMBER + 1)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise FileDamaged(f"a part of the file is damaged ({error}): save it again and upload that copy") from error
    if len(data) > LARGEST_MEMBER:
        raise ArchiveTooLarge(f"a part of the file unpacks to more than {LARGEST_MEMBER // 2**20} MiB")
    return data
