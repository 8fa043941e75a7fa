"""A mail (RFC 5322, MIME): what it says itself, and the files attached to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from email.policy import compat32
from functools import partial
from typing import Any, cast

from coderai.language.words import count_words
from coderai.services.ingest.adapters.parsers import html
from coderai.services.ingest.adapters.parsers.bundles import Bundle, Inner
from coderai.services.ingest.adapters.parsers.mail_text import body_text, decoded_words, header, iso_date
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import NoText, TextTooLarge, Unreadable
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

MOST_ATTACHMENTS = 20_000
_HEAD = ("From", "To", "Cc", "Date", "Subject")
"""What mail programs show above a mail, in their order."""
_STUB_WORDS = 50
_STUB_SHARE = 0.2
"""A plain text of fewer words, and this share of the HTML's, only says that there is HTML."""
_SIGNATURES = frozenset(("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"))
_MAILS = frozenset(("message/rfc822", "message/global"))
_NO_FOLDERS = str.maketrans("/\\", "--")
_PLAIN_POLICY = compat32.clone(mangle_from_=False, max_line_length=None)


@dataclass
class _Content:
    """The leaves of a mail's tree, by what they are for."""

    texts: list[Message] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)
    beside: list[Message] = field(default_factory=list)
    """Pictures that the text shows, and signatures."""


def read_mail(mail: Message, reader: str, tools: Tools) -> Extract | Bundle:
    """The mail's head and text; with what is attached to it, each a file, if there is any.

    Raises:
        TextTooLarge: it has more than 20,000 attachments.
    """
    content = _Content()
    content.texts = _sort(mail, content, within_text=False)
    if len(content.files) > MOST_ATTACHMENTS:
        raise TextTooLarge(f"the mail has more than {MOST_ATTACHMENTS:,} attachments: upload them by themselves")
    head = {name: value for name in _HEAD if (value := header(mail, name))}
    bodies, warnings = _bodies(content.texts, tools)
    text = normalise("\n\n".join(["\n".join(f"{name}: {value}" for name, value in head.items()), *bodies]))
    report = Report(reader, warnings=(*warnings, *_beside(content.beside)))
    own = Extract([text], report, _metadata(mail, head))
    return Bundle(reader, _files(content.files), own) if content.files else own


def _metadata(mail: Message, head: Mapping[str, str]) -> Mapping[str, Any]:
    said = {name.lower(): value for name, value in head.items()}
    said |= {"date": iso_date(head.get("Date", "")), "message_id": header(mail, "Message-ID")}
    return {name: value for name, value in said.items() if value}


def _sort(part: Message, content: _Content, *, within_text: bool) -> list[Message]:
    """The parts of it that are the mail's text; all others go to `content`."""
    kind = part.get_content_type()
    children = cast(list[Message], part.get_payload()) if part.is_multipart() else []
    if kind in _MAILS:
        content.files.append(part)
    elif kind == "multipart/alternative":
        return _best([_sort(child, content, within_text=within_text) for child in children])
    elif kind.startswith("multipart/"):
        related = within_text or kind == "multipart/related"
        return [text for child in children for text in _sort(child, content, within_text=related)]
    elif kind.startswith(("text/", "message/")) and not _is_file(part):
        return [part]
    elif kind in _SIGNATURES or (kind.startswith("image/") and (within_text or not _is_attached(part))):
        content.beside.append(part)
    elif part.get_payload() or part.get_filename():
        content.files.append(part)
    return []


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _is_file(part: Message) -> bool:
    return _is_attached(part) or bool(part.get_filename()) or part.get_content_type() == "text/rtf"


def _best(alternatives: Sequence[list[Message]]) -> list[Message]:
    """Of texts that say the same, the last that is plain and not only a hint at the others; else the last."""
    filled = [texts for texts in alternatives if texts]
    plain = [texts for texts in filled if all(_is_plain(text) for text in texts)]
    rich = [texts for texts in filled if any(_is_html(text) for text in texts)]
    if plain and not (rich and _is_stub(plain[-1], rich[-1])):
        return plain[-1]
    return (rich or filled or [[]])[-1]


def _is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def _is_html(part: Message) -> bool:
    return part.get_content_type() == "text/html"


def _is_stub(plain: Sequence[Message], rich: Sequence[Message]) -> bool:
    words = _count_words(plain)
    return words < _STUB_WORDS and words <= _STUB_SHARE * _count_words(rich)


def _count_words(parts: Sequence[Message]) -> int:
    return count_words("\n".join(_bodies(parts, Tools())[0]))


def _bodies(parts: Sequence[Message], tools: Tools) -> tuple[list[str], list[str]]:
    """The texts of the parts, and remarks on those that cannot be read."""
    texts, warnings = [], []
    for part in parts:
        try:
            texts.append(_text(part, tools))
        except NoText:
            continue
        except Unreadable as reason:
            warnings.append(f"a part of the mail's text was left out: {reason.message}")
    return texts, warnings


def _text(part: Message, tools: Tools) -> str:
    """Raises Unreadable."""
    if part.is_multipart():  # what a mail server reports: blocks of headers
        return "\n\n".join(str(block) for block in cast(list[Message], part.get_payload()))
    text = body_text(part)
    if not _is_html(part):
        return text
    return "\n\n".join(html.parse(text.encode("utf-8", "replace"), replace(tools, whole=True)).pages)


def _beside(parts: Sequence[Message]) -> list[str]:
    names = [_file_name(part) or part.get_content_type() for part in parts]
    return [f"left out, as the mail only shows or signs with it: {name}" for name in names]


def _files(parts: Sequence[Message]) -> Iterator[Inner]:
    for number, part in enumerate(parts, 1):
        if part.get_content_type() in _MAILS:
            yield _mail(part, number)
        else:
            data = part.get_payload(decode=True)
            data = data if isinstance(data, bytes) else b""
            yield Inner(_file_name(part) or f"attachment {number}", len(data), partial(bytes, data))


def _mail(part: Message, number: int) -> Inner:
    """A mail that is attached to another."""
    mail = cast(list[Message], part.get_payload())[0] if part.is_multipart() else None

    def data() -> bytes:
        return mail.as_bytes(policy=_PLAIN_POLICY) if mail is not None else cast(bytes, part.get_payload(decode=True))

    subject = header(mail, "Subject") if mail is not None else ""
    called = subject.translate(_NO_FOLDERS) or f"mail {number}"
    return Inner(_file_name(part) or f"{called}.eml", 0, data)


def _file_name(part: Message) -> str:
    return decoded_words(part.get_filename() or "")
