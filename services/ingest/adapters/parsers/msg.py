"""Mails as Outlook saves them (MSG): an OLE file of properties, read as the mail that was sent."""

from __future__ import annotations

from coderai.services.ingest.adapters.parsers.bundles import Bundle
from coderai.services.ingest.adapters.parsers.formats import File, Format
from coderai.services.ingest.adapters.parsers.mail import read_mail
from coderai.services.ingest.adapters.parsers.msg_message import message
from coderai.services.ingest.adapters.parsers.msg_properties import PROPERTIES, Storage, open_ole
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.reading import Extract

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def parse(data: bytes, tools: Tools) -> Extract | Bundle:
    """Raises FileDamaged. TextTooLarge: it has too many attachments."""
    with open_ole(data) as ole:
        return read_mail(message(Storage(ole)), "olefile", tools)


def _is_certain(file: File) -> bool:
    """Raises FileDamaged: it is damaged, whatever OLE file it is."""
    if not file.data.startswith(_OLE) or PROPERTIES.encode("utf-16-le") not in file.data:
        return False
    with open_ole(file.data) as ole:
        return bool(ole.exists(PROPERTIES))


FORMAT = Format("MSG", parse, (".msg",), _is_certain, file_called="Outlook mail")
