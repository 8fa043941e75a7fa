"""Puts other people's texts between tags that the texts cannot fake, and takes from them what only machines see."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import sha256

import regex

_CODE_LENGTH = 8
_BLOCKS_KEPT = 128
_BREAK = "\u200b"
"""ZERO WIDTH SPACE, put into what a model's chat template would read as its own; quotes are found without it."""

_UNSEEN = regex.compile(r"(?V1)[\p{Default_Ignorable_Code_Point}--[\u200c\u200d\ufe00-\ufe0f\u180b-\u180d]]|[\ufff9-\ufffb]")
"""Characters without a look or a sound: direction overrides, zero-width spaces, tags (U+E0000...), fillers.

Kept are those that spelling needs: joiners (Persian, Indic scripts, emoji) and the first variation selectors.
"""
_CONTROL = regex.compile(r"(?V1)[\p{Cc}--[\n\t]]")
_SURROGATE = regex.compile(r"\p{Cs}")
_TURN_MARK = regex.compile(
    r"""
    <(?=[|｜])                                                          # <|im_start|>, <|endoftext|>, <｜User｜>
    | <(?=/?(?:s|bos|eos|pad|unk|think|tool_call|start_of_turn|end_of_turn|start_of_image)>)
    | <(?=</?SYS>>)                                                     # <<SYS>>
    | \[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG)\])
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Where marks of chat templates begin (ChatML, Llama, Gemma, Mistral, DeepSeek): many local servers read them as
turns even inside a message."""


def shown(text: str) -> str:
    """A text as a model gets to see it: every visible character is there, in its place among the others.

    Quotes of it are found in the text itself, since `evidence.QuoteFinder` reads past what is left out or put in here.
    """
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    return _TURN_MARK.sub(lambda mark: mark.group() + _BREAK, _CONTROL.sub(" ", text))


@lru_cache(_BLOCKS_KEPT)
def enclose(tag: str, text: str) -> str:
    """The text, as a model gets to see it, in a block `<tag-CODE> ... </tag-CODE>`.

    CODE comes from a hash of the text, so that the same text gives the same bytes (a provider's prefix cache needs
    that), and it does not stand in the text in whatever disguise: no text can hold the tag that ends it.
    """
    text = shown(text)
    code = _code(tag, text)
    return f"<{tag}-{code}>\n{text}\n</{tag}-{code}>"


def _code(tag: str, text: str) -> str:
    bare = _bare(text)
    code = _digest(f"{tag}\n{text}")
    while code in bare:
        code = _digest(code)
    return code


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_CODE_LENGTH]


def _bare(text: str) -> str:
    """The letters and digits alone, in their plainest form, so that a code cannot hide behind look-alikes or spaces."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(filter(str.isalnum, plain.casefold()))
