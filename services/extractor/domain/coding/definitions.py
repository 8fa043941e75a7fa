"""Finds where a text says that two names are of one thing: `X (Y)`, `X ("Y")`, `X, hereinafter Y`, `X, known as Y`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from coderai.language.sentences import split_sentences
from coderai.services.extractor.domain.coding.name_words import ARTICLES

SHORTEST_INITIALS = 3
"""Letters; shorter ones stand for too many names, and in a bracket mostly for a place: (UK)."""
LONGEST_SENTENCE = 300
"""Code points of a sentence as a reason; of a longer one the part around the definition is shown."""
_OPENING, _CLOSING = "\"'“”„‟‘’‚‛«‹「『《", "\"'“”‟‘’«»›‹」』》"
_APOSTROPHE = r"(?<=\p{L})['’](?=\p{L})"
_QUOTED = regex.compile(rf"[{_OPENING}]\s*((?:[^{_OPENING}{_CLOSING}]|{_APOSTROPHE})+?)\s*[{_CLOSING}](?!\p{{Latin}})")
_SAYS = (
    # English
    r"(?:here(?:in)?after|henceforth)(?:\s+(?:referred to|called|known|designated|named))?(?:\s+as)?"
    r"|(?:also|better|commonly|formerly|otherwise|widely)\s+(?:known\s+as|called)|known\s+as|a\.?k\.?a\.?|alias"
    # German, Dutch
    r"|(?:nachfolgend|nachstehend|im\s+folgenden)(?:\s+(?:auch|kurz))?|(?:auch\s+)?bekannt\s+als|(?:auch|kurz)\s+genannt"
    r"|hierna(?:\s+te\s+noemen)?|ook\s+bekend\s+als"
    # French
    r"|ci-après(?:\s+(?:dénommée?s?|désignée?s?|appelée?s?))?|(?:aussi\s+)?connue?s?\s+sous\s+le\s+nom\s+(?:de\s+|d['’])"
    # Spanish, Portuguese
    r"|(?:en\s+adelante|en\s+lo\s+sucesivo|doravante)(?:\s+denominad[oa]s?)?|(?:también\s+)?conocid[oa]s?\s+como"
    r"|(?:também\s+)?conhecid[oa]s?\s+como"
    # Italian
    r"|(?:di\s+seguito|d['’]ora\s+in\s+poi|in\s+seguito)(?:\s+denominat[oaie])?|(?:anche\s+)?not[oa]\s+come"
    # Polish, Russian
    r"|zwan[aey]\s+dalej|znan[aey]\s+(?:także\s+)?jako|далее(?:\s+именуем\p{L}+)?|(?:также\s+)?известн\p{L}+\s+как"
    # Chinese, Arabic
    r"|以下简称|以下稱|简称|又称|下称|المعروفة?\s+باسم|(?:و?يشار\s+إليه[ام]?\s+فيما\s+يلي\s+باسم)"
)
_SAID = regex.compile(rf"(?i)(?<!\p{{L}})(?:{_SAYS})(?!\p{{Latin}}|\p{{Cyrillic}})[\s:–—-]*")
_ALSO = regex.compile(r"(?i)^(?:also|formerly|auch|kurz|aussi|también|também|anche|ook|także|также)(?!\p{L})[\s:]*")
"""With these a bracket gives another name of what stands before it."""
_BRACKET = regex.compile(r"[(（]((?:[^()（）]|[(（][^()（）]*[)）]){1,200})[)）]")
_NAME_WITH_BRACKET = regex.compile(rf"(.*\S)\s*{_BRACKET.pattern}\s*")
_NAME_WITH_APPOSITION = regex.compile(r"(.*\S)\s*,\s*(\p{L}+\s+\p{Ll}[\p{Ll}\s]*)")
_SEPARATOR = regex.compile(r"\s*(?:[,;，；、]|\s(?:or|and|oder|und|ou|et|o|y|e|lub|i|или|и)\s)\s*")
_AND = regex.compile(r"(?i)(?:\s(?:and|und|et|y|e|en|i|и)|[,&和与、]|\sو)\s*$")
_ENDS = f" \t\n,;:–—{_OPENING}{_CLOSING}"
_ARTICLE = regex.compile(rf"(?i)^(?:(?:{'|'.join(sorted(ARTICLES))})\s+|l['’])")
_ARTICLE_AT_END = regex.compile(rf"(?i)(?:(?<!\p{{L}})(?:{'|'.join(sorted(ARTICLES))})\s+|l['’])?$")
_STOP = regex.compile(r"[,;.()（）\n]")
_SPACES = regex.compile(r"\s+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_FURTHEST = 200
"""Code points before a bracket in which the name that it defines ends; no name is longer."""


@dataclass(frozen=True, slots=True)
class Definition:
    """That a text gives a thing two names."""

    full: str
    """The name that comes first, as it was listed."""
    short: str
    explicit: bool
    """By quotation marks or a word for it; else by a bracket alone, which can hold much else (a party, a place)."""
    sentence: str


@lru_cache(4096)
def parts(name: str) -> tuple[str, str]:
    """A name without what is added to it in a bracket at its end or after a comma, and that: `Acme Ltd (the "Buyer")`,
    `MV Corvina, the vessel`. The second is empty when nothing is, or when the bracket tells it apart: `Bank (Rome)`.
    """
    bracket = _NAME_WITH_BRACKET.fullmatch(name)
    if bracket:
        said, explicit = _read(bracket[2])
        initials = said.isupper() and said.isalpha() and len(said) >= SHORTEST_INITIALS
        return (bracket[1], said) if explicit or initials else (name, "")
    added = _NAME_WITH_APPOSITION.fullmatch(name)
    return (added[1], added[2]) if added and _ARTICLE.match(added[2]) else (name, "")


def definitions(text: str, names: Collection[str]) -> list[Definition]:
    """What the text says of the names that were listed, each pair once; the order of the names does not matter."""
    full = {key: name for name in sorted(names) for key in (_key(name), _key(parts(name)[0])) if key}
    short = {key: name for name in sorted(names, reverse=True) if (key := _key(name))}
    found: dict[tuple[str, str], Definition] = {}
    for site in _sites(text):
        named = next((short[key] for key in map(_key, site.names) if key in short), "")
        before = _defined(text[max(0, site.start - _FURTHEST) : site.start], full) if named else ""
        if before and named != before:
            known = found.get((before, named))
            if known is None or (site.explicit and not known.explicit):
                found[before, named] = Definition(before, named, site.explicit, _sentence(text, site.start, site.end))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Site:
    """A place where what stands before text[start:end] may get another name: the first of `names` that was listed."""

    start: int
    end: int
    names: Sequence[str]
    explicit: bool


def _sites(text: str) -> Iterator[_Site]:
    for bracket in _BRACKET.finditer(text, overlapped=True):
        pieces = {_read(piece) for piece in _SEPARATOR.split(bracket[1])}
        read = {_read(bracket[1])} | (pieces if any(explicit for _, explicit in pieces) else set())
        yield from (_Site(*bracket.span(), (name,), explicit) for name, explicit in sorted(read))
    for said in _SAID.finditer(text):
        after = text[said.end() : said.end() + _FURTHEST]
        quoted = _QUOTED.match(_ARTICLE.sub("", after))
        words = (quoted[1] if quoted else _STOP.split(after, 1)[0]).split()
        yield _Site(*said.span(), [" ".join(words[:count]) for count in range(len(words), 0, -1)], explicit=True)


def _read(piece: str) -> tuple[str, bool]:
    """A piece of a bracket without the words that introduce it and quotation marks, and whether it had any."""
    bare = _ALSO.sub("", _SAID.sub("", piece.strip()))
    quoted = _QUOTED.search(bare)
    rest = _ARTICLE.sub("", (bare[: quoted.start()] if quoted else "").lower().strip() + " ").strip()
    if quoted and not rest:
        return quoted[1], True
    return bare, bare != piece.strip()


def _defined(before: str, names: Mapping[str, str]) -> str:
    """The name with which a text ends; empty when it ends with none, or with the last of several."""
    text = _SPACES.sub(" ", before).rstrip(_ENDS + "(（")
    key = _ending(text, names)
    others = _ARTICLE_AT_END.sub("", text[: len(text) - len(key)])
    several = _AND.sub("", others)
    return names[key] if key and (several == others or not _ending(several, names)) else ""


def _ending(text: str, keys: Iterable[str]) -> str:
    """The longest of the keys with which a text ends; empty when it ends with none."""
    return max((key for key in keys if text.endswith(key) and _begins(text, len(text) - len(key))), key=len, default="")


def _begins(text: str, at: int) -> bool:
    return at == 0 or bool(_UNSPACED.match(text[at])) or not (text[at - 1].isalnum() or text[at - 1] in "-'’")


def _key(name: str) -> str:
    """A name as it is compared: without article, quotation marks and line breaks."""
    return _ARTICLE.sub("", _SPACES.sub(" ", name).strip(_ENDS)).strip(_ENDS)


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence of a place, or of a long one what stands around it."""
    left, right = max(0, start - _FURTHEST), min(len(text), end + _FURTHEST)
    around = next(
        (text[left + s.start : left + s.end] for s in split_sentences(text[left:right]) if s.end > start - left), ""
    )
    return _SPACES.sub(" ", around)[:LONGEST_SENTENCE]
