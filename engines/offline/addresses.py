"""Finds postal addresses: streets, numbers and postcodes, over the lines that they take."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from coderai.language.sentences import Span

_LONGEST = 200
_STREET_WORD = (
    r"(?i:\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|highway|hwy|court|place|square|parkway|pkwy|terrace"
    r"|crescent|way|jalan|jln|jl|lorong|taman|persiaran|kampung|kg|lebuh|soi|rue|allée|chemin|impasse|quai|calle|avenida|av"
    r"|carrera|plaza|paseo|rua|praça|via|viale|piazza|corso|straat|laan|plein|weg|allee|platz|gata|gatan|vägen|vej|gade|ul"
    r"|ulica|al|aleja|aleje|utca|caddesi|sokak|mahallesi|ул|улица|пр|проспект|пер|шоссе|شارع|طريق)\b"
    r"|\p{L}{3}(?:stra(?:ß|ss)e|str\.|weg|gasse|straat|laan|gatan|vej)\b)|路|街|巷|号|丁目|番地"
)
_NUMBERED_WORD = (
    r"(?i:(?<![\p{L}.])(?:no|nr|lot|unit|suite|ste|apt|flat|floor|block|blk|level|room|plot|house|bldg|building|postfach"
    r"|p\.?\ ?o\.?\ ?box|n[°º])\b[\s.:#]{0,3}(?:\p{L}{0,2}\ ?)?\d|\b\d+(?:st|nd|rd|th)\ floor)"
)
_POSTCODE_FORM = (
    r"\b\d{5}(?:-\d{4})?\b(?=\W{0,3}\p{L}|\W{0,3}$)|\b\p{Lu}{1,2}\d\p{L}?\d?\ \d\p{Lu}{2}\b|\b\d{4}\ ?\p{Lu}{2}\b"
    r"|\b\d{4}\s\p{Lu}|\b\d{2}-\d{3}\b|〒"
)
_STREET = regex.compile(_STREET_WORD)
_NUMBERED = regex.compile(
    rf"{_NUMBERED_WORD}|^\W{{0,3}}\d{{1,5}}\p{{L}}?(?:-\d{{1,4}}\p{{L}}?)?,?\s\p{{Lu}}\p{{L}}{{2}}"
)
_POSTCODE = regex.compile(_POSTCODE_FORM)
_BARE_NUMBER = regex.compile(r"\W{0,3}\d{1,4}\p{L}?(?:-\d{1,4})?\W{0,3}")
_OTHER = regex.compile(
    r"(?i)\b(?:tel|phone|fax|email|e-mail|www|http|gst|vat|tax|reg|date|time|invoice|receipt|bill|cashier|id|hp|mobile|total"
    r"|qty|iban|bic|roc|co|ltd|bhd|inc|llc|gmbh|table|page|order)\b|@|\d:\d\d|\p{Sc}|\d\.\d\d\b|\d/\d+/\d"
    r"|\([^)]*\d[^)]*\)\W*$"
)
_IN_PROSE = regex.compile(
    rf"(?<![\w.])\d{{1,5}},?\s\p{{Lu}}[^\n;:]{{2,60}}?(?:{_STREET_WORD})[^\n;:]{{0,80}}?(?:{_POSTCODE_FORM})"
)
_LINE = regex.compile(r"[^\n]+")


def find_addresses(text: str) -> Iterator[tuple[Span, float]]:
    """Finds addresses, each with a score of 0..1: over lines as long as these look like one, then within sentences."""
    run: list[tuple[Span, int]] = []
    for match in _LINE.finditer(text):
        line = match.group().strip()
        start = match.start() + match.group().find(line[:1])
        signs = 0 if len(line) > _LONGEST or _OTHER.search(line) else _signs(line)
        plain = bool(line) and len(line) <= 40 and not _OTHER.search(line)
        if signs or (plain and (run or _BARE_NUMBER.fullmatch(line))):
            run.append((Span(start, start + len(line)), signs))
        else:
            yield from _address(text, run)
            run = []
    yield from _address(text, run)
    yield from ((Span(*match.span()), 0.85) for match in _IN_PROSE.finditer(text))


def _signs(line: str) -> int:
    """How many of street, number and postcode the line shows."""
    return sum(bool(pattern.search(line)) for pattern in (_STREET, _NUMBERED, _POSTCODE))


def _address(text: str, run: list[tuple[Span, int]]) -> Iterator[tuple[Span, float]]:
    """The part of the run from its first sign, or the number before it, to its last, or the place after it."""
    told = [at for at, (_, signs) in enumerate(run) if signs]
    if not told:
        return
    first, last = told[0], told[-1]
    first = next(
        (at for at in range(max(0, first - 2), first) if _BARE_NUMBER.fullmatch(text[slice(*run[at][0])])), first
    )
    if last + 1 < len(run) and not _POSTCODE.search(text[slice(*run[last][0])]):
        last += 1
    while run[last][0].end - run[first][0].start > _LONGEST and last > first:
        last -= 1
    signs = sum(signs for _, signs in run[first : last + 1])
    if signs > 1 or last > first:
        yield Span(run[first][0].start, run[last][0].end), min(1.0, 0.45 + 0.15 * signs)
