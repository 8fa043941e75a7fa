"""One line of the table of routes: what a client calls, and which RPC answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. A path's {names} are fields of the RPC's request; the others come as JSON or query."""

    method: str
    path: str
    """Under /v1."""
    service: str
    rpc: str
    summary: str
    status: int = 200
    example: Mapping[str, Any] | None = None
    """A body that works."""
    body: str = ""
    """The message field of the request that the JSON body fills, flat; empty when the body is the request itself."""
    in_parts: bool = False
    """Whether a part of its file can be had by a Range header, and what the file is by HEAD. The RPC's request has
    `offset`, `length` and `head_only` for that, its head `size` and `sha256`."""
    body_optional: bool = False
    """Whether the body may be left out altogether."""
