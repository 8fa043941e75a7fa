"""What parsers are given besides a file."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.kit.tokens import CountTokens, estimate_tokens
from coderai.services.ingest.adapters.parsers.ocr import Ocr


@dataclass(frozen=True, slots=True)
class Tools:
    """How to count tokens, how to read scans, the likely language, and whether all that stands in a file is wanted."""

    count_tokens: CountTokens = estimate_tokens
    ocr: Ocr | None = None
    """None: scans are not read."""
    whole: bool = False
    """Nothing is left out as being a menu, a running header or the like."""
    language: str = ""
    """That the project says its documents are in, ISO 639-1; empty when it names none, or several."""
