"""What headers and bodies of mails say: encoded words, addresses, dates, character sets, flowed lines."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.domain.problems import UnknownFormat
from coderai.services.ingest.domain.tables import clean

_LONGEST = 100_000
"""Characters of a header that are read: some 3,000 addresses."""
_LONGEST_LINE = 2_000
"""Characters of a header's line in which encoded words are looked for; RFC 5322 allows 998."""


def header(message: Message, name: str) -> str:
    """A header's value on one line, its encoded words decoded (RFC 2047); empty when the mail has none."""
    value = message.get(name)
    return "" if value is None else decoded_words(str(value)[:_LONGEST])


def decoded_words(value: str) -> str:
    """A text with its encoded words decoded, as also file names have them, against the rules."""
    if "\udc80" <= max(value, default="") <= "\udcff":  # bytes beyond ASCII, which nothing declares
        value = _guessed(value.encode("utf-8", "surrogateescape"))
    if "=?" in value and max(map(len, value.splitlines())) <= _LONGEST_LINE:
        value = _with_words(value)
    return " ".join(clean(value).split())


def _with_words(value: str) -> str:
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError):  # base64 that is none
        return value
    return "".join(chunk if isinstance(chunk, str) else _guessed(chunk, charset or "") for chunk, charset in chunks)


def _guessed(data: bytes, charset: str = "") -> str:
    try:
        return decode(data, told=charset).text
    except UnknownFormat:
        return data.decode("latin-1")


def iso_date(value: str) -> str:
    """A date header's moment in ISO 8601, with the offset that it has; empty when it tells none."""
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""


def body_text(part: Message) -> str:
    """The text of a part that is one, its lines flowing where it says that they do. Raises UnknownFormat."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    text = decode(data, told=part.get_content_charset() or "").text
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return flowed(text, joins_words=str(part.get_param("delsp", "")).lower() == "yes")


def flowed(text: str, *, joins_words: bool = False) -> str:
    """A text with the lines joined that were only broken to be sent (RFC 3676).

    `joins_words`: the space before such a line end was added too (DelSp), as for languages that have none.
    """
    pieces: list[str] = []
    flows, depth_before = False, 0
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_signature = content == "-- "
        if not (flows and depth == depth_before and not is_signature):
            pieces.append(f"\n{'>' * depth} " if depth else "\n")
        flows, depth_before = content.endswith(" ") and not is_signature, depth
        pieces.append(content[:-1] if flows and joins_words else content)
    return "".join(pieces).removeprefix("\n")
