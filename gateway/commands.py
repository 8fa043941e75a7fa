"""What the operator does about accounts; where it takes an e-mail address, that is read from standard input.

echo ada@example.org | python -m coderai.gateway add-account | reset-link
python -m coderai.gateway sign-in-link | openapi
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import cast

from coderai.gateway.accounts.first_account import link_of
from coderai.gateway.accounts.security import AccountSecurity
from coderai.gateway.bootstrap import building
from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend
from coderai.gateway.settings import GatewaySettings
from coderai.kit import telemetry


async def add_account() -> None:
    """Makes an account and prints the link by which its person sets a password."""
    await _print_link(lambda security, email: security.add_account(email))


async def reset_link() -> None:
    """Prints a link by which an account's person sets a new password."""
    await _print_link(lambda security, email: security.make_reset_link(email))


async def sign_in_link() -> None:
    """Prints the link by which the first account is made; nothing where there is one, or others reach the API."""
    settings = GatewaySettings.from_env("gateway")
    telemetry.configure("gateway", settings.log_level, settings.log_format)
    async with building(settings) as gateway:
        if code := await gateway.backend.first.make_code():
            sys.stdout.write(f"{link_of(gateway.backend.public_url, code)}\n")


async def openapi() -> None:
    """Prints the OpenAPI document; it needs no settings and no database."""
    document = create_app(cast(Backend, None)).openapi()
    sys.stdout.write(json.dumps(document))


async def _print_link(make: Callable[[AccountSecurity, str], Awaitable[str]]) -> None:
    settings = GatewaySettings.from_env("gateway")
    telemetry.configure("gateway", settings.log_level, settings.log_format)
    async with building(settings) as gateway:
        link = await make(gateway.backend.security, sys.stdin.readline())
    sys.stdout.write(f"{link}\n")
