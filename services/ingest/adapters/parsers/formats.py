"""What a parser module declares: the format that it reads, and how a file of it is told from others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.bundles import Bundle
from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.tables import Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import ZIP_HEADER, open_zip
from coderai.services.ingest.domain.reading import Extract

HEAD = 64 * 1024
"""Bytes of a file by which its format is told, where those suffice."""


@dataclass(frozen=True)
class File:
    """A file whose format is asked."""

    data: bytes
    name: str

    @property
    def ending(self) -> str:
        """Of the name, with the dot, in lower case; empty when there is none."""
        return PurePath(self.name.lower()).suffix

    @cached_property
    def head(self) -> str:
        """How it begins as a text. Raises UnknownFormat when it is none."""
        return decode(self.data[:HEAD], may_declare=True).text

    @cached_property
    def archive(self) -> ZipFile | None:
        """The ZIP archive that it is, opened once for all formats; None when it is none.

        Raises:
            FileDamaged, ArchiveTooLarge
        """
        return open_zip(self.data) if self.data.startswith(ZIP_HEADER) else None

    def holds(self, member: str) -> bool:
        """Whether it is a ZIP archive with a member of this name. Raises as `archive`."""
        return self.archive is not None and member in self.archive.NameToInfo


def _never(_: File) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """One format; detection.FORMATS has all, in the order in which a file is held against them."""

    name: str
    """The short name of a coderai.ingest.v1.DocumentFormat."""
    parse: Callable[[bytes, Tools], Extract | Table | Sequence[Table] | Bundle]
    """One text, a table or several, or files. Raises domain.problems.Unreadable."""
    endings: tuple[str, ...]
    """Of its files' names. A text that is not certainly of one format goes by them."""
    is_certain: Callable[[File], bool] = _never
    """Whether the content alone makes a file one of this format, whatever its name."""
    is_likely: Callable[[File], bool] = _never
    """Whether a text whose name does not tell is taken for one of this format."""
    file_called: str = ""
    """What people call a file of it; empty for formats that are plain text."""
