"""What can be wrong with a document: with the request, or with the file, so that it cannot be read."""

from __future__ import annotations

from typing import Self

from coderai.kit.errors import Conflict, InvalidInput, NotFound, TooLarge


class DocumentNotFound(NotFound):
    """There is no such document in this workspace."""


class DocumentNotReady(Conflict):
    """The document has no text: it is still being read, or could not be read."""


class UploadInvalid(InvalidInput):
    """The upload has mistakes."""


class UploadCutOff(InvalidInput):
    """The upload broke off before its end, and nothing of it is kept: send the file again."""


class UploadDamaged(InvalidInput):
    """What has come is not what was sent, and nothing of it is kept: send the file again."""


class StorageFull(TooLarge):
    """The workspace keeps as much as it may: delete what is not needed any more."""


class Unreadable(InvalidInput):
    """The file cannot be read; the message says why and what to do, and becomes the document's error_message."""


class FileEmpty(Unreadable):
    """The file is empty: there is nothing to read in it."""


class FileDamaged(Unreadable):
    """The file is damaged: open it in the program it comes from, save it again and upload that copy."""


class FileEncrypted(Unreadable):
    """The file is protected by a password: upload a copy without one."""


class NoText(Unreadable):
    """The file has no text in it."""


class UnknownFormat(Unreadable):
    """The file is of no format that can be read: upload PDF, DOCX, HTML, TXT, CSV, JSON or Parquet."""


class TextTooLarge(Unreadable):
    """The file unpacks to more than can be read as one document: split it."""


class ReadingTooSlow(Unreadable):
    """Reading the file took too long: split it, or save it in a simpler format."""


class ReaderDied(Unreadable):
    """The file makes its reader fail, most likely because it is damaged: save it again, or in another format."""


class ReaderFailed(Unreadable):
    """The file has something that its reader does not understand: save it again, or in another format."""

    @classmethod
    def because(cls, error: Exception) -> Self:
        """Names an error that no reader should raise, and some do."""
        return cls(
            f"the file cannot be understood ({type(error).__name__}: {error}): save it again or in another format"
        )


class ReadingTooBig(Unreadable):
    """Reading the file needs too much memory: split it, or save it in a simpler format."""
