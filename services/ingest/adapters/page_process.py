"""The process that draws pages, and finds passages on them (page_sandbox.py starts it): confined, then it answers."""

from __future__ import annotations

import importlib

from coderai.services.ingest.adapters.confined_process import run_confined

if __name__ == "__main__":
    run_confined(lambda: importlib.import_module("coderai.services.ingest.adapters.page_answers").answer)
