"""Tells which language a text is in."""

from __future__ import annotations

import lzma
import os
import shutil
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from tempfile import TemporaryFile
from threading import Lock

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

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


_unpacking = Lock()


def unpacked_model() -> int:
    """The descriptor of a file with the model, for processes to inherit: unpacking it is most of what loading takes."""
    with _unpacking:
        return _unpacked()


@cache
def _unpacked() -> int:
    with TemporaryFile() as file, lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        shutil.copyfileobj(packed, file, 2**20)
        file.flush()
        return os.dup(file.fileno())  # for as long as the process runs


class _Identifier:
    """What tells languages, once it is loaded."""

    loaded: LanguageIdentifier = None


def load_model(descriptor: int) -> None:
    """Loads the model from an unpacked_model(), of this process or inherited."""
    size = os.fstat(descriptor).st_size
    # By pread, as whoever inherits the file has its position in common with others.
    with np.load(BytesIO(os.pread(descriptor, size, 0)), allow_pickle=False) as model:
        _Identifier.loaded = LanguageIdentifier(
            model["ptc"],
            model["pc"],
            model["classes"].tolist(),
            memoryview(model["nextmove"]),
            model["out_feat"].tolist(),
            norm_probs=True,
            tk_row=model["nextmove_row"].tolist(),
        )


def _identifier() -> LanguageIdentifier:
    if _Identifier.loaded is None:
        load_model(unpacked_model())
    return _Identifier.loaded


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
