"""Reads a bundle's documents again from files, by a CoderAI of its own, to hold quotes against their texts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from coderai.client.api import CoderAI
from coderai.client.documents import find_documents
from coderai.client.installation import Where, signed_in
from coderai.client.models import Document
from coderai.client.screen import Screen, counted
from coderai.client.verify.bundle import Bundle
from coderai.client.verify.findings import Findings
from coderai.client.verify.lines import DOCUMENTS, DocumentLine
from coderai.client.verify.texts import Documents, read_documents, sha256

_MOST_NAMED = 5
_AT_ONCE = 1 << 20


@contextmanager
def read_again(bundle: Bundle, folder: Path | None, screen: Screen, findings: Findings) -> Iterator[Mapping[str, Path]]:
    """Where the texts are of the documents that could be read again as they were, by id; none without a folder.

    The folder of the CoderAI that reads them, and the texts, are gone afterwards.

    Raises:
        NoDocuments: the folder holds no file.
        StackFailed, ApiError, ConnectionFailed: the CoderAI that was started for it failed.
    """
    if folder is None:
        yield {}
        return
    # What is wrong with the lines is told by the checks that follow.
    documents = read_documents(bundle, Findings())
    files = _files(folder, documents, screen)
    with TemporaryDirectory(prefix="coderai-verify-") as temporary:
        texts = Path(temporary) / "texts"
        texts.mkdir()
        reading = _Reading(documents, texts, findings)
        if files:
            with signed_in(Where(data=Path(temporary) / "stack"), screen) as api:
                reading.read(api, files, screen)
        reading.end(folder)
        yield reading.found


def _files(folder: Path, documents: Documents, screen: Screen) -> list[Path]:
    """The files whose bytes are a document of the bundle, or whose name is a table's or archive's that held one."""
    hashes = {one.sha256 for _, one in documents.values() if one.sha256}
    containers = {one.container for _, one in documents.values() if one.container}
    found, seen = list[Path](), set[str]()
    files = find_documents([str(folder)])
    for path in files:
        digest = _hash(path)
        if digest not in seen and (digest in hashes or path.name in containers):
            found.append(path)
        seen.add(digest)
    if len(found) < len(files):
        screen.note(f"passed over: {counted(len(files) - len(found), 'file')} that the bundle does not name")
    return found


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


@dataclass(slots=True)
class _Reading:
    documents: Documents
    texts: Path
    """The folder where texts are put."""
    findings: Findings
    found: dict[str, Path] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    """Ids of the documents whose bytes were found."""
    _otherwise: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Documents of which places cannot be checked, by what read them and what reads them here."""

    def read(self, api: CoderAI, files: Sequence[Path], screen: Screen) -> None:
        """Uploads the files, and takes the texts of those documents that the bundle names."""
        by_hash: dict[str, list[str]] = {}
        for document_id, (_, one) in self.documents.items():
            if one.sha256:
                by_hash.setdefault(one.sha256, []).append(document_id)
        project = api.create_project(name="Documents that are read again")
        for upload in api.upload(project.id, files):
            if upload.document is None:
                self.findings.not_checked.append(f"{upload.path}: {upload.error}")
        with screen.progress("reading again") as show:
            api.wait_until_read(project.id, on_counts=lambda counts: show(*_read(counts), ""))
        for document in chain(api.documents(project.id, sources=True), api.documents(project.id)):
            ids = [one for one in by_hash.get(document.sha256, ()) if one not in self._seen]
            if not ids:
                continue
            self._seen.update(ids)
            text = api.document_text(document.id) if document.status == "READY" else None
            for document_id in ids:
                self._take(document_id, document, text)

    def end(self, folder: Path) -> None:
        """Tells what was read again, and of what places cannot be checked."""
        again = len(self.found)
        self.findings.checked.append(f"{again:,} documents read again from {folder}, with the texts that were coded")
        for (then, here), many in self._otherwise.items():
            places = f"places in {counted(many, 'document')} cannot be checked"
            self.findings.not_checked.append(f"{places}: read with {then or 'what was not recorded'}, here is {here}")
        absent = [one.name for key, (_, one) in self.documents.items() if one.text_sha256 and key not in self._seen]
        if absent:
            some = ", ".join(absent[:_MOST_NAMED]) + (" ..." if len(absent) > _MOST_NAMED else "")
            self.findings.not_checked.append(f"{counted(len(absent), 'document')} that {folder} does not have: {some}")

    def _take(self, document_id: str, document: Document, text: str | None) -> None:
        line, one = self.documents[document_id]
        if not one.text_sha256:
            return
        if text is not None and sha256(text) == one.text_sha256:
            path = self.texts / str(len(self.found))
            path.write_bytes(text.encode())
            self.found[document_id] = path
        elif document.report.versions == (one.reader or ""):
            self._tell(line, one, document, text)
        else:
            self._otherwise[one.reader or "", document.report.versions or "what does not tell its version"] += 1

    def _tell(self, line: int, one: DocumentLine, document: Document, text: str | None) -> None:
        """The same readers give another text."""
        self.findings.differs(
            DOCUMENTS,
            "the same file, read by the same versions, has another text",
            line=line,
            what=one.name,
            stands=one.text_sha256,
            should=document.error_message or "no text" if text is None else sha256(text),
            values=True,
        )


def _read(counts: Mapping[str, int]) -> tuple[int, int]:
    total = sum(counts.values())
    return total - counts.get("UPLOADED", 0) - counts.get("PARSED", 0), total
