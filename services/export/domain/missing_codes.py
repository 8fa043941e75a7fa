"""The codes of missing reasons in formats that tell one kind of missing from another."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_lowercase

from coderai.services.export.domain.coded import Words


def stata_codes(words: Words) -> Mapping[str, str]:
    """Stata's extended missing values by missing reason, in the order of the reasons: .a, .b ... at most .z."""
    return {reason: f".{letter}" for reason, letter in zip(words.reasons, ascii_lowercase, strict=False)}
