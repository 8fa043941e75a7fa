"""Tells which single-byte encoding a Latin text is in, by whose letters it makes words of."""

from __future__ import annotations

import re
from collections import Counter

_CANDIDATES = ("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "iso8859_15", "mac_roman", "cp850", "cp852")
"""Of those that fit equally well, the first is taken."""

# The letters beyond A-Z of the languages that are written with them (Unicode CLDR, main exemplar characters).
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "áâãàçéêíóôõúü",  # Portuguese
            "àâæçéèêëîïôœùûüÿ",  # French
            "äöüß",  # German
            "áéíñóúü¿¡ªº",  # Spanish
            "àéèìîóòù",  # Italian
            "áâäàåæçéëèêíïóöôøœúüûñ",  # Danish, Norwegian, Swedish, Finnish, Dutch, with their loans
            "áðéíóúýþæö",  # Icelandic
            "ąćęłńóśźż",  # Polish
            "áčďéěíňóřšťúůýž",  # Czech
            "áäčďéíĺľňóôŕšťúýž",  # Slovak
            "áéíóöőúüű",  # Hungarian
            "čćđšž",  # Croatian, Bosnian, Serbian, Slovene
            "ăâîșşțţ",  # Romanian
            "çğıîöşüâû",  # Turkish
            "ąčęėįšųūž",  # Lithuanian
            "āčēģīķļņšūž",  # Latvian
            "äõöüšž",  # Estonian
            "àçéèíïóòúü·",  # Catalan
            "çë",  # Albanian
        ),
    )
)
_PUNCTUATION = frozenset("“”„‘’‚–—…«»‹›•°§€£©®™\xa0\xad")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def fitting_encoding(data: bytes) -> str | None:
    """The encoding in which most of the letters that are not ASCII belong to one language; None if there are none."""
    best, best_score = None, 0.0
    for encoding in _CANDIDATES:
        try:
            score = _score(data.decode(encoding))
        except UnicodeDecodeError:
            continue
        if score > best_score:
            best, best_score = encoding, score
    return best


def _score(text: str) -> float:
    """The share of characters that are not ASCII that one language's letters, or punctuation, explain."""
    counts = Counter(character.lower() for character in _NOT_ASCII.findall(text))
    letters = {character: count for character, count in counts.items() if character not in _PUNCTUATION}
    if not letters:
        return 1.0 if counts else 0.0
    return max(sum(letters.get(c, 0) for c in alphabet) for alphabet in _ALPHABETS) / sum(letters.values())
