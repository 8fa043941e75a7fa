"""What the scripted API plays of proposals: listed, shown, applied once, rejected, refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]


@dataclass
class ScriptedProposals:
    """The state."""

    items: list[Json] = field(default_factory=list)
    """Oldest first."""
    warnings: list[str] = field(default_factory=list)
    """Of the variables that a proposal changes."""

    def add(self, id: str, title: str, **fields: Any) -> None:
        usual = {"kind": "ADD_VARIABLE", "status": "PROPOSED", "origin": "SUGGESTION", "model": "offline"}
        self.items.append({"id": id, "project_id": "p1", "title": title, **usual, **fields})

    def status(self, id: str) -> str:
        return str(self.one(id)["status"])

    def one(self, id: str) -> Json:
        return next(one for one in self.items if one["id"] == id)


def _list(api: Any, request: Request) -> Response:
    wanted = request.query_params.get("status")
    found = [{**one, "stale": ""} for one in api.proposals.items if not wanted or one["status"] == wanted]
    start = int(request.query_params.get("page_token") or 0)
    token = str(start + 2) if start + 2 < len(found) else ""
    return JSONResponse({"items": found[::-1][start : start + 2], "next_page_token": token})


def _get(api: Any, request: Request) -> Response:
    return JSONResponse(api.proposals.one(request.path_params["id"]))


def _apply(api: Any, request: Request) -> Response:
    found = api.proposals.one(request.path_params["id"])
    found["status"] = "APPLIED"
    variable = {"id": "v1", "name": found.get("adds", "place"), "warnings": api.proposals.warnings}
    return JSONResponse({"proposal": found, "variables": [] if found["kind"] == "REMOVE_VARIABLE" else [variable]})


def _reject(api: Any, request: Request) -> Response:
    found = api.proposals.one(request.path_params["id"])
    found["status"] = "REJECTED"
    return JSONResponse(found)


PROPOSAL_ROUTES = [
    ("GET", "projects/{id}/proposals", _list),
    ("GET", "proposals/{id}", _get),
    ("POST", "proposals/{id}/apply", _apply),
    ("POST", "proposals/{id}/reject", _reject),
]
