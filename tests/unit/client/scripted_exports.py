"""What the scripted API has of exports: files that are sent whole, in part, broken off, or otherwise than described."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

Json = dict[str, Any]
_CHUNK = 1000
_BESIDE = {"CSV": ("-codebook.md", "-codebook.xml", "-load.R"), "XLSX": ("-codebook.xml",), "JSON": ("-codebook.xml",)}
_ROLES = {".R": "SCRIPT", ".md": "CODEBOOK", ".xml": "CODEBOOK"}


@dataclass
class ScriptedFiles:
    """The files of exports, and what is to go wrong with them."""

    contents: dict[str, bytes] = field(default_factory=dict)
    """By name; what is not here is short, and says what it is."""
    names: list[str] = field(default_factory=list)
    """Of the files of every export, in place of the usual ones."""
    breaks: list[int] = field(default_factory=list)
    """For each further answer that has more bytes than this: after how many of them the connection breaks."""
    described: dict[str, bytes] = field(default_factory=dict)
    """By name, what the export says of a file, where that is another than the one that is sent."""
    etag_only: bool = False
    """Whether exports say neither size nor SHA-256."""
    speaks_ranges: bool = True
    lasting: bool = False
    """Whether no export is ever written."""
    stays_after: int | None = None
    """Bytes after which an answer stays open without sending more."""
    steps: list[float] = field(default_factory=list)
    """How far an export is at each further look; then it is written."""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """The file and the Range of each download."""
    expected: list[str | None] = field(default_factory=list)
    """The If-Range of each."""
    stays: bool = False
    """Whether an answer stays open now."""

    def content(self, name: str) -> bytes:
        return self.contents.get(name, f"what {name} holds".encode())


async def _create(api: Any, request: Request) -> Response:
    body = await request.json()
    id_ = f"e{len(api.exports) + 1}"
    project = {"project_id": request.path_params["id"], "created_at": datetime.now(UTC).isoformat()}
    options = {"name": "", **body.get("options", {})}
    name = f"{options['name'] or 'Protests-dataset-2026-11-22'}.{body['format'].lower()}"
    codebook = f"{name.partition('.')[0]}-codebook.md" if body["format"] == "CSV" else ""
    api.exports[id_] = {
        "id": id_,
        "status": "PENDING",
        "row_count": 2,
        "file_name": name,
        "codebook_file_name": codebook,
        "notes": [f"a note on {body['format']}", "a note on all"],
        **project,
        **body,
    }
    return JSONResponse(_shown(api, api.exports[id_]), 201)


def _list(api: Any, request: Request) -> Response:
    of_it = [one for one in api.exports.values() if one["project_id"] == request.path_params["id"]]
    return JSONResponse({"items": [_shown(api, one) for one in of_it[::-1]], "next_page_token": ""})


def _shown(api: Any, export: Json) -> Json:
    files = _files(api, export) if export["status"] in ("COMPLETE", "EXPIRED") else []
    return export | {"files": files, "size": sum(file["size"] for file in files)}


def _files(api: Any, export: Json) -> list[Json]:
    base, scripted = export["file_name"].partition(".")[0], api.files
    names = scripted.names or [export["file_name"], *(base + end for end in _BESIDE.get(export["format"], ()))]
    return [_file(scripted, name, is_first=name == names[0]) for name in names]


def _file(scripted: ScriptedFiles, name: str, *, is_first: bool) -> Json:
    data = scripted.described.get(name, scripted.content(name))
    role = "DATASET" if is_first else _ROLES.get(f".{name.rpartition('.')[2]}", "CODEBOOK")
    known = {"size": 0, "sha256": ""} if scripted.etag_only else {"size": len(data), "sha256": _sha256(data)}
    return {"name": name, "role": role, "media_type": "text/plain", **known}


def _get(api: Any, request: Request) -> Response:
    found = api.exports.get(request.path_params["id"])
    if found is None:
        return _problem(404, "export_not_found", "There is no such export in this workspace.")
    if found["status"] == "PENDING" and not api.files.lasting:
        if api.files.steps:
            found["progress"] = api.files.steps.pop(0)
        else:
            found["status"] = "COMPLETE"
    return JSONResponse(_shown(api, found))


def _cancel(api: Any, request: Request) -> Response:
    found = api.exports[request.path_params["id"]]
    if found["status"] == "PENDING":
        found["status"] = "CANCELLED"
    return JSONResponse(_shown(api, found))


def _delete(api: Any, request: Request) -> Response:
    del api.exports[request.path_params["id"]]
    return Response(status_code=204)


def _download(api: Any, request: Request) -> Response:
    found, scripted = api.exports[request.path_params["id"]], api.files
    if found["status"] == "EXPIRED":
        return _problem(409, "export_has_expired", "The export's files were removed.")
    usual = found["codebook_file_name"] if request.query_params.get("codebook") == "true" else found["file_name"]
    name = request.query_params.get("file", usual)
    wanted, condition = request.headers.get("range"), request.headers.get("if-range")
    scripted.asked.append((name, wanted))
    scripted.expected.append(condition)
    data = scripted.content(name)
    headers = {"ETag": f'"{_sha256(data)}"', "Content-Length": str(len(data))}
    if not wanted or not scripted.speaks_ranges or condition != headers["ETag"]:
        return StreamingResponse(_sent(scripted, data), headers=headers)
    begin = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])  # type: ignore[index]
    if begin >= len(data):
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers |= {
        "Content-Length": str(len(data) - begin),
        "Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}",
    }
    return StreamingResponse(_sent(scripted, data[begin:]), 206, headers)


async def _sent(scripted: ScriptedFiles, data: bytes) -> AsyncIterator[bytes]:
    breaks_after = scripted.breaks.pop(0) if scripted.breaks and len(data) > scripted.breaks[0] else None
    for begin in range(0, len(data), _CHUNK):
        if breaks_after is not None and begin >= breaks_after:
            raise ConnectionError("as the test wants it")
        if scripted.stays_after is not None and begin >= scripted.stays_after:
            scripted.stays = True
            await asyncio.Event().wait()
        yield data[begin : begin + _CHUNK]


def _problem(status: int, code: str, detail: str) -> Response:
    body = {"status": status, "code": code, "detail": detail, "errors": []}
    return JSONResponse(body, status, media_type="application/problem+json")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


EXPORT_ROUTES = [
    ("POST", "projects/{id}/exports", _create),
    ("GET", "projects/{id}/exports", _list),
    ("GET", "exports/{id}", _get),
    ("POST", "exports/{id}/cancel", _cancel),
    ("DELETE", "exports/{id}", _delete),
    ("GET", "exports/{id}/download", _download),
]
