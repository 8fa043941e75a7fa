"""Puts other people's texts between tags that the texts cannot fake, and takes from them what only machines see."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from itertools import count

_CODE_LENGTH = 6
_BLOCKS_KEPT = 128
_BREAK = "\u200b"
"""ZERO WIDTH SPACE, put into what a model's chat template would read as its own; quotes are found without it."""

_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's characters without a look or a sound (Default_Ignorable_Code_Point): direction overrides, zero-width
spaces, fillers, tags (U+E0000...). Kept are those that spelling needs: joiners (Persian, Indic scripts, emoji) and the
first variation selectors.
"""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NOT_IN_CODES = bytes(set(range(256)) - set(b"0123456789abcdef"))
_TURN_MARK = re.compile(
    r"""
    <(?=[|｜])                                                          # <|im_start|>, <|endoftext|>, <｜User｜>
    | <(?=/?(?:s|bos|eos|pad|unk|think|tool_call|start_of_turn|end_of_turn|start_of_image)>)
    | <(?=</?SYS>>)                                                     # <<SYS>>
    | \[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG)\])
    """,
    re.VERBOSE | re.IGNORECASE,
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
    codes = (sha256(f"{attempt}\n{tag}\n{text}".encode()).hexdigest()[:_CODE_LENGTH] for attempt in count())
    return next(code for code in codes if code not in bare)


def _bare(text: str) -> str:
    """What of a text could be read as a code: its hexadecimal digits, in whatever form, with nothing between them."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return plain.casefold().encode("ascii", "ignore").translate(None, _NOT_IN_CODES).decode()
