"""The built-in engine's replies: what stands in the project and in the documents, found by words and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice

from coderai.codebook.variable import Variable
from coderai.engines.calls import Passage
from coderai.engines.offline.reading import PLAIN, Sentence, read
from coderai.engines.offline.words import find_words, stems, telling
from coderai.services.copilot.domain.conversing.talk import Said, Situation, Statistics, Talk
from coderai.services.copilot.domain.offline import units as offline_units
from coderai.services.copilot.domain.offline import variables as offline_variables
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.sample import SampledDocument
from coderai.services.copilot.domain.suggesting import units as suggesting_units
from coderai.services.copilot.domain.suggesting import variables as suggesting_variables

_MOST_SENTENCES, _MOST_VARIABLES = 5, 10
_LEAST_LIKENESS = 0.12
"""Of a sentence to the message, by the cosine of engines.offline.words.Ranking, that is worth quoting."""
_LONGEST = 300
"""Code points of a quote."""
_ABOUT_VARIABLES = frozenset(stems("variables columns schema codebook questions"))
_ABOUT_RESULTS = frozenset(stems("statistics results answered missing flagged confidence progress status job sample"))
_ABOUT_STALE = frozenset(stems("stale outdated renew current"))
_ABOUT_UNIT = frozenset(stems("unit row rows observation"))
_ASKS_TO_SUGGEST = frozenset(stems("suggest suggestion propose proposal recommend idea"))
_ABOUT_PROJECT = _ABOUT_VARIABLES | _ABOUT_RESULTS | _ABOUT_STALE


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A part of a reply."""

    text: str
    said: Said = field(default_factory=Said)
    """What goes with it."""


@dataclass(frozen=True, slots=True)
class _Find:
    """A sentence of a document with words of the message."""

    likeness: float
    document: SampledDocument
    quote: str


def paragraphs(talk: Talk) -> Iterator[Paragraph]:
    """The reply, part by part; it says what was found and by what, and claims to understand nothing."""
    yield Paragraph(
        "This is the built-in offline engine: no language model answers here. It looks for the words of your message in"
        " the project and in a sample of its documents, and says what it finds."
    )
    asked = frozenset(stems(talk.words))
    if not asked.isdisjoint(_ASKS_TO_SUGGEST):
        yield from _suggestions(talk, asked)
        return
    named = [one for one in talk.situation.schema.variables if _is_named(one, asked)]
    if lines := [*_about_variables(talk.situation, asked, named), *_about_cells(talk.situation, asked)]:
        yield Paragraph("\n".join(lines))
    if not named and asked and asked <= _ABOUT_PROJECT:
        return
    yield _from_documents(talk)


def _suggestions(talk: Talk, asked: frozenset[str]) -> Iterator[Paragraph]:
    """Proposals of a unit or of variables, whichever the message asks for."""
    situation = talk.situation
    question = Question(situation.project, situation.schema.variables, talk.documents)
    if asked.isdisjoint(_ABOUT_UNIT):
        found = suggesting_variables.drafted(offline_variables.variables(question), question)
    else:
        found = suggesting_units.drafted(offline_units.units(question), question)
    if not found.drafts:
        yield Paragraph("Nothing recurs in the documents that would be worth proposing.")
        return
    lines = [f"- {draft.title}: {draft.reason}" for draft in found.drafts]
    quotes = tuple(quote for draft in found.drafts for quote in draft.quotes)
    yield Paragraph(
        "\n".join(["What recurs in the documents makes these proposals, for you to decide on:", *lines]),
        Said(quotes, drafts=found.drafts),
    )


def _is_named(variable: Variable, asked: frozenset[str]) -> bool:
    """Whether the message has all telling words of the variable's name, or of its title."""
    names = (variable.name.replace("_", " "), variable.display_name)
    told = (frozenset(stems(name)) - PLAIN or frozenset(stems(name)) for name in names if name)
    return any(words and words <= asked for words in told)


