"""Documents go out whole where they fit beside the rules, the variables and the reply."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coderai.engines.calls import Call, CallKind, Passage
from coderai.engines.prompting import max_tokens
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.jobs.estimating import prompt_tokens
from coderai.services.extractor.domain.jobs.fitting import MOST_FOR_ENTITIES, as_sent, room
from tests.support.codebooks import codebook, variable

BOOK = codebook(*(variable(f"v{n}") for n in range(5)))


def document(words: int) -> Document:
    text = "word " * words
    return Document("1", "", text, chunks=(Span(0, len(text) // 2 + 50), Span(len(text) // 2, len(text))))


@given(st.integers(1, 40_000), st.integers(0, 60_000))
def test_a_document_that_goes_out_whole_fits_with_its_prompt_and_reply(words: int, context: int) -> None:
    given_ = document(words)
    sent = as_sent(given_, BOOK, context, estimate_tokens)
    assert sent in (given_, replace(given_, chunks=()))
    if not sent.chunks:
        call = Call(CallKind.EXTRACT, BOOK, Passage(sent.text), BOOK.variables)
        assert prompt_tokens(call, estimate_tokens) + max_tokens(call) <= context * 0.81
    else:
        assert estimate_tokens(given_.text) > room(BOOK, context, estimate_tokens)


def test_chunks_are_used_where_the_project_asks_for_them() -> None:
    assert as_sent(document(100), BOOK, 100_000, estimate_tokens).chunks == ()
    asking = replace(BOOK, chunk_long_documents=True)
    assert len(as_sent(document(100), asking, 100_000, estimate_tokens).chunks) == 2


def test_a_document_that_is_sent_again_for_each_entity_goes_out_whole_only_up_to_a_size() -> None:
    several = codebook(*BOOK.variables, multiple=True)
    assert room(several, 1_000_000, estimate_tokens) == MOST_FOR_ENTITIES < room(BOOK, 1_000_000, estimate_tokens)
