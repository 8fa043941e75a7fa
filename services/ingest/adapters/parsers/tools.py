"""What parsers are given besides a file."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.kit.tokens import CountTokens, estimate_tokens
from coderai.services.ingest.adapters.parsers.ocr import Ocr


@dataclass(frozen=True, slots=True)
class Tools:
    """How to count tokens, and how to read scans."""

    count_tokens: CountTokens = estimate_tokens
    ocr: Ocr | None = None
    """None: scans are not read."""
