"""Builds the mail that was sent out of an Outlook mail's properties ([MS-OXPROPS] has their numbers)."""

from __future__ import annotations

import re
from email.encoders import encode_base64
from email.message import Message
from email.parser import HeaderParser
from email.utils import format_datetime

from compressed_rtf import decompress  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.msg_properties import Storage, codepage_name, decoded
from coderai.services.ingest.adapters.parsers.rtf_text import RtfText
from coderai.services.ingest.domain.problems import FileDamaged

_SUBJECT, _SENT, _DELIVERED, _HEADERS, _MESSAGE_ID = 0x0037, 0x0039, 0x0E06, 0x007D, 0x1035
_SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS, _FOR_NAME = 0x0C1A, 0x5D01, 0x0C1F, 0x0042
_TEXT, _RTF, _HTML, _HTML_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_KIND, _NAME, _SMTP, _ADDRESS = 0x0C15, 0x3001, 0x39FE, 0x3003
_DATA, _FILE_NAME, _SHORT_NAME, _FLAGS, _HIDDEN, _MIME = 0x3701, 0x3707, 0x3704, 0x3714, 0x7FFE, 0x370E
_SHOWN_IN_TEXT = 4
_RECIPIENTS = {1: "To", 2: "Cc"}
_LONGEST_RTF = 8 * 2**20
"""Bytes of a packed text; unpacking takes a second for each MiB or so."""
_LONGEST_NAME = 1000
_MOST_NESTED = 10
_KIND_NAME = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf|svg)\Z", re.I)


def message(storage: Storage, depth: int = 0) -> Message:
    """The mail with its texts and attachments as parts. Raises FileDamaged, TextTooLarge."""
    mail = Message()
    for name, value in _head(storage).items():
        if value:
            mail[name] = " ".join(value.split())
    mail["Content-Type"] = "multipart/mixed"
    texts = [part for part in (_plain(storage), _html(storage)) if part is not None] or _of_rtf(storage)
    bodies = Message()
    bodies["Content-Type"] = "multipart/alternative"
    for part in texts:
        bodies.attach(part)
    mail.attach(bodies)
    for attachment in storage.storages("__attach_version1.0_#"):
        mail.attach(_attachment(attachment, depth))
    return mail


def _head(storage: Storage) -> dict[str, str]:
    sent = HeaderParser().parsestr(storage.text(_HEADERS))
    moment = storage.time(_SENT) or storage.time(_DELIVERED)
    address = storage.text(_SENDER_SMTP) or storage.text(_SENDER_ADDRESS)
    recipients = _recipients(storage)
    return {
        "From": sent["From"] or _address(storage.text(_SENDER_NAME) or storage.text(_FOR_NAME), address),
        "To": sent["To"] or recipients["To"],
        "Cc": sent["Cc"] or recipients["Cc"],
        "Date": sent["Date"] or (format_datetime(moment) if moment else ""),
        "Subject": storage.text(_SUBJECT) or sent["Subject"] or "",
        "Message-ID": storage.text(_MESSAGE_ID) or sent["Message-ID"] or "",
    }


def _recipients(storage: Storage) -> dict[str, str]:
    found: dict[str, list[str]] = {name: [] for name in _RECIPIENTS.values()}
    for recipient in storage.storages("__recip_version1.0_#"):
        if name := _RECIPIENTS.get(recipient.number(_KIND)):
            address = recipient.text(_SMTP) or recipient.text(_ADDRESS)
            found[name].append(_address(recipient.text(_NAME), address))
    return {name: ", ".join(addresses) for name, addresses in found.items()}


def _address(name: str, address: str) -> str:
    """As headers have it; an address of Exchange is no address to people."""
    if "@" not in address:
        return name
    return f"{name} <{address}>" if name and name != address else address


def _plain(storage: Storage) -> Message | None:
    text = storage.text(_TEXT)
    return _part(text.encode("utf-8", "replace"), "text/plain; charset=utf-8") if text.strip() else None


def _html(storage: Storage) -> Message | None:
    data = storage.binary(_HTML) or storage.text(_HTML).encode("utf-8", "replace")
    if not data.strip():
        return None
    text = decoded(data, codepage_name(storage.number(_HTML_CODEPAGE)))
    return _part(text.encode("utf-8", "replace"), "text/html; charset=utf-8")


def _of_rtf(storage: Storage) -> list[Message]:
    """The text of a mail that has it in RTF alone. Raises FileDamaged."""
    packed = storage.binary(_RTF)
    if not packed:
        return []
    if len(packed) > _LONGEST_RTF:
        raise FileDamaged(f"the Outlook mail's text is packed into more than {_LONGEST_RTF // 2**20} MiB")
    try:
        rtf = decompress(packed)
    except Exception as error:  # it raises plain exceptions
        raise FileDamaged(f"the Outlook mail's text is damaged ({error}): save it again") from error
    return [_part(RtfText(rtf).text.encode("utf-8", "replace"), "text/plain; charset=utf-8")]


def _attachment(storage: Storage, depth: int) -> Message:
    name = storage.text(_FILE_NAME) or storage.text(_SHORT_NAME) or storage.text(_NAME)
    embedded = storage.embedded(_DATA)
    if embedded is not None and embedded.is_mail and depth < _MOST_NESTED:
        part = Message()
        part["Content-Type"] = "message/rfc822"
        part.attach(message(embedded, depth + 1))
        return part
    kind = storage.text(_MIME) if _KIND_NAME.fullmatch(storage.text(_MIME)) else "application/octet-stream"
    is_shown = storage.number(_FLAGS) & _SHOWN_IN_TEXT or storage.number(_HIDDEN)
    part = _part(storage.binary(_DATA) or b"", "image/x-shown" if is_shown and _PICTURE.search(name) else kind)
    name = " ".join(name[:_LONGEST_NAME].split())
    part.add_header("Content-Disposition", "inline" if is_shown else "attachment", filename=name)
    return part


def _part(data: bytes, kind: str) -> Message:
    part = Message()
    part["Content-Type"] = " ".join(kind.split())
    part.set_payload(data)
    encode_base64(part)
    return part
