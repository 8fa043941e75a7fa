"""The person in the review demo: what somebody who knows the truth says of the cells that they are shown."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from coderai.client.models import Extraction
from coderai.client.review.rows import shown
from coderai.client.truth import is_right
from coderai.messages.requests import CellFeedback


@dataclass(frozen=True, slots=True)
class Person:
    """Judges cells by known answers, and quotes the words that state the right ones."""

    quotes: Mapping[tuple[str, str], str]
    """By document and variable."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Who quotes what a CSV has: document, variable, quote."""
        with path.open(encoding="utf-8", newline="") as file:
            return cls({(row["document"], row["variable"]): row["quote"] for row in csv.DictReader(file)})

    def says(self, found: Extraction, type_: str, right: Sequence[Any], text: str) -> CellFeedback:
        """What they say of a cell whose right values are known; none: the document states none."""
        if is_right(type_, found.value, [shown(value) for value in right]):
            return CellFeedback(extraction_id=found.id, verdict="CORRECT")
        if not right:
            return CellFeedback(extraction_id=found.id, verdict="INCORRECT", missing_reason="NOT_STATED")
        quote = self._quote(found, right, text)
        correction = {"corrected_value": right[0], **({"quote": quote} if quote else {})}
        return CellFeedback(extraction_id=found.id, verdict="INCORRECT", **correction)

    def _quote(self, found: Extraction, right: Sequence[Any], text: str) -> str:
        """Their quote; of a text the value itself, where the document has it."""
        known = self.quotes.get((found.document_name, found.variable), "")
        literal = (value for value in right if isinstance(value, str) and value in text)
        return known or next(literal, "")
