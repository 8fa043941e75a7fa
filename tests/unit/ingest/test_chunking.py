"""Chunks are all of a document, of the promised sizes, cut where a reader would cut."""

from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from coderai.kit.tokens import CountTokens, estimate_tokens, token_counter
from coderai.language.words import count_words
from coderai.services.ingest.domain.chunking import Chunk, split

COUNTERS = [token_counter("openai:gpt-5-mini"), token_counter("openai:gpt-4"), estimate_tokens]
by_each_counter = pytest.mark.parametrize("count", COUNTERS, ids=["o200k", "cl100k", "estimate"])

SCRIPTS = ["committee", "Straße", "комитет", "لجنة", "委员会", "हिन्दी", "café\u0301", "👩‍👩‍👧", "🇩🇪", "n\u0303o"]
words = st.sampled_from(SCRIPTS)
gaps = st.sampled_from([" ", " ", " ", ". ", "\n", "\n\n", ".\n\nHeading\n", "。"])


@st.composite
def long_texts(draw: st.DrawFn) -> str:
    piece = "".join(w + g for w, g in draw(st.lists(st.tuples(words, gaps), min_size=1, max_size=60)))
    return piece * draw(st.integers(1, 400))


def chunks_of(text: str, count: CountTokens = estimate_tokens, pages: int = 11) -> tuple[Chunk, ...]:
    return split(text, count_words(text), pages, count)


@by_each_counter
@given(long_texts())
@settings(max_examples=60, deadline=None)
def test_chunks_are_the_whole_text_in_order_with_the_promised_sizes(count: CountTokens, text: str) -> None:
    chunks = chunks_of(text, count)
    assert (chunks[0].start, chunks[-1].end) == (0, len(text))
    assert [c.index for c in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        assert chunk.token_count == count(text[chunk.start : chunk.end]) <= 3000
    for before, after in pairwise(chunks):
        assert before.token_count >= 2000
        assert after.overlap_previous == before.end - after.start
        assert 200 <= count(text[after.start : before.end]) <= 300


@by_each_counter
@given(long_texts())
@settings(max_examples=60, deadline=None)
def test_no_bound_lies_inside_a_word_or_a_character(count: CountTokens, text: str) -> None:
    bounds = {b for c in chunks_of(text, count) for b in (c.start, c.end)} - {0, len(text)}
    characters = {m.end() for m in regex.finditer(r"\X", text)}
    assert bounds <= characters
    spaced = [b for b in bounds if regex.match(r"[\p{Latin}\p{Cyrillic}\p{Arabic}\p{Devanagari}]", text[b])]
    assert not [text[b - 9 : b + 9] for b in spaced if regex.match(r"[\p{L}\p{M}]", text[b - 1]) and text[b - 1] < "⺀"]


def test_a_short_document_is_one_chunk() -> None:
    text = "It rained. " * 1600  # 3,200 words, more tokens than one chunk of a long document has
    assert chunks_of(text, pages=10) == (Chunk(0, 0, len(text), estimate_tokens(text), 0),)
    assert chunks_of("", pages=1) == (Chunk(0, 0, 0, 0, 0),)


def test_more_than_5000_words_or_10_pages_make_it_long() -> None:
    assert len(chunks_of("word " * 5000, pages=1)) == 1
    assert len(chunks_of("word " * 5001, pages=1)) > 1
    assert len(chunks_of("word " * 4000, pages=11)) > 1


def test_headings_win_over_paragraphs_and_paragraphs_over_sentences() -> None:
    paragraph = "The council met again in the evening and did not agree. " * 5
    section = "\n\n".join([paragraph.strip()] * 6) + "\n\n"
    text = "".join(f"{n} What was said\n{section}" for n in range(40))
    chunks = chunks_of(text)
    assert len(chunks) > 5
    assert all(regex.match(r"\d+ What was said\n", text, pos=c.end) for c in chunks[:-1])
    plain = "\n\n".join([paragraph.strip()] * 200)
    assert all(plain[c.end - 2 : c.end] == "\n\n" for c in chunks_of(plain)[:-1])
    unbroken = "The council met. " * 3000
    assert all(unbroken[c.end - 2 : c.end] == ". " for c in chunks_of(unbroken)[:-1])


@by_each_counter
def test_text_without_any_bound_is_cut_between_characters(count: CountTokens) -> None:
    for text in ("x" * 200_000, "e\u0301" * 50_000, "👩‍👩‍👧" * 10_000, "a" + "\u0301" * 100_000, "=" * 200_000):
        chunks = chunks_of(text, count)
        assert (chunks[0].start, chunks[-1].end) == (0, len(text))
        assert all(chunk.start < chunk.end for chunk in chunks)
        assert all(a.start <= b.start <= a.end for a, b in pairwise(chunks))
        inside = regex.compile(r"\p{M}|\u200d")
        assert not [c for c in chunks[1:] if inside.match(text, c.start) or text[c.start - 1] == "\u200d"]
