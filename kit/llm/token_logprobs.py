"""Reads the log-probabilities of a reply's tokens and says which characters of the reply each token writes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from coderai.kit.model_replies import TokenSpan


def token_spans(text: str, content: Any) -> tuple[TokenSpan, ...]:
    """The tokens of a reply's text from `choices[].logprobs.content` of the OpenAI protocol.

    Empty when they do not write the text: then nothing can be said about any part of it. Tokens after the text's end
    (some servers give the one that ends the reply) are left out.
    """
    tokens = [_token(item) for item in content] if isinstance(content, Sequence) else []
    known = [token for token in tokens if token is not None]
    said = b"".join(written for written, _ in known)
    if not text or len(known) < len(tokens) or not said.startswith(text.encode()):
        return ()
    # The character that each byte belongs to; where it is the last byte, one past it is the next one's.
    characters = [place for place, character in enumerate(text) for _ in character.encode()]
    ends = list(accumulate(len(written) for written, _ in known))
    return tuple(
        TokenSpan(characters[end - len(written)], characters[min(end, len(characters)) - 1] + 1, logprob)
        for (written, logprob), end in zip(known, ends, strict=True)
        if written and end - len(written) < len(characters)
    )


def _token(item: Any) -> tuple[bytes, float] | None:
    """The bytes that a token writes, and its log-probability; None for what is no token."""
    if not isinstance(item, Mapping) or not isinstance(item.get("token"), str):
        return None
    given, logprob = item.get("bytes"), item.get("logprob")
    if isinstance(logprob, bool) or not isinstance(logprob, int | float) or math.isnan(logprob):
        return None
    try:
        # A token that is part of a character has no text of its own: its bytes alone say what it writes.
        written = item["token"].encode("utf-8", "replace") if given is None else bytes(given)
    except (TypeError, ValueError):
        return None
    return written, min(0.0, logprob)
