"""Which part of a dataset is exported: some of its variables, documents or cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Self
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.services.export.domain.coded import NOT_SELECTED, STATUSES, Document, Extraction
from coderai.services.export.domain.problems import ExportInvalid

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """What is exported; all of it where a list is empty."""

    variables: tuple[str, ...] = ()
    """By name; columns stand in the codebook's order."""
    document_ids: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    """Of cells (coded.STATUSES)."""
    only_reviewed: bool = False
    """Only cells on which a person's word stands."""
    filter: tuple[str, ...] = ()
    """Of rows, as the dataset's rows are filtered: all must hold."""

    @classmethod
    def define(cls, plain: Mapping[str, Any]) -> Self:
        """The choice of a request.

        Raises:
            ExportInvalid: there is no such status, or something is no document's id.
        """
        return cls(
            tuple(dict.fromkeys(plain.get("variables", ()))),
            tuple(dict.fromkeys(map(_read_id, plain.get("document_ids", ())))),
            tuple(dict.fromkeys(map(_read_status, plain.get("statuses", ())))),
            bool(plain.get("only_reviewed")),
            tuple(dict.fromkeys(plain.get("filter", ()))),
        )

    @classmethod
    def stored(cls, plain: Mapping[str, Any]) -> Self:
        """The choice from its fields as a store keeps them."""
        lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list | tuple)}
        return cls(**{**plain, **lists})

    @property
    def of_cells(self) -> bool:
        """Whether cells are chosen by what they are."""
        return bool(self.statuses) or self.only_reviewed

    def of_codebook(self, codebook: Codebook) -> Codebook:
        """The codebook with the chosen variables.

        Raises:
            ExportInvalid: it does not have one of them.
        """
        unknown = set(self.variables) - {variable.name for variable in codebook.variables}
        if unknown:
            message = f"names what is no variable of the codebook: {_some(sorted(unknown))}"
            raise ExportInvalid(f"the choice {message}", fields={"choice.variables": message})
        kept = tuple(v for v in codebook.variables if not self.variables or v.name in self.variables)
        return replace(codebook, variables=kept)

    def of_documents(self, documents: Iterable[Document], codebook: Codebook) -> Iterator[Document]:
        """The chosen documents. `codebook`: what `of_codebook` gave; `documents` have the rows that the filter leaves.

        Cells that are not chosen are empty as NOT_SELECTED; units of which no cell is chosen are left out, and
        documents without any others give no rows.
        """
        ids, names = frozenset(self.document_ids), dict.fromkeys(v.name for v in codebook.variables)
        for document in documents:
            if ids and document.id not in ids:
                continue
            if self.of_cells:
                yield self._of_document(document, names)
            else:
                yield replace(document, left_out=NOT_SELECTED) if self.filter and not document.extractions else document

    def _of_document(self, document: Document, names: Mapping[str, None]) -> Document:
        kept = list[Extraction]()
        for index, group in groupby(document.extractions, key=lambda one: one.entity_index):
            all_of_unit = list(group)
            chosen = {one.variable: one for one in all_of_unit if one.variable in names and self._has(one)}
            if chosen:
                entity = all_of_unit[0].entity
                kept += [chosen.get(name) or _unselected(name, index, entity) for name in names]
        return replace(document, extractions=kept, left_out="" if kept else NOT_SELECTED)

    def _has(self, found: Extraction) -> bool:
        if self.only_reviewed and not found.is_reviewed:
            return False
        return not self.statuses or found.status in self.statuses

    def missing(self, found: Iterable[str]) -> Sequence[str]:
        """The ids of chosen documents that are not among those `found`."""
        return sorted(set(self.document_ids) - set(found))

    def told(self) -> list[tuple[str, str]]:
        """What was chosen, for readers: labels with their values; none where all is exported."""
        parts = [
            ("Variables chosen", ", ".join(self.variables)),
            ("Documents chosen", f"{len(self.document_ids):,}" if self.document_ids else ""),
            ("Cells chosen by status", ", ".join(self.statuses)),
            ("Cells chosen by review", "those on which a person's word stands" if self.only_reviewed else ""),
            ("Rows chosen by filter", "; ".join(self.filter)),
        ]
        return [(label, value) for label, value in parts if value]


WHOLE = Choice()


def _unselected(variable: str, entity_index: int, entity: str) -> Extraction:
    return Extraction(variable, None, entity_index, entity, missing_reason=NOT_SELECTED)


def _read_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        message = f"has what is no document's id: {text[:40]!r}"
        raise ExportInvalid(f"the choice {message}", fields={"choice.document_ids": message}) from None


def _read_status(text: str) -> str:
    if text not in STATUSES:
        message = f"must be of {', '.join(STATUSES)}"
        raise ExportInvalid(f"the statuses {message}", fields={"choice.statuses": message})
    return text


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
