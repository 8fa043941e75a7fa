"""Runs the gateway: python -m gateway serve | migrate."""

from __future__ import annotations

from gateway.bootstrap import serve
from kit.process import main

main("gateway", {"serve": serve})
