"""The words of tus 1.0.0 (https://tus.io/protocols/resumable-upload): headers, metadata, and what each answer says."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from coderai.gateway.http.uploads import FILE_LIMIT
from coderai.ingest.v1.upload_service_pb2 import Upload
from coderai.kit.errors import InvalidInput

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
MEDIA_TYPE = "application/offset+octet-stream"
SENT = ("Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset")
"""Headers of requests."""
TOLD: Mapping[str, str] = {
    "Location": "Where the upload goes on.",
    "Tus-Extension": "What the server can beyond the core of the protocol.",
    "Tus-Max-Size": "Bytes that a file may have.",
    "Tus-Resumable": "The version of the protocol: 1.0.0.",
    "Tus-Version": "The versions that there are.",
    "Upload-Document-Id": "The document that the file has become, once all has come.",
    "Upload-Expires": "When the upload is forgotten, unless more of it comes.",
    "Upload-Length": "Bytes of the file.",
    "Upload-Metadata": "As it was sent when the upload began.",
    "Upload-Offset": "Bytes that have come, and are kept: where the upload goes on.",
}
"""Headers of answers, and what they mean."""
_IGNORED = frozenset({"filetype", "type", "relativePath"})
"""Keys of metadata that clients send of any file."""
_KEY = re.compile(r"[!-+\--~]+")


class TusVersionUnknown(InvalidInput):
    """Uploads go on by version 1.0.0 of tus: send the header Tus-Resumable: 1.0.0."""


class WrongMediaType(InvalidInput):
    """Send the bytes with the header Content-Type: application/offset+octet-stream."""


class MetadataInvalid(InvalidInput):
    """Upload-Metadata is keys with values in Base64, as in `filename cmVwb3J0LnBkZg==,text_column Ym9keQ==`."""


class TusRoute(APIRoute):
    """A route whose answers, errors too, tell the version of the protocol."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request of this route."""

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Tus-Resumable"] = headers["Tus-Version"] = VERSION
            await send(message)

        await super().handle(scope, receive, send_marked)


def _must_be_known(
    tus_resumable: Annotated[
        str | None, Header(alias="Tus-Resumable", description="The version of the protocol: 1.0.0.")
    ] = None,
) -> None:
    if tus_resumable not in (None, VERSION):
        raise TusVersionUnknown()


SpeaksTus: Any = Depends(_must_be_known)
"""A dependency of routes; 412 to requests of another version."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a client says of a file."""

    name: str
    text_column: str = ""
    replace: bool = False


def read_metadata(header: str) -> Metadata:
    """Reads Upload-Metadata.

    Raises:
        MetadataInvalid: it is malformed, says something that is not understood, or does not name the file.
    """
    values = dict(_pair(pair.strip(" ")) for pair in header.split(","))
    for key in _IGNORED:
        values.pop(key, None)
    name = values.pop("name", "")
    name = values.pop("filename", name)
    text_column, replace = values.pop("text_column", ""), values.pop("replace", "false")
    if values or replace not in ("true", "false"):
        known = "filename, filetype, text_column and replace, which is true or false"
        raise MetadataInvalid(f"Upload-Metadata may have {known}; not {', '.join(sorted(values)) or replace!r}")
    if not name:
        raise MetadataInvalid("name the file: Upload-Metadata: filename <its name in Base64>")
    return Metadata(name, text_column, replace == "true")


def _pair(pair: str) -> tuple[str, str]:
    key, _, value = pair.partition(" ")
    if not _KEY.fullmatch(key):
        raise MetadataInvalid()
    try:
        return key, b64decode(value, validate=True).decode()
    except ValueError as error:
        raise MetadataInvalid(f"the value of {key} in Upload-Metadata is no text in Base64") from error


def headers_of(upload: Upload, *, more: bool = False) -> dict[str, str]:
    """What an answer says of an upload; `more`: what it said itself when it began, too."""
    told = {"Upload-Offset": str(upload.offset)}
    if upload.document_id:
        told["Upload-Document-Id"] = upload.document_id
    else:
        told["Upload-Expires"] = format_datetime(datetime.fromisoformat(upload.expires_at), usegmt=True)
    if more:
        told |= {"Upload-Length": str(upload.length)} | ({"Upload-Metadata": upload.note} if upload.note else {})
    return told


def told(*names: str) -> dict[str, Any]:
    """Headers of an answer as the OpenAPI document describes them."""
    return {
        name: {"description": TOLD[name], "schema": {"type": "string"}} for name in sorted({*names, "Tus-Resumable"})
    }


ABILITIES = {"Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(FILE_LIMIT)}
"""What the server can, as OPTIONS tells it."""
