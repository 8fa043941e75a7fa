"""What the use cases need of the world: a store, the files' bytes, the projects, and a reader."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from google.protobuf.message import Message

from coderai.kit.audit import Fact
from coderai.kit.identity import Cause
from coderai.services.ingest.domain.document import Document, Manner, Project
from coderai.services.ingest.domain.pages import PageSpans, Picture, PictureSize, Region
from coderai.services.ingest.domain.reading import Container, Part, Reading
from coderai.services.ingest.domain.storage import Usage
from coderai.services.ingest.domain.turns import Turn


@dataclass(frozen=True, slots=True)
class Codings:
    """What was extracted from documents."""

    documents: int = 0
    """Documents that are coded in one job or several."""
    extractions: int = 0
    """Values, or reasons why there is none."""
    corrections: int = 0
    """Values that people have corrected; they stay."""
    job_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of a document, and of those it holds, when it was read again."""

    text_versions: Mapping[UUID, int]
    """Of those whose texts have changed: how often they have by now."""
    gone: Sequence[UUID]
    """Those that it does not hold any more."""


class Store(Protocol):
    """One transaction in one workspace; nothing is kept without commit(). Locks go project first, then document."""

    async def add(self, document: Document) -> Document:
        """Adds a document to be read, unless its project has its bytes already; the one it has now."""
        ...

    async def add_all(self, new: Sequence[Document]) -> Sequence[Document]:
        """Adds documents of one project, likewise; for each the one that the project has now."""
        ...

    async def document(self, document_id: UUID) -> Document:
        """The document, locked until the end of the transaction. Raises DocumentNotFound."""
        ...

    async def several(self, document_ids: Sequence[UUID]) -> Sequence[Document]:
        """Those of the documents that there are, locked likewise, in upload order."""
        ...

    async def next_turns(self) -> Sequence[Turn]:
        """The documents of the workspace that go into the queue now; locks the workspace's turns."""
        ...

    async def begin(self, document_id: UUID, lane: str) -> Sequence[Document]:
        """Notes that the documents are being read that have their turn with this one and wait on this lane still."""
        ...

    async def give_back(self, turn: Sequence[Document], *, alone: bool) -> None:
        """Has documents wait for another turn, as if they had had none; `alone`: for one of its own each."""
        ...

    async def sent_again(self, document_id: UUID) -> Turn | None:
        """Notes that an unread document was sent again now; None if it is not in the queue. Raises DocumentNotFound."""
        ...

    async def usage(self) -> Usage:
        """What the workspace keeps, this transaction's changes with it."""
        ...

    async def note_parsed(self, parsed: Sequence[Document]) -> None:
        """Makes UPLOADED documents PARSED: their texts are known, and are compared and saved next."""
        ...

    async def lock_project(self, project_id: UUID) -> None:
        """Lets one transaction at a time say which of a project's documents repeat each other."""
        ...

    async def part_ids(self, document: Document) -> Sequence[UUID]:
        """The documents that a table or archive holds, in their order."""
        ...

    async def ask(self, document: Document, manner: Manner) -> None:
        """Has a document read in this manner: again, or for the first time where it is unread still."""
        ...

    async def save_again(self, document: Document, save: Callable[[], Awaitable[None]]) -> Reread:
        """Has `save` save what was read in the place of what a document gave before; the project is locked."""
        ...

    async def save_readings(self, project_id: UUID, read: Sequence[tuple[Document, Reading]]) -> None:
        """Makes unread documents READY with these texts; the project is locked."""
        ...

    async def save_parts(self, document: Document, container: Container, batches: Iterable[Sequence[Part]]) -> None:
        """Makes an unread document, a table or archive, READY with these parts; the project is locked."""
        ...

    async def save_failure(self, document: Document, reason: str) -> None:
        """Makes an unread document FAILED; one that was read before is READY again as it was, with a warning."""
        ...

    async def remove(self, document: Document) -> Sequence[UUID]:
        """Removes a document with its parts, and compares anew what repeated them; the ids of all that is gone."""
        ...

    async def remove_project(self, project_id: UUID) -> None: ...

    async def remove_uploads(self, project_id: UUID) -> None:
        """Forgets the uploads to a project that are not finished, and those that are."""
        ...

    async def record(self, *facts: Fact) -> None:
        """Adds what is done to the list of who did what."""
        ...

    def emit(self, subject: str, message: Message, cause: Cause | None = None) -> None: ...

    async def commit(self) -> None: ...


OpenStore = Callable[[UUID], AbstractAsyncContextManager[Store]]
"""Opens a store on a workspace."""


class Written(Protocol):
    """What was written."""

    @property
    def size(self) -> int: ...

    @property
    def sha256(self) -> str: ...


class Files(Protocol):
    """The bytes of files, by key."""

    async def write(self, key: str, parts: AsyncIterable[bytes], limit: int | None = None) -> Written:
        """Keeps a file, whole or not at all. Raises TooLarge when it has more than `limit` bytes."""
        ...

    def read(self, key: str) -> AsyncIterator[bytes]:
        """Streams a file. Raises NotFound."""
        ...

    async def delete(self, *keys: str) -> None:
        """Removes files; absent ones are no error."""
        ...

    async def delete_folder(self, folder: str) -> None:
        """Removes all files below a folder; an absent one is no error."""
        ...


class Projects(Protocol):
    """The projects of the caller's workspace."""

    async def must_exist(self, project_id: UUID) -> None:
        """Raises NotFound when the caller's workspace has no such project."""
        ...

    async def project(self, project_id: UUID) -> Project:
        """What a project says of its documents. Raises NotFound."""
        ...


class CodingsOf(Protocol):
    """What the extractor has extracted from documents of the caller's workspace."""

    async def __call__(self, project_id: UUID, document_ids: Sequence[UUID]) -> Codings:
        """Raises Unavailable when that cannot be learnt."""
        ...


class Expansion(Protocol):
    """A table or archive that was read into parts."""

    @property
    def container(self) -> Container: ...

    def batches(self) -> Iterator[Sequence[Part]]:
        """The parts in order."""
        ...

    def close(self) -> None:
        """Forgets the parts."""
        ...


class Reader(Protocol):
    """Reads files."""

    async def read(
        self, data: bytes, name: str, manner: Manner, project: Project, workspace_id: UUID
    ) -> Reading | Expansion:
        """Makes chunks by the tokens of the project's model; no file meets one of another workspace.

        Raises:
            Unreadable: with the reason and what to do.
        """
        ...


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of which pages are asked."""

    key: str
    """Tells it from all others."""
    load: Callable[[], Awaitable[bytes]]
    """Gives the bytes of the uploaded file."""
    path: str = ""
    """Of an archive or mail: the file in it that is meant."""
    sha256: str = ""
    """That file's."""


class PageReader(Protocol):
    """Draws pages, and finds passages on them, one workspace's apart from another's."""

    async def draw(self, file: PageFile, page: int, size: PictureSize, workspace_id: UUID) -> Picture:
        """A page (from 1) as a picture.

        Raises:
            Unreadable: says why it cannot be drawn, PageNotFound among others.
            TooManyPages: the workspace has many under way.
        """
        ...

    async def locate(self, file: PageFile, pages: Sequence[PageSpans], workspace_id: UUID) -> list[list[list[Region]]]:
        """For each page and each of its spans the regions, none when there is no sure place; raises as draw does."""
        ...
