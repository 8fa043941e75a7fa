"""Estimates how many tokens a text has, from its characters alone: no tables to download, some 50 µs for ten pages."""

from __future__ import annotations

import string


def _weights() -> list[int]:
    """Hundredths of a token per character, by the leading byte of its UTF-8 form.

    Fitted to OpenAI's o200k_base on running text in 20 languages: between 20 % too few and 70 % too many, but for
    Georgian (too many) and Ethiopic (too few).
    """
    weights = [60] * 0x80 + [0] * 0x80
    for character in string.ascii_letters + " ":
        weights[ord(character)] = 22
    ranges = (
        (0xC2, 0xCC, 90),  # accented Latin
        (0xCC, 0xE1, 45),  # Greek, Cyrillic, Hebrew, Arabic, the scripts of India, Thai
        (0xE1, 0xE2, 90),  # Vietnamese accents, Ethiopic, Khmer, Georgian
        (0xE2, 0xE3, 70),  # punctuation and symbols
        (0xE3, 0xF0, 90),  # Chinese, Japanese, Korean
        (0xF0, 0xF8, 200),  # emoji, rare ideographs
    )
    for first, end, weight in ranges:
        weights[first:end] = [weight] * (end - first)
    return weights


_WEIGHTS = _weights()
_CLASSES = sorted({weight for weight in _WEIGHTS if weight})
_CLASS_OF_BYTE = bytes(_CLASSES.index(weight) if weight else len(_CLASSES) for weight in _WEIGHTS)


def estimate_tokens(text: str) -> int:
    """About how many tokens a current model makes of the text; at least 1 unless it is empty."""
    classes = text.encode("utf-8", "surrogatepass").translate(_CLASS_OF_BYTE)
    hundredths = sum(weight * classes.count(index) for index, weight in enumerate(_CLASSES))
    return -(-hundredths // 100)
