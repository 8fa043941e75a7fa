"""The sampled documents as the built-in engine reads them, and what was seen in which of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from coderai.engines.calls import Passage
from coderai.engines.offline.reading import PLAIN, Reading, Sentence, read
from coderai.engines.offline.words import stems
from coderai.language.sentences import Span
from coderai.services.copilot.domain.sample import SampledDocument
from coderai.services.copilot.domain.suggesting.ideas import Claim

LONGEST_QUOTE = 300
"""Code points of a quote."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents by their ids, in upload order."""

    readings: Mapping[str, Reading]
    names: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.readings)

    def sentences(self) -> Iterator[tuple[str, Reading, Sentence]]:
        """All sentences, with the ids of their documents."""
        for document, reading in self.readings.items():
            for sentence in reading.sentences:
                yield document, reading, sentence

    def seen_in(self, places: Mapping[str, str]) -> str:
        """Where something was seen, by quotes of documents: in how many, the first names, what the first one says."""
        names, example = [self.names[document] for document in places], next(iter(places.values()))
        shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
        example = " ".join(example.split())
        example = example if len(example) <= 80 else example[:79].rstrip() + "…"
        return f"Seen in {len(names)} of {len(self)} documents ({shown}), as in “{example}”."


def read_corpus(documents: Iterable[SampledDocument]) -> Corpus:
    """Reads the documents."""
    given = list(documents)
    readings = {one.id: read(Passage(one.text, language=one.language)) for one in given}
    return Corpus(readings, {one.id: one.name for one in given})


def quoted(reading: Reading, at: Span) -> str:
    """The words at a place, as the document has them: its sentence or line, if that is not too long."""
    sentence = reading.sentence_at(at.start).span
    start, end = min(sentence.start, at.start), max(sentence.end, at.end)
    if end - start > LONGEST_QUOTE:
        start, end = at.start, min(at.end, at.start + LONGEST_QUOTE)
    return reading.text[start:end].strip()


def claims_of(places: Mapping[str, str], most: int = 5) -> tuple[Claim, ...]:
    """What the first documents say, as quotes."""
    return tuple(Claim(quote, name) for name, quote in list(places.items())[:most])


def says(label: str) -> frozenset[str]:
    """The stems of a label, without those that many variables have."""
    found = frozenset(stems(label.replace("_", " ")))
    return found - PLAIN - {"many", "much"} or found
