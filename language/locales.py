"""What the Unicode Consortium's locale data (by Babel) say of a language: its regions' locales, its name in English."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers

_ISO_639_1 = 2
"""Letters of a code."""


def base_language(language: str) -> str:
    """Gives the ISO 639-1 part of a language tag: "pt" of "pt-BR"; empty when there is none."""
    code = language.strip().lower().replace("_", "-").split("-")[0]
    return code if 2 <= len(code) <= 3 else ""


def language_name(language: str) -> str:
    """Gives the name in English of an ISO 639 code; a code that is not known stands for itself."""
    return str(Locale("en").languages.get(language, language))


def language_code(language: str) -> str:
    """Gives the ISO 639-1 code of one language, named in English ("Arabic") or by a tag ("pt-BR"); else empty."""
    name = language.partition("(")[0].strip().casefold()
    code = _codes_by_name().get(name) or base_language(name)
    return code if code in _codes_by_name().values() else ""


@cache
def _codes_by_name() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").languages.items() if len(code) == _ISO_639_1}


@cache
def locale(language: str) -> Locale | None:
    """Gives the locale of `language` (ISO 639), None when it is not known."""
    return Locale(language) if language in locale_identifiers() else None


@cache
def regional_locales(language: str) -> tuple[Locale, ...]:
    """Gives the locale of `language`, then those of its regions: March has other names in Beirut than in Cairo."""
    regions = sorted(name for name in locale_identifiers() if name.partition("_")[0] == language)
    return tuple(Locale.parse(name) for name in regions)
