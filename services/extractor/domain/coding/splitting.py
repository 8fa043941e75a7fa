"""Says what is left to ask after a reply: the halves of a call that was too much at once, the rest of a long list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from coderai.engines.calls import Call, CallKind, Passage, Reply
from coderai.kit.model_replies import Finish

LEAST_PASSAGE = 4000
"""Code points: shorter passages are not split, since a model without room for them has none for an answer."""
OVERLAP = 1200
"""Code points that the halves of a passage share: whatever is no longer than that stands whole in one of them."""
_NEAR_MIDDLE = 0.15
_BOUNDS = (
    regex.compile(r"\n[^\S\n]*\n\s*"),
    regex.compile(r"\n"),
    regex.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？।۔][」』）]*"),
    regex.compile(r"\s+"),
)
"""Where a text may be cut, the best places first: paragraphs, lines, sentences, words."""


def next_calls(call: Call, reply: Reply) -> tuple[Call, ...]:
    """The calls that have to follow a reply: none when the call is answered, or when it cannot be split further."""
    match reply.finish:
        case Finish.TOO_LONG:
            return _halve_longer(call)
        case Finish.CUT_OFF if call.kind is CallKind.EXTRACT:
            return _halve_variables(call) or _halve_passage(call)
        case Finish.CUT_OFF:
            return _continue_list(call, reply) or _halve_passage(call)
    return _continue_list(call, reply) if reply.more else ()


def halves(passage: Passage) -> tuple[Passage, Passage]:
    """Two passages that overlap and together are the passage, cut at the best place near its middle."""
    cut = _cut(passage.text)
    start, end = cut - OVERLAP // 2, cut + OVERLAP // 2
    return (
        replace(passage, text=passage.text[:end]),
        replace(passage, text=passage.text[start:], start=passage.start + start),
    )


def _halve_longer(call: Call) -> tuple[Call, ...]:
    """Halves what takes more room, the passage or what is asked of it."""
    if sum(len(v.active_prompt.text) for v in call.variables) > len(call.passage.text):
        return _halve_variables(call) or _halve_passage(call)
    return _halve_passage(call) or _halve_variables(call)


def _halve_passage(call: Call) -> tuple[Call, ...]:
    if len(call.passage.text) < LEAST_PASSAGE:
        return ()
    return tuple(replace(call, passage=half) for half in halves(call.passage))


def _halve_variables(call: Call) -> tuple[Call, ...]:
    middle = len(call.variables) // 2
    if not middle:
        return ()
    return replace(call, variables=call.variables[:middle]), replace(call, variables=call.variables[middle:])


def _continue_list(call: Call, reply: Reply) -> tuple[Call, ...]:
    """The same question with what is listed so far; none when the reply lists nothing new, whatever it says."""
    new = dict.fromkeys(entity.text for entity in reply.entities if entity.text not in call.known)
    return (replace(call, known=(*call.known, *new)),) if new else ()


def _cut(text: str) -> int:
    middle, reach = len(text) // 2, int(len(text) * _NEAR_MIDDLE)
    for bound in _BOUNDS:
        places = list(_ends(bound, text, middle - reach, middle + reach))
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return middle


def _ends(bound: regex.Pattern[str], text: str, start: int, end: int) -> Iterator[int]:
    return (found.end() for found in bound.finditer(text, start, end))
