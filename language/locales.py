"""What the Unicode Consortium's locale data (by Babel) say of a language: its regions' locales, its name in English."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers


def base_language(language: str) -> str:
    """Gives the ISO 639-1 part of a language tag: "pt" of "pt-BR"; empty when there is none."""
    code = language.strip().lower().replace("_", "-").split("-")[0]
    return code if 2 <= len(code) <= 3 else ""


def language_name(language: str) -> str:
    """Gives the name in English of an ISO 639 code; a code that is not known stands for itself."""
    return str(Locale("en").languages.get(language, language))


@cache
def locale(language: str) -> Locale | None:
    """Gives the locale of `language` (ISO 639), None when it is not known."""
    return Locale(language) if language in locale_identifiers() else None


@cache
def regional_locales(language: str) -> tuple[Locale, ...]:
    """Gives the locale of `language`, then those of its regions: March has other names in Beirut than in Cairo."""
    regions = sorted(name for name in locale_identifiers() if name.partition("_")[0] == language)
    return tuple(Locale.parse(name) for name in regions)
