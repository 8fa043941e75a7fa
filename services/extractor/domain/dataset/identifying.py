"""Which unit the extractions of a document are of that failed as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from coderai.codebook.variable import Variable
from coderai.services.extractor.domain.coding.extraction import Extraction, MissingReason
from coderai.services.extractor.domain.coding.missing import unreadable
from coderai.services.extractor.domain.dataset.units import first_id


def unreadable_document(
    variables: Iterable[Variable], document_id: UUID, reason: MissingReason, error: str
) -> list[Extraction]:
    """The extractions of a document that failed as a whole: of the unit that is the document itself."""
    unit_id = first_id(document_id, 0)
    return [replace(unreadable(variable, reason, error), unit_id=unit_id) for variable in variables]
