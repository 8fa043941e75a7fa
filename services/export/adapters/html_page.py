"""The page's fixed parts: its markup, style and script, and the policy that lets no other run or load anything."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any
from zlib import compress

from coderai.services.export.domain.unicode_text import as_unicode

_SCRIPTS = ("data", "words", "rows", "grid", "text", "details", "filters", "about", "printing", "start")
"""In this order they are one script."""
_IN_SCRIPTS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def opening(title: str) -> str:
    """All until the data."""
    style = _asset("page.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script())}'",
            f"style-src '{_digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(as_unicode(title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    return head + _asset("page.html")


def closing() -> str:
    """All behind the data."""
    return f"<script>{script()}</script>\n</body>\n</html>\n"


@cache
def script() -> str:
    """The page's one script."""
    parts = "\n".join(_asset(f"{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


def plain_block(name: str, value: Any) -> str:
    """JSON that the script finds by its name."""
    return f'<script type="application/json" id="{name}">{_json(value).translate(_IN_SCRIPTS)}</script>\n'


def packed_block(name: str, value: Any) -> str:
    """JSON likewise, deflated (RFC 1950) and in Base64."""
    packed = b64encode(compress(_json(value).encode())).decode("ascii")
    return f'<script type="text/plain" id="{name}">{packed}</script>\n'


def _json(value: Any) -> str:
    return as_unicode(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"
