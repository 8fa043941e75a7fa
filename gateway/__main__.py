"""Runs the gateway: python -m coderai.gateway serve | add-account | reset-link | sign-in-link | openapi | migrate."""

from __future__ import annotations

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.gateway.bootstrap import serve
from coderai.gateway.commands import add_account, openapi, reset_link, sign_in_link
from coderai.kit.process import main

_OF_OPERATOR = {"add-account": add_account, "reset-link": reset_link, "sign-in-link": sign_in_link, "openapi": openapi}
main("gateway", {"serve": serve, **_OF_OPERATOR})
