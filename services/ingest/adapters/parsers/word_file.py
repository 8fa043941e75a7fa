"""What all parts of one Word file share: styles, lists, notes, charts, and what was left out of the text."""

from __future__ import annotations

from typing import Any

from coderai.services.ingest.adapters.parsers.word_chunks import chunk_text
from coderai.services.ingest.adapters.parsers.word_drawings import chart, diagram
from coderai.services.ingest.adapters.parsers.word_names import W
from coderai.services.ingest.adapters.parsers.word_numbering import Numbering
from coderai.services.ingest.adapters.parsers.word_package import Package
from coderai.services.ingest.adapters.parsers.word_styles import Styles
from coderai.services.ingest.domain.problems import FileDamaged

_NOTES = {"footnote": "footnotes", "endnote": "endnotes", "comment": "comments"}


class WordFile:
    """One file while it is read."""

    def __init__(self, package: Package, main: str, whole: bool) -> None:
        """`main`: the part with the text. `whole`: comments, hidden text and unfilled controls are read as well.

        Raises:
            FileDamaged, ArchiveTooLarge
        """
        self.package = package
        self.main = main
        self.whole = whole
        self.styles = Styles(package.xml(package.related(main, "styles")))
        self.numbering = Numbering(package.xml(package.related(main, "numbering")), self.styles)
        self.left_out: list[str] = []
        """What stands in the file and not in its text."""
        self.unread: dict[str, None] = {}
        """Parts that could not be read."""
        self._notes = {kind: self._read_notes(kind) for kind in _NOTES}
        self._shown: set[str] = set()

    def _read_notes(self, kind: str) -> dict[str, Any]:
        root = self.package.xml(self.notes_part(kind))
        return {} if root is None else {note.get(f"{W}id"): note for note in root.iter(f"{W}{kind}")}

    def notes_part(self, kind: str) -> str:
        """The part with the notes of a kind: footnote, endnote, comment."""
        return self.package.related(self.main, _NOTES[kind])

    def take_note(self, kind: str, id: str | None) -> Any:
        """The element of a note, which is read where it is first referred to; None when it has been read before."""
        return self._notes[kind].pop(id or "", None)

    def comments(self) -> list[Any]:
        """The elements of the comments that have not been read."""
        return list(self._notes["comment"].values())

    def attached(self, part: str, id: str | None) -> str:
        """What the chart, the diagram or the text in another format says to which a part refers, each once."""
        relation = self.package.relations(part).get(id or "")
        if relation is None or not relation.part or relation.part in self._shown:
            return ""
        self._shown.add(relation.part)
        try:
            if relation.kind == "aFChunk":
                return chunk_text(self.package.bytes_of(relation.part) or b"")
            root = self.package.xml(relation.part)
            return "" if root is None else diagram(root) if root.tag.endswith("}dataModel") else chart(root)
        except FileDamaged:
            self.unread[relation.part] = None
            return ""
