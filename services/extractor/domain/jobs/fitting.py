"""Says which documents go out whole: those that their model takes at once, beside the rules, variables and reply."""

from __future__ import annotations

from dataclasses import replace

from coderai.codebook.codebook import Codebook
from coderai.engines.calls import Call, Passage
from coderai.engines.prompting import max_tokens
from coderai.services.extractor.domain.coding import planning
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.jobs.estimating import Count, prompt_tokens

SPARE = 0.2
"""Share of a context that stays free: where a model's tokenizer is not known, its tokens are counted up to 20 % low."""
MOST_FOR_ENTITIES = 20_000
"""Tokens of a document that is sent again for each of its entities; of a longer one, each is asked of the chunks that
speak of it, which costs less than all of it from a provider's cache."""
_MOST_CHARACTERS = 10
"""Of a token, in a text of some length: what has more than that for each token need not be counted."""


def room(codebook: Codebook, context: int, count: Count) -> int:
    """Tokens of a document that one call can take, of a model with a context of so many; 0 when chunks are wanted."""
    if codebook.chunk_long_documents:
        return 0
    asking = max(prompt_tokens(call, count) + max_tokens(call) for call in _calls(codebook))
    left = max(0, round(context * (1 - SPARE)) - asking)
    return min(left, MOST_FOR_ENTITIES) if codebook.unit.multiple else left


def as_sent(document: Document, codebook: Codebook, context: int, count: Count) -> Document:
    """The document without its chunks, if it fits into one call; else as it is."""
    if len(document.chunks) < 2:
        return document
    most = room(codebook, context, count)
    fits = len(document.text) <= most * _MOST_CHARACTERS and count(document.text) <= most
    return replace(document, chunks=()) if fits else document


def _calls(codebook: Codebook) -> list[Call]:
    nothing = [Passage("")]
    listing = planning.identify_calls(codebook, nothing) if codebook.unit.multiple else []
    return [*listing, *planning.extract_calls(codebook, nothing, codebook.variables)]
