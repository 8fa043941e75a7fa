"""Brings a run's files into its project, waits until they are read, and tells what was not read of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from coderai.client.api import CoderAI
from coderai.client.errors import ClientError
from coderai.client.models import Document, Project
from coderai.client.reading_report import tell_reading
from coderai.client.screen import Screen, counted, tell_problems
from coderai.client.uploads import Upload
from coderai.client.wanted import Files


class NothingToCode(ClientError):
    """No document could be read, or none of the sample coded."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a project has of a run's files."""

    documents: Sequence[Document] = ()
    """All of the project's, but tables and archives, which stand for the documents that they hold."""
    failed: int = 0
    """Of the files and of what they hold: refused, or not readable."""
    is_grown: bool = False
    """Whether there is something that was not there before."""
    only: list[str] = field(default_factory=list)
    """The ids of the documents of these files, where the project has others, too; else empty."""


@dataclass(frozen=True, slots=True)
class Uploading:
    """The part of a run that is about files."""

    api: CoderAI
    screen: Screen
    sets_language: bool = True
    """Whether a project without a language gets that of the documents."""

    def take(self, project: Project, files: Files, *, is_new: bool) -> Corpus:
        """Sends what the project does not have yet, waits until all is read, and tells what was not.

        `is_new`: whether the project has nothing. What was guessed is told: the tables' text columns, the language.

        Raises:
            NothingToCode: nothing could be read.
        """
        had = {} if is_new else _by_hash(self._uploaded(project.id))
        hashes = {path: _sha256(path) for path in files.paths} if had else {}
        missing = [path for path in files.paths if not _is_there(had.get(hashes.get(path, "")), files.text_column)]
        uploads = self._send(project, files, missing) if missing else []
        if had and len(missing) < len(files.paths):
            self.screen.detail(f"{counted(len(files.paths) - len(missing), 'file')} are in the project already")
        self._wait(project)
        sources = list(self.api.documents(project.id, sources=True))
        documents = list(self.api.documents(project.id))
        failed = self._tell(project, uploads, [*sources, *documents])
        if files.hidden:
            self.screen.note(f"passed over: {counted(len(files.hidden), 'hidden file')}, such as {files.hidden[0]}")
        self._tell_guesses(project, files)
        grown = any(upload.created or upload.reread for upload in uploads)
        absent = self._absent(had, set(hashes.values()))
        return Corpus(documents, failed, grown, _ids_without(documents, absent, files) if absent else [])

    def _uploaded(self, project_id: str) -> Iterator[Document]:
        """What was uploaded, and not what came of tables and archives."""
        listed = chain(self.api.documents(project_id, sources=True), self.api.documents(project_id))
        return (document for document in listed if not document.source_document_id)

    def _send(self, project: Project, files: Files, paths: Sequence[Path]) -> list[Upload]:
        sent = count(1)
        with self.screen.progress("uploading") as show:
            uploads = self.api.upload(
                project.id,
                paths,
                on_upload=lambda upload: show(next(sent), len(paths), ""),
                text_column=files.text_column,
            )
        stored = [upload for upload in uploads if upload.document is not None]
        repeated = len(stored) - sum(upload.created or upload.reread for upload in stored)
        repeats = f"; {repeated} of them repeat another" if repeated else ""
        self.screen.done(f"uploaded {counted(len(stored), 'file')}{repeats}")
        return uploads

    def _wait(self, project: Project) -> None:
        with self.screen.progress("reading") as show:
            self.api.wait_until_read(project.id, on_counts=lambda counts: show(*_read(counts), ""))

    def _tell(self, project: Project, uploads: Sequence[Upload], documents: Sequence[Document]) -> int:
        """Tells what was read, and what was not; returns how many were not.

        Raises:
            NothingToCode: nothing was.
        """
        counts = self.api.document_counts(project.id)
        ready, unread = counts.get("READY", 0), [one for one in documents if one.status == "FAILED"]
        if ready:
            self.screen.done(f"read {counted(ready, 'document')}")
        refused = [(upload.path.name, upload.error) for upload in uploads if upload.document is None]
        problems = [*refused, *((document.name, document.error_message) for document in unread)]
        tell_problems(self.screen, "could not be read", problems, len(problems))
        if not ready:
            raise NothingToCode("no document could be read, so that there is nothing to code")
        tell_reading(documents, self.screen)
        return len(problems)

    def _tell_guesses(self, project: Project, files: Files) -> None:
        corpus = self.api.corpus(project.id)
        if corpus.duplicate_count:
            what = "left out" if files.leave_out_duplicates else "coded too, unless you say --leave-out-duplicates"
            self.screen.note(f"{counted(corpus.duplicate_count, 'document')} repeat another: {what}")
        if self.sets_language and corpus.suggested_language and not project.language:
            self.api.update_project(project.id, language=corpus.suggested_language)
            why = "the project file names no language; it is that of the documents"
            self.screen.note(f"language: {corpus.suggested_language} ({why})")

    def _absent(self, had: Mapping[str, Document], hashes: Collection[str]) -> list[Document]:
        """What the project had before and what is not among the files: it stays, and is not coded again."""
        absent = [document for sha256, document in had.items() if sha256 not in hashes]
        if absent:
            names = ", ".join(document.name for document in absent[:3])
            more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
            self.screen.warn(
                f"{names}{more}: in the project from an earlier run, and not among the files now; what the dataset has "
                "of them stays, and nothing more is asked of them (--fresh makes a new project)"
            )
        return absent


def _by_hash(documents: Iterator[Document]) -> dict[str, Document]:
    return {document.sha256: document for document in documents if document.sha256}


def _is_there(known: Document | None, text_column: str) -> bool:
    """Whether the project has the file as it is; a table that is to be read by another column is sent again."""
    return known is not None and not (text_column and known.document_count and known.text_column != text_column)


def _sha256(path: Path) -> str:
    """Of the file's bytes; empty when it cannot be read, which its upload tells."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _ids_without(documents: Sequence[Document], absent: Sequence[Document], files: Files) -> list[str]:
    gone = {document.id for document in absent}
    return [
        document.id
        for document in documents
        if document.id not in gone
        and document.source_document_id not in gone
        and not (files.leave_out_duplicates and document.duplicate_of)
    ]


def _read(counts: Mapping[str, int]) -> tuple[int, int]:
    return counts.get("READY", 0) + counts.get("FAILED", 0), sum(counts.values())
