"""Tells which language a text is in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from coderai.language.locales import language_name

_SLICE = 500
"""Characters that are looked at in the beginning, in the middle and at the end."""
_LEAST_LETTERS = 12
"""Fewer letters tell nothing."""
_LEAST_CONFIDENCE = 0.5
_MAIN = 0.9
"""Share of the documents from which on their language is the corpus's; below it has several."""
_NO_LANGUAGE = "zxx"
"""ISO 639-2 for what is in no language, such as program code."""


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str) -> str:
    """The ISO 639-1 code of a text's language; empty when the text is too short or too mixed to tell."""
    sample = text
    if len(text) > 3 * _SLICE:
        middle = len(text) // 2
        sample = " ".join((text[:_SLICE], text[middle : middle + _SLICE], text[-_SLICE:]))
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return ""
    language, confidence = _identifier().classify(sample)
    return str(language) if confidence >= _LEAST_CONFIDENCE and language != _NO_LANGUAGE else ""


def main_language(counts: Mapping[str, int]) -> str:
    """A corpus's language in English by its documents' codes: "Arabic", or "Mixed"; empty when none was detected."""
    told = {code: many for code, many in counts.items() if code}
    if not told:
        return ""
    code = max(told, key=lambda code: told[code])
    return language_name(code) if told[code] >= _MAIN * sum(told.values()) else "Mixed"
