"""The built-in engine's suggestions: what the hint asks for and what recurs in the documents; no network, no chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import regex

from coderai.codebook.variable import Category, VariableType
from coderai.engines.calls import Passage
from coderai.engines.offline.reading import PLAIN, Reading, read
from coderai.engines.offline.words import find_words, stems, telling
from coderai.language.booleans import parse_boolean
from coderai.language.dates import find_dates
from coderai.language.magnitudes import is_currency
from coderai.language.numbers import find_numbers
from coderai.services.copilot.domain.question import GREATEST_LIMIT, Question
from coderai.services.copilot.domain.suggestion import Suggestion

_KINDS = {
    "label": (1.0, "What the document gives as “{what}” for {row}."),
    "date": (0.9, "The date of {row}, as precise as it is stated; not that of the document itself."),
    "number": (0.8, "How many {what} the document gives for {row}; 0 only if it says that there were none."),
    "amount": (0.7, "The amount of money that the document gives for {row}. The number alone."),
    "said": (0.4, "Whether the document says “{what}” of {row}: true if so, false if it denies it."),
}
"""What is looked for: how likely it is wanted where every document has it (0..1), and how it is asked."""
_TYPES = {"date": VariableType.DATE, "said": VariableType.BOOLEAN}
_ASKS = {
    VariableType.NUMBER: r"how (?:many|much)|number|amount|cost|count|size|total|wie ?viele?|cu[aá]nt[oa]s?|combien",
    VariableType.DATE: r"when|dates?|years?|wann|cu[aá]ndo|quand",
    VariableType.BOOLEAN: r"whether|if|did|does|do|is|are|was|were|has|have|ob|si",
}
_FORMS = {
    VariableType.NUMBER: " Give the number alone, without its unit.",
    VariableType.DATE: " Give it as precisely as it is stated.",
    VariableType.CATEGORY: " Choose from the values listed.",
    VariableType.BOOLEAN: " True or false, only if the document says so.",
}
_PHRASE = regex.compile(r"[,;.?!\n]+|\b(?:and|und|et|y|e)\b")
_NOT_COUNTED = regex.compile(r"[ap]m|percent|more|others?|(?:minute|hour|day|week|month|year)s?|\W*\d.*")


def suggest(question: Question) -> Iterator[Suggestion]:
    """What the hint asks for, then what several documents state, the most promising first.

    Left out is what says no more than a variable that the project has, or than a better suggestion.
    """
    row, hinted = question.project.row_is or "the document", frozenset(stems(question.hint))
    readings = {document.name: read(Passage(document.text)) for document in question.documents}
    seen: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for name, reading in readings.items():
        for kind, what, example in _findings(reading):
            seen[kind, " ".join(stems(what)) or what].setdefault(name, (what, example))
    likely: list[tuple[float, Suggestion]] = []
    for (kind, key), places in seen.items():
        others = [s for name in readings.keys() - places.keys() for s in readings[name].sentences]
        having = [" ".join(w.form for w in s.words) for s in others if key in {word.stem for word in s.words}]
        enough = len(places) >= min(len(readings), 2)
        if kind == "said":  # What one document denies, another one may count.
            kind, enough = ("number", True) if any(map(find_numbers, having)) else (kind, enough and bool(having))
        if enough:
            promise = _KINDS[kind][0] * len(places) * (2 if hinted.intersection(key.split()) else 1)
            likely.append((promise, _suggestion(kind, places, row, len(readings))))
    known = [_says(f"{one.name} {one.display_name}") for one in question.variables]
    ranked = (one for _, one in sorted(likely, key=lambda item: -item[0]))
    for one in (*_wanted(question.hint, row, readings), *ranked):
        if not any(_says(one.name) <= other for other in known):
            known.append(_says(one.name))
            yield one


def _findings(reading: Reading) -> Iterator[tuple[str, str, str]]:
    """What the document states: of which kind, what it is called, and the words that say so."""
    for label in reading.labels:
        named = reading.words_at(label.label)
        if regex.match(r"[ \t]*[:：]", reading.text, pos=label.label.end) and len(named.split()) <= 5:
            yield "label", named, f"{named}: {reading.words_at(label.value)}"
    for date in (one for one in reading.dates if len(one.iso) > 4):
        yield "date", "date", reading.text[date.start : date.end]
    for sentence in reading.sentences:
        numbers = [one for one in reading.numbers if sentence.span.start <= one.start < sentence.span.end]
        for number in numbers:
            after = next((word for word in sentence.words if word.start >= number.end), None)
            if is_currency(number.unit) or (after and regex.match("euro|dollar|pound", after.form)):
                yield "amount", "amount", reading.words_at(sentence.span)
            elif after and after in telling(sentence.words) and not _NOT_COUNTED.fullmatch(after.form):
                yield "number", after.form, reading.text[number.start : after.end]
        for word in (one for one in telling(sentence.words) if len(one.form) >= 5 and sentence.denied(one.start)):
            yield "said", word.form, reading.text[word.start : word.end]


def _suggestion(kind: str, places: Mapping[str, tuple[str, str]], row: str, documents: int) -> Suggestion:
    what = next(iter(places.values()))[0]
    type, categories = _TYPES.get(kind, VariableType.NUMBER), tuple[Category, ...]()
    if kind == "label":
        type, categories = _type_of([example.partition(": ")[2] for _, example in places.values()])
    label = f"number of {what}" if kind == "number" else what
    instructions = _KINDS[kind][1].replace("{what}", what).replace("{row}", row)
    instructions += _FORMS.get(type, "") if kind == "label" else ""
    reason = _reason({name: example for name, (_, example) in places.items()}, documents)
    return Suggestion(label, label, type, instructions, reason, categories)


def _type_of(values: Sequence[str]) -> tuple[VariableType, tuple[Category, ...]]:
    """The type that four fifths of the values are of, and for a CATEGORY the values seen, in their order."""
    fits = {
        VariableType.BOOLEAN: lambda value: parse_boolean(value) is not None and len(value) <= 5,
        VariableType.DATE: lambda value: any(len(value) - (one.end - one.start) <= 12 for one in find_dates(value)),
        VariableType.NUMBER: lambda value: len(find_numbers(value)) == 1 and sum(map(str.isalpha, value)) <= 12,
    }
    if type := next((type for type, is_of in fits.items() if sum(map(is_of, values)) >= 0.8 * len(values)), None):
        return type, ()
    distinct = {value.casefold(): value for value in reversed(values) if len(value) <= 40}
    if len(values) >= 3 and 2 <= len(distinct) <= min(8, 2 * len(values) // 3):
        return VariableType.CATEGORY, tuple(Category(distinct[one]) for one in dict.fromkeys(map(str.casefold, values)))
    return VariableType.TEXT, ()


def _wanted(hint: str, row: str, readings: Mapping[str, Reading]) -> Iterator[Suggestion]:
    """A suggestion for each thing that the hint names."""
    for phrase in islice((" ".join(one.split()) for one in _PHRASE.split(hint) if one.strip()), GREATEST_LIMIT):
        asks = (type for type, words in _ASKS.items() if regex.match(rf"(?i)\W*(?:the )?(?:{words})\b", phrase))
        told, type = [word.form for word in telling(find_words(phrase))], next(asks, VariableType.TEXT)
        words = [form for form in told if form not in {"many", "much", "number"}] or told
        label = " ".join((["date"] if type is VariableType.DATE and "date" not in words else []) + words[:5]) or phrase
        said = ((name, one, s) for name, one in readings.items() for s in reversed(one.sentences))
        wanted = _says(phrase)
        seen = {name: one.words_at(s.span) for name, one, s in said if wanted & {word.stem for word in s.words}}
        found = f". {_reason(seen, len(readings))}" if seen else "; no document of the sample uses these words."
        instructions = f"{phrase[:1].upper()}{phrase[1:]}: what the document states about it for {row}."
        yield Suggestion(label, label, type, instructions, f"You asked for it{found}")


def _says(label: str) -> frozenset[str]:
    """The stems of a label, without those that many variables have."""
    found = frozenset(stems(label.replace("_", " ")))
    return found - PLAIN - {"many", "much"} or found


def _reason(seen: Mapping[str, str], documents: int) -> str:
    """Where something was seen: in how many documents, the names of the first, and what the first one says."""
    names, example = list(seen), next(iter(seen.values()))
    shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    example = example if len(example) <= 80 else example[:79].rstrip() + "…"
    return f"Seen in {len(names)} of {documents} documents ({shown}), as in “{example}”."
