"""Keeps what a cell was decided from, and decides it again when the settings of its variable change, without a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coderai.codebook.variable import Variable
from coderai.services.extractor.domain.coding.candidates import REFUSED, says, strength, text_order
from coderai.services.extractor.domain.coding.confidence import confidence
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.extraction import (
    Basis,
    Candidate,
    Evidence,
    EvidenceSpan,
    Extraction,
    Flag,
    Match,
    MissingReason,
    Support,
)

_SHARED = ("value", "evidence", "raw", "explanation", "support", "model_confidence", "probability", "judged")
"""Fields of a candidate that are not written where they are those of the extraction, or of a candidate it shows."""
_OWN: Mapping[str, Any] = {"passage": 0, "repeated": False, "contested": False, "preferred": False}
"""Fields of a candidate that an extraction does not have, with what they are unless they are written."""


def redecide(variable: Variable, basis: Basis) -> Extraction:
    """The extraction that `decide` would give under the variable's settings as they are now.

    Its unit and entity, and its basis, are not filled in.
    """
    gaps = {"unread": basis.unread, "unsure": basis.unsure}
    return decide(variable, basis.candidates, basis.failed, basis.absent, **gaps, answered=basis.answered)


def needed(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Those of the candidates on which `decide` may depend under any settings, in the order of the text.

    It takes one for each value, by its strength, from the first or from the last, with or without those that are
    refused; the value's first and last place order it among others, and tell whether it is repeated.
    """
    if len(candidates) < 2:
        return tuple(candidates)
    ordered = sorted(candidates, key=text_order)
    by_value: dict[Any, list[int]] = {}
    for place, one in enumerate(ordered):
        by_value.setdefault(says(one), []).append(place)
    kept = {place for group in by_value.values() for place in _kept(ordered, group)}
    return tuple(ordered[place] for place in sorted(kept))


def _kept(ordered: Sequence[Candidate], group: list[int]) -> Iterator[int]:
    """The places of those that count among candidates of one value."""
    usable = [place for place in group if ordered[place].support not in REFUSED]
    for places in (group, usable):
        if places:
            yield from (places[0], places[-1])
            yield max(places, key=lambda place: strength(ordered[place]))
            yield max(reversed(places), key=lambda place: strength(ordered[place]))
    spans = {place: ordered[place].evidence.spans for place in usable if ordered[place].evidence.spans}
    if spans:
        yield max(spans, key=lambda place: spans[place][0].start)
        yield min(spans, key=lambda place: spans[place][-1].end)


def write(basis: Basis, extraction: Extraction) -> dict[str, Any]:
    """A basis as JSON, without what its extraction says already; `read` puts both together again."""
    sources = _sources(extraction)
    plain: dict[str, Any] = {"candidates": [_candidate(one, sources) for one in basis.candidates]}
    written = {"failed": basis.failed, "unread": basis.unread, "unsure": basis.unsure, "answered": basis.answered}
    if basis.absent is not MissingReason.NOT_STATED:
        written["absent"] = basis.absent
    return {name: value for name, value in (plain | written).items() if value}


def read(plain: Mapping[str, Any], extraction: Extraction) -> Basis:
    """The basis that was written beside this extraction."""
    sources = _sources(extraction)
    return Basis(
        candidates=tuple(_read(one, sources) for one in plain.get("candidates", ())),
        failed=plain.get("failed", ""),
        absent=MissingReason(plain.get("absent", MissingReason.NOT_STATED)),
        unread=plain.get("unread", ""),
        unsure=plain.get("unsure", ""),
        answered=plain.get("answered", False),
    )


def _sources(extraction: Extraction) -> list[tuple[Any, ...]]:
    """What a candidate may share, each as the fields _SHARED: the extraction, then the candidates that it shows."""
    e = extraction
    own = (e.value, e.evidence, e.raw_value, e.explanation, e.support, e.model_confidence, None, False)
    return [own, *((c.value, c.evidence, c.value, *_said(c)) for c in e.candidates)]


def _said(one: Candidate) -> tuple[Any, ...]:
    return one.explanation, one.support, one.model_confidence, one.probability, one.judged


def _candidate(one: Candidate, sources: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """A candidate as JSON; `of`: which of the sources it shares with, unless it is the first."""
    fields = (one.value, one.evidence, one.raw, *_said(one))
    of = next((n for n, s in enumerate(sources) if s[1] == one.evidence and _same(s[0], one.value)), 0)
    plain: dict[str, Any] = {"of": of} if of else {}
    for name, value, shared in zip(_SHARED, fields, sources[of], strict=True):
        if value is not shared and not (value == shared if name == "evidence" else _same(value, shared)):
            plain[name] = _evidence(one.evidence) if name == "evidence" else value
    for name, usual in _OWN.items():
        if getattr(one, name) != usual:
            plain[name] = getattr(one, name)
    if one.flags:
        plain["flags"] = sorted(one.flags)
    if one.confidence != confidence(one):
        plain["confidence"] = one.confidence
    return plain


def _read(plain: Mapping[str, Any], sources: Sequence[tuple[Any, ...]]) -> Candidate:
    fields = dict(zip(_SHARED, sources[plain.get("of", 0)], strict=True))
    fields |= {name: plain[name] for name in _SHARED if name in plain}
    if "evidence" in plain:
        fields["evidence"] = _read_evidence(plain["evidence"])
    if "support" in plain:
        fields["support"] = Support(plain["support"])
    own = {name: plain.get(name, usual) for name, usual in _OWN.items()}
    one = Candidate(confidence=0.0, flags=frozenset(map(Flag, plain.get("flags", ()))), **fields, **own)
    return replace(one, confidence=plain.get("confidence", confidence(one)))


def _same(one: Any, other: Any) -> bool:
    """Whether both are the same JSON: 1 is neither 1.0 nor true."""
    return one == other and repr(one) == repr(other)


def _evidence(one: Evidence) -> dict[str, Any]:
    plain: dict[str, Any] = {"quote": one.quote, "spans": [[span.start, span.end, span.page] for span in one.spans]}
    if one.match is not Match.EXACT:
        plain["match"] = one.match
    return plain if one.recognition is None else plain | {"recognition": one.recognition}


def _read_evidence(plain: Mapping[str, Any]) -> Evidence:
    spans = tuple(EvidenceSpan(*span) for span in plain["spans"])
    return Evidence(plain["quote"], Match(plain.get("match", Match.EXACT)), spans, plain.get("recognition"))
