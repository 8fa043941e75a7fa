"""The built-in engine's suggestions: what the hint asks for and what recurs in the documents; no network, no chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import regex

from coderai.codebook.variable import Category, VariableType
from coderai.engines.calls import Passage
from coderai.engines.offline.names import ORGANISATION, PLACE, find_names
from coderai.engines.offline.reading import Reading, read
from coderai.engines.offline.words import EMPTY_WORDS, find_words, stems, telling
from coderai.language.booleans import parse_boolean
from coderai.language.dates import find_dates
from coderai.language.magnitudes import is_currency
from coderai.language.numbers import find_numbers
from coderai.language.sentences import Span
from coderai.services.copilot.domain.question import GREATEST_LIMIT, Question
from coderai.services.copilot.domain.suggestion import Suggestion

_TABLE = """
label TEXT 1.0 What the document gives as “{what}” for {row}.
date DATE 0.9 The date of {row}, as precise as it is stated; not that of the document itself.
count NUMBER 0.8 How many {what} the document gives for {row}; 0 only if it says that there were none.
amount NUMBER 0.7 The amount of money that the document gives for {row}. The number alone.
location TEXT 0.7 The place that the document gives for {row}, by its name only, as it is spelled.
organisation TEXT 0.6 The organisation that the document connects with {row}, by its name.
role TEXT 0.5 The name of the {what} that the document connects with {row}.
said BOOLEAN 0.4 Whether the document says “{what}” of {row}: true if so, false if it denies it.
"""
_KINDS = {line.split()[0]: line.split(maxsplit=3)[1:] for line in _TABLE.strip().splitlines()}
"""What is looked for: its type, how likely it is wanted where every document has it (0..1), and how it is asked."""
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
_ROLE = regex.compile(r"(?<=[\s(])(?P<role>\p{Ll}{4,}),? \p{Lu}[\p{L}’'-]+ \p{Lu}[\p{L}’'-]+")
_MORE = "am pm percent more people persons others second minute hour hours day days week weeks month year"
_NOT_COUNTED = EMPTY_WORDS | set(_MORE.split())
_OUTCOMES = {"killed", "injured", "arrested"}


def suggest(question: Question) -> Iterator[Suggestion]:
    """What the hint asks for, then what several documents state, the most promising first.

    Left out is what says no more than a variable that the project has, or than a better suggestion.
    """
    row, hinted = question.project.row_is or "the document", frozenset(stems(question.hint))
    readings = {document.name: read(Passage(document.text)) for document in question.documents}
    seen: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    values: dict[str, list[str]] = {}
    for name, reading in readings.items():
        for kind, what, at in _findings(reading):
            key = (kind, " ".join(stems(what)) or what)
            seen.setdefault(key, {}).setdefault(name, (what, reading.words_at(at)))
            if kind == "label":
                values.setdefault(key[1], []).append(reading.words_at(at)[len(what) :].strip(" :："))
    enough = max(1, min(len(readings), 2))

    def promise(item: tuple[tuple[str, str], Mapping[str, tuple[str, str]]]) -> float:
        (kind, what), places = item
        return float(_KINDS[kind][1]) * len(places) * (2 if set(what.split()) & hinted else 1)

    recurring = (item for item in seen.items() if len(item[1]) >= enough)
    found = [item for item in recurring if item[0][0] != "said" or _is_stated(*item, readings)]
    known = [_says(f"{one.name} {one.display_name}") for one in question.variables]
    ranked = (
        _suggestion(kind, places, row, len(readings), values.get(key, ()))
        for (kind, key), places in sorted(found, key=promise, reverse=True)
    )
    for one in (*_wanted(question.hint, row, readings), *ranked):
        if not any(_says(one.name) <= other for other in known):
            known.append(_says(one.name))
            yield one


def _findings(reading: Reading) -> Iterator[tuple[str, str, Span]]:
    """What the document states: of which kind, what it is called, and where."""
    for label in reading.labels:
        between = reading.text[label.label.end : label.value.start]
        if regex.fullmatch(r"[ \t]*[:：][ \t]*", between) and len(reading.words_at(label.label).split()) <= 5:
            yield "label", reading.words_at(label.label), Span(label.label.start, label.value.end)
    for date in (one for one in reading.dates if len(one.iso) > 4):
        yield "date", "date", Span(date.start, date.end)
    for name in find_names(reading.text):
        acronym = regex.match(r" \(\p{Lu}{2,8}\)", reading.text, pos=name.end)
        if acronym or name.evidence[ORGANISATION] >= 0.85:
            yield "organisation", "organisation", Span(name.start, acronym.end() if acronym else name.end)
        elif name.evidence[PLACE] >= 0.9:
            yield "location", "location", Span(name.start, name.end)
    for match in _ROLE.finditer(reading.text):
        if match["role"] not in EMPTY_WORDS:
            yield "role", match["role"], Span(*match.span())
    for number in reading.numbers:
        after = next((word for word in reading.sentence_at(number.start).words if word.start >= number.end), None)
        form = after.form if after else ""
        if is_currency(number.unit) or regex.match("euro|dollar|pound", form):
            yield "amount", "amount", Span(number.start, number.end + len(number.unit or form) + 1)
        elif after and form not in _NOT_COUNTED and form.isalpha():
            yield "count", form, Span(number.start, after.end)
    for sentence in reading.sentences:
        counted = [number for number in reading.numbers if sentence.span.start <= number.start < sentence.span.end]
        for word in telling(sentence.words):
            denied = sentence.denied(word.start)
            if word.stem in _OUTCOMES and (denied or counted):
                yield "count", f"people {word.stem}", sentence.span
            elif denied and len(word.form) >= 5:
                yield "said", word.form, Span(word.start, word.end)


def _is_stated(key: tuple[str, str], places: Mapping[str, object], readings: Mapping[str, Reading]) -> bool:
    """Whether a document that does not deny it has the word."""
    others = (reading for name, reading in readings.items() if name not in places)
    return any(word.stem == key[1] for reading in others for sentence in reading.sentences for word in sentence.words)


def _suggestion(
    kind: str, places: Mapping[str, tuple[str, str]], row: str, documents: int, values: Sequence[str]
) -> Suggestion:
    what = next(iter(places.values()))[0]
    type, categories = _type_of(values) if kind == "label" else (VariableType(_KINDS[kind][0]), ())
    label = f"number of {what}" if kind == "count" else what
    instructions = _KINDS[kind][2].format(what=what.replace("{", "").replace("}", ""), row=row)
    instructions += _FORMS.get(type, "") if kind == "label" else ""
    examples = {name: example for name, (_, example) in places.items()}
    return Suggestion(
        label, label[:1].upper() + label[1:], type, instructions, _reason(examples, documents), categories
    )


def _type_of(values: Sequence[str]) -> tuple[VariableType, tuple[Category, ...]]:
    """The type that four fifths of the values are of, and for a CATEGORY the values seen, in their order."""
    fits = {
        VariableType.BOOLEAN: lambda value: parse_boolean(value) is not None and len(value) <= 5,
        VariableType.DATE: lambda value: any(len(value) - (one.end - one.start) <= 12 for one in find_dates(value)),
        VariableType.NUMBER: lambda value: len(find_numbers(value)) == 1 and sum(map(str.isalpha, value)) <= 12,
    }
    for type, is_of in fits.items():
        if sum(map(is_of, values)) >= 0.8 * len(values):
            return type, ()
    distinct = {value.casefold(): value for value in reversed(values) if len(value) <= 40}
    if len(values) >= 3 and 2 <= len(distinct) <= min(8, 2 * len(values) // 3):
        return VariableType.CATEGORY, tuple(Category(distinct[one]) for one in dict.fromkeys(map(str.casefold, values)))
    return VariableType.TEXT, ()


def _wanted(hint: str, row: str, readings: Mapping[str, Reading]) -> Iterator[Suggestion]:
    """A suggestion for each thing that the hint names."""
    phrases = (" ".join(phrase.split()) for phrase in _PHRASE.split(hint))
    asked = ((one, list(telling(find_words(one))), _asked_type(one)) for one in phrases)
    for phrase, told, type in islice((one for one in asked if one[1] or one[2]), GREATEST_LIMIT):
        words = [word.form for word in told if word.form not in {"many", "much", "number"}] or [w.form for w in told]
        dated = type is VariableType.DATE and "date" not in words
        label = " ".join((["date"] if dated else []) + words[:5])
        seen = {name: sentence for name, one in readings.items() if (sentence := _sentence(one, _says(phrase)))}
        found = f". {_reason(seen, len(readings))}" if seen else "; no document of the sample uses these words."
        instructions = f"{phrase[:1].upper()}{phrase[1:]}: what the document states about it for {row}."
        kind = type or VariableType.TEXT
        yield Suggestion(label, label[:1].upper() + label[1:], kind, instructions, f"You asked for it{found}")


def _sentence(reading: Reading, wanted: frozenset[str]) -> str:
    """The first sentence that has one of the stems; empty when none has."""
    found = (one.span for one in reading.sentences if not wanted.isdisjoint(word.stem for word in one.words))
    return next(map(reading.words_at, found), "")


def _asked_type(phrase: str) -> VariableType | None:
    return next((type for type, words in _ASKS.items() if regex.match(rf"(?i)\W*(?:the )?(?:{words})\b", phrase)), None)


def _says(label: str) -> frozenset[str]:
    """The stems of a label, without those that many variables have."""
    found = frozenset(stems(label.replace("_", " ")))
    return found - {"number", "amount", "total", "peopl", "person", "count", "mani", "much"} or found


def _reason(seen: Mapping[str, str], documents: int) -> str:
    """Where something was seen: in how many documents, the names of the first, and what the first one says."""
    names: list[str] = list(seen)
    shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    example = seen[names[0]] if len(seen[names[0]]) <= 80 else seen[names[0]][:79].rstrip() + "…"
    return f"Seen in {len(names)} of {documents} documents ({shown}), as in “{example}”."
