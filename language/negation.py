"""Words that deny what the words around them say."""

from __future__ import annotations

import regex

from coderai.language.characters import fold, lower

_DENIALS = regex.compile(
    r"(?<!\p{L})(?:no(?![.:]? ?\p{N})|not|none|never|neither|nor|without|cannot|nobody|nothing|unlikely"
    r"|nicht|kein\p{L}*|nie|niemals|ohne|weder|keinesfalls"
    r"|ne|pas|jamais|aucune?|sans|ni|non|nunca|ningun[oa]?|sin|tampoco|nao|nenhuma?|sem|non|mai|nessun[oa]?|senza"
    r"|niet|geen|nooit|zonder|не|нет|ни|без|никогда)(?!\p{L})|n't(?!\p{L})|n’t(?!\p{L})"
    r"|(?<!\p{L})(?:لا|لم|لن|ليس|ليست|دون|بدون|غير)(?!\p{L})|[不没沒未无無非]|ない|ません|않|안 "
)


def denies(text: str) -> bool:
    """Whether a text holds a word that denies something (European languages, Arabic, Chinese, Japanese, Korean)."""
    return denials(text) > 0


def denials(text: str) -> int:
    """How many such words it holds; the "No." of a number is none."""
    return len(_DENIALS.findall(lower(fold(text))))
