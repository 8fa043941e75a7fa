"""A real SMTP server that keeps what it is sent, and refuses when it is told to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from coderai.deploy.ports import free_port
from tests.integration.gateway.running import until


@dataclass
class MailServer:
    """What came in."""

    url: str = ""
    received: list[EmailMessage] = field(default_factory=list)
    refusals: int = 0
    """How many mails are refused from now on."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 taken"

    def to(self, email: str) -> list[str]:
        """The texts of the mails to an address."""
        return [message.get_content() for message in self.received if message["To"] == email]

    async def token(self, email: str, number: int = 1) -> str:
        """What stands behind # in the link of the newest mail to an address, once that many have come."""
        await until(lambda: len(self.to(email)) >= number)
        found = re.search(r"https://coderai\.example/[a-z-]+#(\S+)", self.to(email)[-1])
        assert found
        return found[1]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens while the block runs."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    server.url = f"smtp+plain://127.0.0.1:{controller.port}"
    try:
        yield server
    finally:
        controller.stop()
