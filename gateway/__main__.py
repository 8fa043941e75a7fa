"""Runs the gateway: python -m coderai.gateway serve | migrate."""

from __future__ import annotations

from coderai.gateway.bootstrap import serve
from coderai.kit.process import main

main("gateway", {"serve": serve})
