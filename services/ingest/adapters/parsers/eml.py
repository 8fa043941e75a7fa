"""Mails as they are sent (EML): head and text are a document, each attachment another."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from email import message_from_bytes
from email.policy import Compat32

from coderai.services.ingest.adapters.parsers.bundles import Bundle
from coderai.services.ingest.adapters.parsers.formats import HEAD, File, Format
from coderai.services.ingest.adapters.parsers.mail import read_mail
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.reading import Extract

_READER = "email"
_ENDINGS = (".eml",)
_LONGEST = {"content-type": 10_000, "content-disposition": 10_000}
"""Characters of headers that are read: taking one apart takes the square of its length."""
_LONGEST_OTHER = 1_000_000
# The headers that a text begins with; lines that begin with a space go on with the one before.
_HEADERS = re.compile(rb"\s*(?:>?From [^\n]*\n)?((?:(?:[!-9;-~]{1,80}:|[ \t])[^\n]*\n?)+)")
_NAME = re.compile(rb"^([!-9;-~]+):", re.M)
_OF_PEOPLE = frozenset((b"from", b"to", b"date", b"subject"))
_OF_PROGRAMS = frozenset(
    (b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"content-type", b"x-mailer")
)
"""Headers that nobody writes by hand: what has both kinds is a mail."""


class _Bounded(Compat32):
    """Takes headers as they are, but none that would take long."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: _LONGEST.get(name.lower(), _LONGEST_OTHER)]


def parse(data: bytes, tools: Tools) -> Extract | Bundle:
    """Raises FileDamaged: its parts lie too deep within each other. TextTooLarge: it has too many attachments."""
    try:
        return read_mail(message_from_bytes(data.removeprefix(BOM_UTF8).lstrip(), policy=_Bounded()), _READER, tools)
    except RecursionError:
        raise FileDamaged("the mail's parts lie hundreds deep within each other: save it anew") from None


def _is_certain(file: File) -> bool:
    found = _HEADERS.match(file.data[:HEAD].removeprefix(BOM_UTF8))
    if found is None:
        return False
    names = {name.lower() for name in _NAME.findall(found[1])}
    is_named = file.ending in _ENDINGS and bool(names & (_OF_PEOPLE | _OF_PROGRAMS))
    return is_named or (bool(names & _OF_PEOPLE) and bool(names & _OF_PROGRAMS))


FORMAT = Format("EML", parse, _ENDINGS, _is_certain, file_called="mail")
