"""Serves the console out of gateway/assets: its page, and under names that change with their contents what it loads."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

PAGES = (
    "/",
    "/sign-in",
    "/invitation",
    "/verify-email",
    "/reset-password",
    "/people",
    "/audit",
    "/keys",
    "/account",
    "/projects/{rest:path}",
)
"""Addresses that the page shows something at, as console/src/routes.tsx has them."""
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_OF_PAGE = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
_OF_FILE = {"Cache-Control": "public, max-age=31536000, immutable"}
_NOT_BUILT = "The console is not built here: `make console` builds it. The API is at /docs.\n"
_WORTH_PACKING = 1024
"""Bytes; smaller files are sent as they are."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the console, ready to be sent."""

    content: bytes
    packed: bytes
    """Gzip; empty when that is not smaller."""
    media_type: str
    etag: str


def add_console(app: FastAPI, assets: Traversable | None = None) -> None:
    """Adds the console's pages and files, which stand in `assets`; where it was not built, its pages say so."""
    assets = assets or files("coderai.gateway").joinpath("assets")
    found = dict(_read(assets, "")) if assets.is_dir() else {}
    page = found.get("index.html")

    async def show_page(request: Request) -> Response:
        if page is None:
            return PlainTextResponse(_NOT_BUILT, 503)
        return _answer(request, page, _OF_PAGE)

    async def show_file(request: Request) -> Response:
        file = found[request.url.path.removeprefix("/")]
        return _answer(request, file, _OF_FILE)

    for path in PAGES:
        app.add_route(path, show_page, include_in_schema=False)
    for name in found.keys() - {"index.html"}:
        app.add_route(f"/{name}", show_file, include_in_schema=False)


def _answer(request: Request, file: _File, headers: dict[str, str]) -> Response:
    headers = {**headers, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    content = file.content
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = file.packed, "gzip"
    return Response(content, media_type=file.media_type, headers=headers)


def _read(folder: Traversable, prefix: str) -> list[tuple[str, _File]]:
    """All files in a folder, by their paths under it."""
    found: list[tuple[str, _File]] = []
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _read(entry, f"{name}/")
        elif not entry.name.startswith("."):
            found.append((name, _file(name, entry.read_bytes())))
    return found


def _file(name: str, content: bytes) -> _File:
    packed = gzip.compress(content, 9, mtime=0) if len(content) >= _WORTH_PACKING else b""
    kinds = {".js": "text/javascript"}
    media_type = kinds.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    return _File(content, packed if len(packed) < len(content) else b"", media_type, etag)
