"""Words that the reading of traits goes by, for which no library has a list."""

from __future__ import annotations

_PEOPLE = """
people persons men women children residents workers employees passengers students officers soldiers patients civilians
members crew households families animals
"""
PEOPLE = frozenset(_PEOPLE.split())
"""Those to whom something happens: "three residents were evacuated"."""
_NAMES_NOTHING = """
there here very much many more most some such just only also even still again about ever always often already yet know
known want wanted think thought come came make made take taken give given get got going went need needed able sure
least rather quite less longer other another anybody anyone anything something clear true enough right good left first
last next could would used since though while because until after before between limitation case event doubt reason
additional further limited
"""
NAMES_NOTHING = frozenset(_NAMES_NOTHING.split())
"""Words of which it could not be asked whether they are so."""
_PARTS = """
section article page chapter exhibit schedule figure table clause part appendix annex item note step volume level
number paragraph box sheet day week month year january february march april may june july august september october
november december januar februar märz mai juni juli oktober dezember artikel abschnitt seite kapitel artículo sección
página capítulo
"""
PARTS = frozenset(_PARTS.split())
"""Words of headings that number the parts of one text."""
