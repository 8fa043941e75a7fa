"""The documents' texts that quotes are held against: those of the bundle, or those read again from files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from coderai.client.verify.bundle import Bundle, Unreadable, whole
from coderai.client.verify.findings import Findings
from coderai.client.verify.json_files import json_lines
from coderai.client.verify.lines import DOCUMENTS, DocumentLine

TEXTS = "texts/"
_MOST = 1_000_000_000
"""Bytes of one text."""

Documents = Mapping[str, tuple[int, DocumentLine]]
"""By id, with the line in documents.jsonl."""


def read_documents(bundle: Bundle, findings: Findings) -> Documents:
    """The bundle's documents."""
    documents = dict[str, tuple[int, DocumentLine]]()
    for line, one in json_lines(bundle, DOCUMENTS, DocumentLine, findings):
        if one.document_id in documents:
            findings.differs(DOCUMENTS, "the document is in it twice", line=line, what=one.document_id)
        documents[one.document_id] = line, one
    return documents


def text_path(document_id: str) -> str:
    """Where a bundle keeps a document's text."""
    return f"{TEXTS}{document_id}.txt"


def check_texts(bundle: Bundle, documents: Documents, hashes: Mapping[str, str], findings: Findings) -> int:
    """Every text of the bundle is the one of its document, by its hash; gives how many there are."""
    of_texts = {path for path in bundle.sizes if path.startswith(TEXTS)}
    for document_id, (line, document) in documents.items():
        path = text_path(document_id)
        if path not in of_texts:
            if of_texts and document.text_sha256:
                findings.differs(DOCUMENTS, f"the bundle lacks its text {path}", line=line, what=document.name)
            continue
        of_texts.discard(path)
        if path in hashes and hashes[path] != document.text_sha256:
            findings.differs(
                path,
                f"the text is not the one of {DOCUMENTS}, line {line}: its SHA-256 is another",
                stands=hashes[path],
                should=document.text_sha256,
                values=True,
            )
    for path in sorted(of_texts):
        findings.differs(path, f"it is the text of no document of {DOCUMENTS}")
    return sum(path.startswith(TEXTS) for path in bundle.sizes)


@dataclass(slots=True)
class Texts:
    """Gives documents' texts, one at a time, as most checks go through documents in their order."""

    bundle: Bundle
    findings: Findings
    again: Mapping[str, Path] = field(default_factory=dict)
    """Where texts are that were read again, by the document's id."""
    _kept: tuple[str, str | None] = ("", None)

    def of(self, document_id: str) -> str | None:
        """The document's text; None where there is none, or none that can be read, which is told."""
        if self._kept[0] != document_id:
            self._kept = document_id, self._read(document_id)
        return self._kept[1]

    @property
    def are_there(self) -> bool:
        """Whether there is any text."""
        return bool(self.again) or any(path.startswith(TEXTS) for path in self.bundle.sizes)

    def _read(self, document_id: str) -> str | None:
        path = text_path(document_id)
        try:
            if path in self.bundle.sizes:
                return whole(self.bundle, path, _MOST).decode()
            return self.again[document_id].read_bytes().decode() if document_id in self.again else None
        except (Unreadable, UnicodeDecodeError) as error:
            self.findings.differs(path, f"it cannot be read: {error}")
            return None


def sha256(text: str) -> str:
    """Of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
