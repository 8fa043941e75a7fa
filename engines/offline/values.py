"""What finds the values of each type: DATE and NUMBER by labels and words near, BOOLEAN and CATEGORY by likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import regex

from coderai.codebook.variable import VariableType
from coderai.engines.offline.reading import WHOLE, Candidate, Question, Sentence
from coderai.engines.offline.texts import find_texts_for
from coderai.engines.offline.words import Ranking, find_words, label_stems, stems, telling
from coderai.language.booleans import parse_boolean
from coderai.language.magnitudes import is_currency, is_percent
from coderai.language.numbers import Number
from coderai.language.sentences import Span

_MONEY = frozenset(
    stems("money price cost fee total amount salary revenue payment paid tax discount fine debt cash rent")
)
_SHARE = frozenset(stems("percent percentage rate share proportion"))
_YEAR, _AGE = frozenset(["year"]), frozenset(stems("age aged old"))
_EVENT = frozenset(stems("event incident occurred happened place"))
_DOCUMENT = frozenset(stems("purchase issued publication invoice receipt order report letter agreement contract"))
_PART = frozenset(stems("subtotal sub excluding excl before saved discount tax qty quantity items pcs"))
"""Words of a total of less than everything."""
_PART_OF = regex.compile(r"(?i)(?:^|[.;]\s*)(?:of the|von den|de l[oa]s|des|из)\b([^,;]*),\s*$")
_WITH = regex.compile(r"(?i)\d\s+\p{L}+\s+(?:with|mit|con|avec|com|с)\s+$")
_RATE = regex.compile(
    r"(?i)\s*(?:/|an? |per |pro |por |par |al? )(?:hour|day|week|month|year|stunde|tag|monat|jahr|d[ií]a|mes|mois|an)\b"
)
_BEFORE_YEAR = regex.compile(r"(?i)\b(?:in|since|until|en|im|seit|depuis|desde|em|в)\s+$")
_EXACTNESS = {len("2021-03-05"): 1.0, len("2021-03"): 0.9, len("2021"): 0.6}
LEAST_LIKENESS, LEAST_LEAD = 0.24, 0.1
"""Of a sentence to a yes/no question; of the best category over the next: chosen by `python -m benchmarks margins`."""


def find_dates_for(question: Question) -> Iterator[Candidate]:
    """Finds the dates stated for the variable, or the first; an event's rather not the document's own."""
    any_date, opens = question.only_asks(_DOCUMENT), question.reading.opens_document
    for rank, (date, _, labelled, near) in enumerate(question.scored(question.reading.dates)):
        first = (0.6 if opens else 0.4) / (1 + rank / 4) if any_date else 0.0
        score = max(labelled, first, near * (0.5 if any_date else 1.0)) * _EXACTNESS[len(date.iso)]
        own = date == question.reading.own_date and question.asked & _EVENT
        why = "labelled" if labelled >= max(first, near) else "by its place"
        yield Candidate(date.iso, Span(date.start, date.end), score * (0.7 if own else 1.0), why)


def find_numbers_for(question: Question) -> list[Candidate]:
    """Finds the numbers stated for the variable, of totals the greater; nought where it is said that there was none."""
    fits = {number: _fit(question, number) for number in question.reading.numbers}
    found = []
    for number, sentence, labelled, near in question.scored([number for number, fit in fits.items() if fit >= 0.1]):
        near *= _share_of(question, sentence, number)
        score = max(labelled, near, 0.5 if question.asked & _AGE else 0.0) * fits[number]
        why = "labelled" if labelled >= near else "next to the words asked for"
        ends = [value for value in (number.value, number.upper) if value is not None]
        found += [Candidate(value, Span(number.start, number.end), score, why) for value in ends]
    if "total" in question.asked:
        best = max((one.score for one in found), default=0.0)
        greatest = max((one.value for one in found if one.score >= 0.7 * best), default=0) or 1
        return [one._replace(score=one.score * (0.85 + 0.15 * min(1, max(0, one.value / greatest)))) for one in found]
    if not question.asked & (_MONEY | _SHARE | _YEAR):
        named = ((s, word) for s in question.sentences for word in s.words if question.name.get(word.stem) == 1)
        none = (Span(word.start, word.end) for sentence, word in named if sentence.denied(word.start))
        found += [Candidate(0, at, 0.6, "said to be none") for at in none]
    return found


def _share_of(question: Question, sentence: Sentence, number: Number) -> float:
    """How far a number may be of what is asked for: not where its sentence names nothing of that, nor where it counts
    a part of them ("of the twelve injured, three"); less so of what comes with others ("9 men with 7 carts").
    """
    before = question.reading.text[sentence.span.start : number.start]
    part = _PART_OF.search(before)
    of_part = question.telling & {*stems(part[1], question.reading.language)} if part else None
    if of_part or not question.is_named_by({word.stem for word in sentence.words}):
        return 0.0
    return 0.5 if _WITH.search(before) else 1.0


def _fit(question: Question, number: Number) -> float:
    """How well the kind of number fits the kind that is asked for: a share, a year, an age, money, or a count."""
    asked, text, share, money = question.asked, question.reading.text, is_percent(number.unit), is_currency(number.unit)
    written = text[number.start : number.end]
    if number.age or regex.fullmatch(r", .*,", text[max(0, number.start - 2) : number.end + 1]):
        return 1.0 if asked & _AGE else 0.0
    if asked & _SHARE:
        return 1.0 if share else 0.5
    if not asked & (_YEAR | _MONEY) and (_RATE.match(text, number.end) or _is_year(text, number)):
        return 0.0
    if asked & _YEAR:
        return 1.0 if written.isdigit() and 1000 <= number.value <= 2200 else 0.1
    if asked & _MONEY:
        likely = 1.0 if money or regex.search(r"[.,]\d\d$", written) else 0.3 if share else 0.6
        label = question.reading.label_of(number.start) if "total" in asked else None
        words = label_stems(question.reading.words_at(label.label)) if label else frozenset[str]()
        return likely * (1.0 if number.value > 0 else 0.5) * (1.1 if words & WHOLE else 0.5 if words & _PART else 1.0)
    return 0.5 if money or share or asked & _AGE else 1.0


def _is_year(text: str, number: Number) -> bool:
    """Whether it is a year by its form and the word before it: "in 1961"."""
    written = text[number.start : number.end]
    return bool(regex.fullmatch(r"1[5-9]\d\d|20\d\d", written) and _BEFORE_YEAR.search(text, 0, number.start))


def find_truth_for(question: Question) -> Iterator[Candidate]:
    """Finds whether what is asked is said or denied: by a ticked field, else by the sentence most like the question."""
    for label in question.reading.labels:
        ticked = parse_boolean(question.reading.words_at(label.value))
        if ticked is not None and question.covers(label.value) and (score := question.label_score(label)) >= 0.5:
            yield Candidate(ticked, label.value, score, "labelled")
            return
    likeness, best = question.likest()
    if best and likeness >= LEAST_LIKENESS:
        told = max(best.words, key=lambda word: (word.stem in question.name, word.stem in question.hints))
        denied = best.denied(told.start)
        yield Candidate(not denied, Span(told.start, told.end), likeness, "denied" if denied else "said")


def find_categories_for(question: Question) -> Iterator[Candidate]:
    """Finds the value whose words and description are most like the sentences, but for denied and common words."""
    language, listed = question.reading.language, question.variable.categories
    described = [list(find_words(f"{c.value} {c.value} {c.description}".replace("_", " "), language)) for c in listed]
    common = question.context
    told = [[w for w in s.words if w.stem not in common and not s.denied(w.start)] for s in question.sentences]
    ranking, said = Ranking([*described, *told]), [word for words in told for word in words]
    alike = ranking.likeness(said)[: len(listed)]
    best, second, *_ = *sorted(range(len(listed)), key=lambda at: -alike[at]), -1, -1
    lead = 1 - (alike[second] / alike[best] if second >= 0 else 0.0) if best >= 0 and alike[best] else 0.0
    if lead >= LEAST_LEAD and not {word.stem for word in telling(described[best])}.isdisjoint(w.stem for w in said):
        fits = ranking.likeness(described[best])[len(listed) :]
        sentence = question.sentences[fits.index(max(fits))]
        yield Candidate(listed[best].value, sentence.span, lead, "its description is most like the text")


FINDERS: Mapping[VariableType, tuple[Callable[[Question], Iterable[Candidate]], float]] = {
    VariableType.NUMBER: (find_numbers_for, 0.3),
    VariableType.DATE: (find_dates_for, 0.3),
    VariableType.TEXT: (find_texts_for, 0.25),
    VariableType.BOOLEAN: (find_truth_for, 0.0),
    VariableType.CATEGORY: (find_categories_for, 0.0),
}
"""How the values of a type are found, and the least score of one."""