def _about_variables(situation: Situation, asked: frozenset[str], named: Sequence[Variable]) -> Iterator[str]:
    variables, wants_all = situation.schema.variables, not asked.isdisjoint(_ABOUT_VARIABLES | _ABOUT_RESULTS)
    if wants_all and not named:
        names = ", ".join(f"`{one.name}` ({one.type})" for one in islice(variables, 50))
        yield f"The project has {_many(len(variables), 'variable')}{': ' + names if names else ''}."
        if situation.job is None:
            yield "No documents have been coded yet: run a sample to see how they do."
    results = {one.variable: one for one in (situation.job.statistics if situation.job else ())}
    shown = named or [one for one in variables if wants_all and one.name in results]
    for variable in islice(shown, _MOST_VARIABLES):
        found = results.get(variable.name)
        yield f"- `{variable.name}` ({variable.type}): {_first(variable.instructions)} {_result(found)}".rstrip()
    if len(shown) > _MOST_VARIABLES:
        yield f"- … and {len(shown) - _MOST_VARIABLES} more"


def _about_cells(situation: Situation, asked: frozenset[str]) -> Iterator[str]:
    if asked.isdisjoint(_ABOUT_STALE | _ABOUT_RESULTS):
        return
    job = situation.job
    if job is not None:
        failed = f", {job.documents_failed} of them failed" if job.documents_failed else ""
        kind, status = job.kind.lower(), job.status.lower()
        yield f"The latest job ({kind}) is {status}: {_many(job.documents_total, 'document')}{failed}."
    stale = [f"{_many(one.cells, 'cell')} of `{one.variable}`" for one in situation.stale if one.cells]
    if stale:
        yield f"To be asked again, as variables or prompts have changed since: {', '.join(stale)}."
    elif job is not None:
        yield "No cell is stale."
    yield from (f"Not known now: {what}." for what in situation.unknown)


def _result(found: Statistics | None) -> str:
    if found is None:
        return ""
    missing = ", ".join(f"{reason} {many}" for reason, many in sorted(found.missing.items()) if many)
    flagged = f", {found.flagged} flagged" if found.flagged else ""
    return (
        f"In the latest job {found.answered} of {_many(found.units, 'row')} have a value{flagged}"
        f"{'; missing: ' + missing if missing else ''}."
    )


def _from_documents(talk: Talk) -> Paragraph:
    sample = _many(len(talk.documents), "document")
    if not talk.documents:
        return Paragraph("The project has no document that can be read yet, so there is nothing to quote.")
    finds = nlargest(_MOST_SENTENCES, _finds(talk), key=lambda one: one.likeness)
    quotes = [quote for one in finds if (quote := one.document.find(one.quote)) is not None]
    if not quotes:
        return Paragraph(f"No sentence of the {sample} that were looked at has enough of your words to be quoted.")
    lines = (f"- “{' '.join(quote.quote.split())}” ({quote.document_name})" for quote in quotes)
    return Paragraph("\n".join([f"Closest to your words, in a sample of {sample}:", *lines]), Said(tuple(quotes)))


def _finds(talk: Talk) -> Iterator[_Find]:
    """The sentences of all documents that share a telling word with the message, each text once."""
    seen = set[str]()
    for document in talk.documents:
        reading = read(Passage(document.text, 0, document.language))
        question = list(find_words(talk.words, document.language))
        wanted = {word.stem for word in telling(question)}
        for sentence, likeness in zip(reading.sentences, reading.ranking.likeness(question), strict=True):
            if likeness >= _LEAST_LIKENESS and not wanted.isdisjoint(word.stem for word in telling(sentence.words)):
                quote = _quote(document, sentence)
                if quote not in seen:
                    seen.add(quote)
                    yield _Find(likeness, document, quote)


def _quote(document: SampledDocument, sentence: Sentence) -> str:
    text = document.text[slice(*sentence.span)].strip()
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(None, 1)[0]


def _first(instructions: str) -> str:
    text = " ".join(instructions.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
