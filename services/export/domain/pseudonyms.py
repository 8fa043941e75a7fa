"""Names that hide who has reviewed a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from coderai.services.export.domain.coded import Document, Extraction


def pseudonyms(people: Sequence[str]) -> Mapping[str, str]:
    """What each of the people is called: "person 1", "person 2" ... in their order."""
    return {person: f"person {number}" for number, person in enumerate(people, start=1)}


def with_pseudonyms(documents: Callable[[], Iterable[Document]], people: Sequence[str]) -> Iterator[Document]:
    """The documents with pseudonyms for the people."""
    names = pseudonyms(people)
    for document in documents():
        yield replace(document, extractions=[_renamed(one, names) for one in document.extractions])


def _renamed(one: Extraction, names: Mapping[str, str]) -> Extraction:
    return one._replace(reviewed_by=names[one.reviewed_by]) if one.reviewed_by in names else one
