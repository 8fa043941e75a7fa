"""What finds the values of each type; here those of NUMBER and DATE, by a label or the words around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import regex

from coderai.codebook.variable import VariableType
from coderai.engines.offline.choices import find_categories_for, find_truth_for
from coderai.engines.offline.question import WHOLE, Candidate, Question
from coderai.engines.offline.reading import standing_in
from coderai.engines.offline.texts import find_texts_for
from coderai.engines.offline.words import label_stems, stems
from coderai.language.magnitudes import is_currency, is_percent
from coderai.language.numbers import Number
from coderai.language.sentences import Span

_MONEY, _SHARE, _YEAR, _AGE, _EVENT, _DOCUMENT, _PIECES, _PART = (
    frozenset(stems(words))
    for words in (
        "money price cost fee total amount salary revenue payment paid tax discount fine debt balance cash rent",
        "percent percentage rate share proportion",
        "year",
        "age aged old",
        "event incident occurred happened place",
        "purchase document issued publication invoice receipt order report letter agreement contract",
        "qty quantity items pcs",
        "subtotal sub excluding excl before saved discount adjustment tax supplies",
    )
)
_LASTS = regex.compile(
    r"(?i)[-\s]?(?:years?|months?|weeks?|days?|hours?|minutes?|jährig\w*|jahre?|monate?|tage?|stunden?|años?|meses|d[ií]as?|horas?"
    r"|ans|mois|jours?|heures?|лет|года?)\b"
)
"""After a number that says how long or how old, and counts nothing else."""
_EXACTNESS = {len("2021-03-05"): 1.0, len("2021-03"): 0.9, len("2021"): 0.6}


def find_dates_for(question: Question) -> Iterator[Candidate]:
    """Finds the dates that the passage states for the variable; the first, when it asks for none in particular.

    A variable that asks when something happened rather gets another than the date that the document bears.
    """
    any_date, rank = question.only_asks(_DOCUMENT), 0
    for sentence in question.sentences:
        dates = standing_in(sentence.span, question.reading.dates)
        rivals = [sentence.place(mention.start) for mention in dates]
        for mention in dates:
            at = Span(mention.start, mention.end)
            labelled = question.label_score(question.reading.label_of(at.start))
            first = (0.6 if question.reading.opens_document else 0.4) / (1 + rank / 4) if any_date else 0.0
            score = max(labelled, first, question.near_score(sentence, at, rivals) * (0.5 if any_date else 1.0))
            own = mention == question.reading.own_date and question.asked & _EVENT
            rank += 1
            why = "labelled" if score == labelled else "by its place"
            yield Candidate(mention.iso, at, score * _EXACTNESS[len(mention.iso)] * (0.7 if own else 1.0), why)


def find_numbers_for(question: Question) -> list[Candidate]:
    """Finds the numbers that the passage states for the variable; nought where it says that there was none.

    A total is rather the greater of those that fit about as well.
    """
    found = list(_stated(question))
    if "total" in question.asked:
        best = max((one.score for one in found), default=0.0)
        greatest = max((one.value for one in found if one.score >= 0.7 * best), default=0) or 1
        return [one._replace(score=one.score * (0.85 + 0.15 * min(1, max(0, one.value / greatest)))) for one in found]
    if not question.asked & (_MONEY | _SHARE | _YEAR):
        for sentence in question.sentences:
            told = [
                word for word in sentence.words if question.name.get(word.stem) == 1.0 and sentence.denied(word.start)
            ]
            found += [Candidate(0, Span(word.start, word.end), 0.6, "said to be none") for word in told]
    return found


def _stated(question: Question) -> Iterator[Candidate]:
    for sentence in question.sentences:
        numbers = standing_in(sentence.span, question.reading.numbers)
        fits = [_fit(question, number) for number in numbers]
        rivals = [sentence.place(n.start) for n, fit in zip(numbers, fits, strict=True) if fit >= 0.5]
        for number, fit in zip(numbers, fits, strict=True):
            at, label = Span(number.start, number.end), question.reading.label_of(number.start)
            labelled, near = question.label_score(label), question.near_score(sentence, at, rivals)
            if question.asked & _AGE and regex.search(r"\p{L}, ?$", question.reading.text[: at.start][-4:]):
                near = max(near, 0.5)
            if "total" in question.asked and label:
                words = label_stems(question.reading.words_at(label.label))
                fit *= (0.4 if words & _PIECES else 1.0) * (1.1 if words & WHOLE else 0.6 if words & _PART else 1.0)
            why = "labelled" if labelled >= near else "next to the words asked for"
            ends = (number.value,) if number.upper is None else (number.value, number.upper)
            yield from (Candidate(value, at, max(labelled, near) * fit, why) for value in ends)


def _fit(question: Question, number: Number) -> float:
    """How well the kind of number fits the kind that is asked for: a share, a year, an age, money, or a count."""
    asked, text, share, money = question.asked, question.reading.text, is_percent(number.unit), is_currency(number.unit)
    written = text[number.start : number.end]
    if asked & _SHARE:
        return 1.0 if share else 0.5
    if asked & _YEAR:
        return 1.0 if written.isdigit() and 1000 <= number.value <= 2200 else 0.1
    lasts = _LASTS.match(text, number.end)
    aged = text[number.start - 2 : number.start] == ", " and text[number.end : number.end + 1] == ","
    if lasts or aged:
        return 1.0 if asked & (_AGE | set(stems(lasts.group() if lasts else ""))) else 0.0
    if asked & _MONEY:
        likely = 1.0 if money or regex.search(r"[.,]\d\d$", written) else 0.3 if share else 0.6
        return likely if number.value > 0 else likely / 2
    dated = standing_in(Span(number.start, number.end), question.reading.dates)
    return 0.2 if dated else 0.5 if money or share else 1.0


FINDERS: Mapping[VariableType, tuple[Callable[[Question], Iterable[Candidate]], float]] = {
    VariableType.NUMBER: (find_numbers_for, 0.3),
    VariableType.DATE: (find_dates_for, 0.3),
    VariableType.TEXT: (find_texts_for, 0.25),
    VariableType.BOOLEAN: (find_truth_for, 0.0),
    VariableType.CATEGORY: (find_categories_for, 0.0),
}
"""How the values of a type are found, and the least score of one."""
