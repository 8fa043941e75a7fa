"""What can be wrong with a document: with the request, or with the file, so that it cannot be read."""

from __future__ import annotations

from typing import Self

from coderai.kit.errors import Conflict, InvalidInput, LimitReached, NotFound, TooLarge


class DocumentNotFound(NotFound):
    """There is no such document in this workspace."""


class DocumentNotReady(Conflict):
    """The document has no text: it is still being read, or could not be read."""


class PartOfAnother(Conflict):
    """The document is a part of a table or archive: read that again."""


class CodingsWouldBeLost(Conflict):
    """Something has been extracted from the document, and would be lost: send replace to read it again all the same."""


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
    """The file is of no format that can be read: upload PDF, DOCX, ODT, PPTX, HTML, EPUB, TXT, XLSX, CSV or JSON."""


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


class AnswerRefused(Unreadable):
    """The file makes its reader give an answer that cannot be true: nothing of it is kept; save it again."""

    reason = ""

    @classmethod
    def because(cls, reason: str) -> Self:
        """`reason`, for the log, says what cannot be true, and quotes nothing; it is no part of the message."""
        refused = cls()
        refused.reason = reason[:_LONGEST_REASON]
        return refused


class PageNotDrawn(Unreadable):
    """The page cannot be drawn: show the document's text."""


class PagePicturesMissing(PageNotDrawn):
    """This format has no pages to draw as pictures: show the document's text."""


class PageNotFound(NotFound, PageNotDrawn):
    """The document has no such page."""


class TooManyPages(LimitReached):
    """Many pages are being drawn for this workspace: ask again in a moment."""


def unreadable(name: str, message: str) -> Unreadable:
    """The problem of that class, by its name; one that only a reader knows, or that no reader finds, is Unreadable."""
    kinds = [Unreadable]
    for kind in kinds:  # grows
        kinds += kind.__subclasses__()
    found = next((kind for kind in kinds if kind.__name__ == name and kind not in _FOUND_OUTSIDE), Unreadable)
    return found(message)


_FOUND_OUTSIDE = (ReaderDied, ReadingTooSlow, AnswerRefused)
"""What the worker finds, never the reader."""
_LONGEST_REASON = 500
