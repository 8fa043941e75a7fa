"""An upload that goes on after a break: how far it is, what is kept of it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coderai.kit.errors import CoderAIError, Conflict, InvalidInput, LimitReached, NotFound, TooLarge
from coderai.services.ingest.domain.document import blob_folder

PART = 2**20
"""Bytes of each part but the last."""
KEPT_FOR = timedelta(hours=24)
"""After its last byte an upload is forgotten, and what has come of it removed."""


class UploadNotFound(NotFound):
    """There is no such upload in this workspace, or no more: 24 hours after its last byte it is forgotten."""


class OffsetWrong(Conflict):
    """The bytes do not begin where the upload goes on: ask where that is."""


class UploadTakenOver(Conflict):
    """Somebody else goes on with the upload: ask where it goes on."""


class UploadBusy(Conflict):
    """All of the upload has come and is being stored: ask again in a moment."""


class UploadOverrun(TooLarge):
    """More bytes have come than the upload was to have; begin another."""


class FileTooLarge(TooLarge):
    """A file may have 50 MiB; split it, or upload its text."""


class TooManyUploads(LimitReached):
    """The workspace has many uploads that are not finished: finish some, or delete them."""


class PartsLost(InvalidInput):
    """What had come of the upload is not there any more: send the file again."""


class UploadState(StrEnum):
    """How far an upload is."""

    RECEIVING = "RECEIVING"
    STORED = "STORED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was refused, to be told again to whoever asks."""

    kind: str
    code: str
    message: str
    fields: Mapping[str, str]

    @classmethod
    def of(cls, error: CoderAIError) -> Refusal:
        """Keeps an error. A conflict becomes invalid input: to senders a conflict means to look where to go on."""
        kind = next((name for name, kind in _KINDS.items() if isinstance(error, kind)), InvalidInput.__name__)
        return cls(kind, error.code, error.message, error.fields)

    @property
    def error(self) -> CoderAIError:
        """The error again."""
        return _KINDS.get(self.kind, InvalidInput)(self.message, fields=self.fields, code=self.code)


_KINDS: Mapping[str, type[CoderAIError]] = {kind.__name__: kind for kind in (NotFound, TooLarge)}


@dataclass(frozen=True, slots=True)
class ResumableUpload:
    """A file on its way in, in parts."""

    id: UUID
    project_id: UUID
    name: str
    length: int
    """Bytes of the file."""
    text_column: str
    replace: bool
    note: str
    """What its sender keeps with it."""
    created_at: datetime
    expires_at: datetime
    offset: int = 0
    """Bytes that have come, and are kept."""
    parts: tuple[UUID, ...] = ()
    """The names of their parts, in order; all but the last have PART bytes."""
    state: UploadState = UploadState.RECEIVING
    held_until: datetime | None = None
    """While somebody stores it."""
    document_id: UUID | None = None
    created: bool = False
    reread: bool = False
    refusal: Refusal | None = field(default=None)

    @property
    def is_whole(self) -> bool:
        """Whether all has come, and it is neither a document nor refused."""
        return self.state is UploadState.RECEIVING and self.offset == self.length

    def must_not_be_refused(self) -> None:
        """Raises the error with which it was."""
        if self.refusal is not None:
            raise self.refusal.error

    def must_go_on_at(self, offset: int) -> None:
        """Raises OffsetWrong, or the error with which it was refused."""
        self.must_not_be_refused()
        if offset != self.offset:
            raise OffsetWrong(f"the upload goes on at byte {self.offset:,}, not {offset:,}")

    def must_be_free(self, now: datetime) -> None:
        """Raises UploadBusy while somebody stores it."""
        if self.held_until is not None and self.held_until > now:
            raise UploadBusy()

    def with_part(self, part: UUID, size: int) -> ResumableUpload:
        """With a part of `size` bytes after its full ones, in the place of the last if that is not full."""
        full = self.offset // PART
        return replace(self, parts=(*self.parts[:full], part), offset=full * PART + size)


def parts_folder(workspace_id: UUID, project_id: UUID, upload_id: UUID) -> str:
    """Where the parts of an upload are kept: among its project's files, so that they go with them."""
    return f"{blob_folder(workspace_id, project_id)}/uploads/{upload_id}"
