"""The columns that every row begins with, in every layout: its document and entity."""

from __future__ import annotations

from coderai.services.export.domain.coded import Unit
from coderai.services.export.domain.names import Names
from coderai.services.export.domain.table import Column, Row

_OF_DOCUMENT = [
    Column("document", "DOCUMENT", "Document"),
    Column("document_id", "ID", "Id of the document"),
]
_OF_ENTITY = [
    Column("entity_index", "INDEX", "Number of the entity in its document, from 1"),
    Column("entity", "ENTITY", "Entity"),
    Column("entity_page", "PAGE", "Page of the entity's first mention"),
    Column("entity_start", "INDEX", "Where that mention begins in the document's text, in characters from 0"),
    Column("entity_end", "INDEX", "Where it ends"),
]
_FLAGGED = Column("flagged", "FLAGGED", "What wants a person's look, and why")


def head_columns(has_entities: bool, names: Names) -> list[Column]:
    """The columns, by the names that are free (codebook.columns.OF_ROW)."""
    columns = [*_OF_DOCUMENT, *(_OF_ENTITY if has_entities else ()), _FLAGGED]
    return [Column(names.free(column.name), column.kind, column.label) for column in columns]


def head_cells(unit: Unit, has_entities: bool) -> Row:
    """A unit's cells in these columns, but for the last, "flagged"."""
    row: Row = [unit.document.name, unit.document.id]
    if has_entities:
        place = unit.place
        row += [unit.entity_index or None, unit.entity or None]
        row += [place.page, place.start, place.end] if place else [None, None, None]
    return row
