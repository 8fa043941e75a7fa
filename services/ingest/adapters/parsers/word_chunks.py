"""Text that a Word file holds in another format (w:altChunk), which Word takes over when it opens the file."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import lxml.html
from lxml.etree import ParserError

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.markup import visible_text
from coderai.services.ingest.domain.problems import FileDamaged, Unreadable

_MIME = re.compile(rb"\s*(MIME-Version|Content-Type|From|Date|Subject):", re.I)
_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml|!--|\w+[\s>])", re.I)


def chunk_text(data: bytes) -> str:
    """What HTML, a web archive (MHTML) or plain text says. Raises FileDamaged: it is of another format."""
    if data.startswith((b"PK\x03\x04", b"{\\rtf")):
        raise FileDamaged("a part of the file is of a format that is not read")
    try:
        if _MIME.match(data):
            body = message_from_bytes(data, policy=policy.default).get_body(("html", "plain"))
            text = "" if body is None else str(body.get_content())
        else:
            text = decode(data, may_declare=True).text
    except (Unreadable, LookupError, ValueError) as error:
        raise FileDamaged("a part of the file is of a format that is not read") from error
    return _html_text(text) if _HTML.match(text) else text


def _html_text(html: str) -> str:
    try:
        page = lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except ParserError:
        return ""
    return visible_text(page)
