"""A sample stands for the corpus: over upload order, languages and lengths, within its tokens; quotes keep places."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.kit.tokens import estimate_tokens
from coderai.services.copilot.domain.refining.feedback import Text
from coderai.services.copilot.domain.sample import SampledDocument
from coderai.services.copilot.domain.sampling import GAP, Head, budgets, choose, excerpt
from coderai.services.copilot.usecases.sampling import Sampling


def heads(count: int, language: str = "en", first: int = 0) -> list[Head]:
    return [Head(str(first + n), f"{first + n}.txt", 100 + n % 7, language) for n in range(count)]


def test_documents_are_taken_at_about_even_distances() -> None:
    places = [int(head.id) for head in choose(heads(10_000), 8)]
    assert len(places) == 8
    assert [place // 1_250 for place in places] == list(range(8))


def test_languages_have_their_share() -> None:
    corpus = [*heads(70, "en"), *heads(20, "ar", 70), *heads(10, "de", 90)]
    assert Counter(head.language for head in choose(corpus, 10)) == {"en": 7, "ar": 2, "de": 1}


def test_short_and_long_documents_are_among_them() -> None:
    corpus = [Head(str(n), words=10_000 if n % 10 == 9 else 50 if n % 10 == 0 else 500) for n in range(100)]
    assert {head.words for head in choose(corpus, 9)} == {50, 500, 10_000}


def test_repeats_and_empty_documents_are_taken_last() -> None:
    corpus = [Head("1", words=5), Head("2", words=5, repeats=True), Head("3", words=0)]
    assert [head.id for head in choose(corpus, 8)] == ["1"]
    assert [head.id for head in choose(corpus[1:], 8)] == ["3"]
    assert [head.id for head in choose(corpus[1:2], 8)] == ["2"]
    assert choose([], 8) == []


@given(st.lists(st.integers(0, 5_000), max_size=12), st.integers(0, 9_000))
def test_budgets_keep_to_the_total_and_give_the_short_all_they_need(sizes: list[int], total: int) -> None:
    given_ = budgets(sizes, total)
    assert sum(given_) <= total
    assert all(0 <= most <= size for most, size in zip(given_, sizes, strict=True))
    if sizes and sum(sizes) >= total:
        assert sum(given_) >= total - len(sizes)
    share = total // len(sizes) if sizes else 0
    assert all(most == size for most, size in zip(given_, sizes, strict=True) if size <= share)


LONG = "".join(f"Line {number} tells of matter {number}.\n" for number in range(2_000))


def test_of_a_long_document_the_beginning_and_the_middle_are_shown() -> None:
    text, pieces = excerpt(LONG, 1_000, estimate_tokens)
    assert estimate_tokens(text) <= 1_050
    first, second = text.split(GAP)
    assert LONG.startswith(first) and second in LONG
    assert [piece.start for piece in pieces] == [0, LONG.index(second)]
    assert second.startswith("Line ") and first.endswith("\n")


def test_a_short_document_is_shown_whole() -> None:
    assert excerpt("A short one.", 1_000, estimate_tokens)[0] == "A short one."


@given(st.text(max_size=3_000), st.integers(0, 500))
def test_whatever_the_text_its_pieces_are_the_documents(text: str, tokens: int) -> None:
    shown, pieces = excerpt(text, tokens, estimate_tokens)
    parts = [shown] if len(pieces) == 1 else [shown[: pieces[1].shown - len(GAP)], shown[pieces[1].shown :]]
    assert all(text[piece.start :].startswith(part) for piece, part in zip(pieces, parts, strict=True))


def test_quotes_in_pieces_keep_their_places_in_the_document() -> None:
    text, pieces = excerpt(LONG, 1_000, estimate_tokens)
    document = SampledDocument("1", "a.txt", text, page_starts=(0, 30_000), pieces=pieces)
    line = text.split(GAP)[1].splitlines()[3]
    found = document.find(line)
    assert found is not None
    assert LONG[found.start : found.end] == line
    assert found.page == 2 and found.exact
    assert document.find("Line 1999 tells") is None


class Library:
    """Documents by their ids, which notes what is read."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.read: list[str] = []

    async def heads(self, project_id: UUID) -> AsyncIterator[Head]:
        for id in self.texts:
            yield Head(id, f"{id}.txt", 10)

    async def text(self, document_id: str) -> Text:
        self.read.append(document_id)
        if self.texts[document_id] == "gone":
            raise NotFound("there is no such document")
        return Text(self.texts[document_id], "en", (0, 4))


async def test_only_what_is_chosen_is_read() -> None:
    library = Library({str(number): f"Text {number}." for number in range(10_000)})
    sample = await Sampling(library, estimate_tokens).sample(new_id())
    assert len(sample) == len(library.read) == 8
    assert [document.id for document in sample] == library.read
    assert sample[0].language == "en" and sample[0].page_starts == (0, 4)


async def test_a_document_that_is_deleted_meanwhile_is_left_out() -> None:
    sample = await Sampling(Library({"1": "here", "2": "gone"}), estimate_tokens).sample(new_id())
    assert [document.text for document in sample] == ["here"]


@pytest.mark.parametrize("tokens", [100, 8_000])
async def test_all_of_them_together_keep_to_the_tokens(tokens: int) -> None:
    library = Library({"1": LONG, "2": LONG, "3": "short", "4": "قصة طويلة جدا " * 5_000})
    sample = await Sampling(library, estimate_tokens).sample(new_id(), 4, tokens)
    assert sum(estimate_tokens(document.text) for document in sample) <= tokens * 1.1
    assert sample[2].text == "short"
