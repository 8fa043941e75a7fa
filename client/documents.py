"""Finds the files that a user means by paths, folders and patterns."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile
from pathlib import Path

from coderai.client.errors import UsageError

_LONGEST_NAME = 80
_SAYS_NOTHING = frozenset(["", "corpus", "data", "docs", "documents", "files", "input", "texts", "txt", "pdf", "tmp"])
"""Folders whose names say nothing of what is in them."""


class NoDocuments(UsageError):
    """What was named holds no file."""


def find_documents(named: Sequence[str]) -> list[Path]:
    """The files that are named, each once: a file itself, all files of a folder and those below, a pattern's matches.

    Hidden files and folders (.DS_Store, .git) are passed over unless they are named themselves.

    Raises:
        NoDocuments: something named does not exist, or holds no file.
    """
    found: dict[Path, Path] = {}
    for name in named:
        files = list(_files(name))
        if not files:
            raise NoDocuments(f"{name}: {_why_none(name)}")
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def hidden_documents(named: Sequence[str]) -> list[Path]:
    """The files below the folders that are named which `find_documents` passes over."""
    matched = chain.from_iterable(glob.glob(name, recursive=True) for name in named)  # noqa: PTH207 (as below)
    folders = [path for path in {*map(Path, named), *map(Path, matched)} if path.is_dir()]
    return sorted(
        {path for folder in folders for path in folder.rglob("*") if path.is_file() and _is_hidden(path, folder)}
    )


def folders_of(named: Sequence[str]) -> set[Path]:
    """The folders that hold all that is named: of a file its own, of a pattern what stands before its first sign."""
    return {_folder(name).resolve() for name in named}


def _folder(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        return path
    if path.exists():
        return path.parent
    plain = takewhile(lambda part: not glob.has_magic(part), path.parts[:-1])
    return Path(*plain)


def _files(name: str) -> Iterator[Path]:
    path = Path(name)
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _below(path)
    else:
        for match in sorted(glob.glob(name, recursive=True)):  # noqa: PTH207 (Path.glob refuses absolute patterns)
            matched = Path(match)
            yield from _below(matched) if matched.is_dir() else [matched]


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _is_hidden(path, folder):
            yield path


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _why_none(name: str) -> str:
    if Path(name).is_dir():
        return "this folder holds no file"
    return "no file matches this pattern" if glob.has_magic(name) else "there is no such file or folder"


def project_name(documents: Sequence[str]) -> str:
    """A project's name by what its documents are called: their folder, or else the first file."""
    first = Path(documents[0]).resolve()
    if first.is_file() and len(documents) == 1:
        name = first.stem
    else:
        folder = first if first.is_dir() else first.parent
        name = next((one for one in (folder.name, folder.parent.name) if one.casefold() not in _SAYS_NOTHING), "")
    return " ".join(name.replace("_", " ").replace("-", " ").split())[:_LONGEST_NAME].capitalize() or "Documents"
