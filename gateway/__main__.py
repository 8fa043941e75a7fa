"""Runs the gateway: python -m coderai.gateway serve | add-account | reset-link | migrate."""

from __future__ import annotations

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.gateway.bootstrap import serve
from coderai.gateway.commands import add_account, reset_link
from coderai.kit.process import main

main("gateway", {"serve": serve, "add-account": add_account, "reset-link": reset_link})
