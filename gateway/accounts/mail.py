"""Sends mail through the operator's SMTP server."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""What may stand in a mail URL: STARTTLS is insisted on; TLS from the first byte; no TLS, for a relay on this host."""
_WITHIN = 20.0
"""Seconds that the server has for each answer."""


class MailNotSent(Exception):
    """The server could not be reached, or did not take the mail; what it says may name the recipient."""

    @property
    def codes(self) -> list[int]:
        """The server's reply codes (RFC 5321, 4.2.3)."""
        match self.__cause__:
            case smtplib.SMTPResponseException(smtp_code=code):
                return [code]
            case smtplib.SMTPRecipientsRefused(recipients=refused):
                return [code for code, _ in refused.values()]
        return []


@dataclass(frozen=True, slots=True)
class Mailer:
    """An SMTP server, and whom its mail comes from."""

    url: str
    sender: str

    async def send(self, recipient: str, subject: str, text: str) -> None:
        """Hands one mail to the server.

        Raises:
            MailNotSent
        """
        try:
            await asyncio.to_thread(self._send, self._message(recipient, subject, text))
        except Exception as error:
            # Also what this recipient's address alone leads to: it must not keep others' mail from being sent.
            raise MailNotSent(f"{type(error).__name__}: {error}") from error

    def _message(self, recipient: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage(SMTP)
        message["From"], message["To"], message["Subject"] = self.sender, recipient, subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self.sender.rpartition("@")[2])
        message.set_content(text)
        return message

    def _send(self, message: EmailMessage) -> None:
        where = urlsplit(self.url)
        host, port = where.hostname or "", where.port or _PORTS[where.scheme]
        secure = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(host, port, timeout=_WITHIN, context=secure)
            if where.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=_WITHIN)
        ) as server:
            if where.scheme == "smtp":
                server.starttls(context=secure)
            if where.username:
                server.login(unquote(where.username), unquote(where.password or ""))
            server.send_message(message)


def must_be_mail_url(url: str) -> str:
    """A mail URL as it is given, `smtp://user:password@host:587`.

    Raises:
        ValueError: it is none.
    """
    where = urlsplit(url)
    if url and (where.scheme not in _PORTS or not where.hostname):
        raise ValueError(f"give {', '.join(_PORTS)} as in smtp://user:password@host:587")
    return url
