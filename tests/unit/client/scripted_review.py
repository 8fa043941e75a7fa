"""What the scripted API plays of review: cells to look at, feedback taken or refused, quality, what is stale."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]


@dataclass
class ScriptedReview:
    """The state, and what is to be refused."""

    items: list[Json] = field(default_factory=list)
    """Of both queues."""
    asked: list[Json] = field(default_factory=list)
    """The queries of the requests for them."""
    samples: list[Json] = field(default_factory=list)
    drawn: list[Json] = field(default_factory=list)
    """The bodies of the requests that drew samples."""
    texts: dict[str, str] = field(default_factory=dict)
    """By document id."""
    feedback: list[Json] = field(default_factory=list)
    """What was taken, each once."""
    batches: list[int] = field(default_factory=list)
    """Sizes of the batches that came."""
    refused: dict[str, str] = field(default_factory=dict)
    """By extraction id: why its feedback is refused."""
    longest_note: int = 5000
    """A batch with a longer one is refused as a whole, as the contract has it."""
    quality: Json = field(default_factory=lambda: {"items": [], "notes": []})
    stale: list[Json] = field(default_factory=list)
    estimate: Json = field(default_factory=lambda: {"model": "offline", "documents": 2, "calls": 3, "tokens_in": 900})


def _items(api: Any, request: Request) -> Response:
    api.review.asked.append(dict(request.query_params))
    total = len(api.review.items)
    start = int(request.query_params.get("page_token") or 0)
    token = str(start + 2) if start + 2 < total else ""
    page = api.review.items[start : start + 2]
    return JSONResponse({"items": page, "next_page_token": token, "total": total})


async def _draw(api: Any, request: Request) -> Response:
    body = await request.json()
    api.review.drawn.append(body)
    sample = {"id": f"s{len(api.review.samples) + 1}", "size": body["size"], "population": 400, "seed": 7}
    api.review.samples.insert(0, sample | {"blind": body.get("blind", False)})
    return JSONResponse(api.review.samples[0], 201)


def _samples(api: Any, request: Request) -> Response:
    return JSONResponse({"items": api.review.samples, "next_page_token": ""})


def _text(api: Any, request: Request) -> Response:
    return JSONResponse({"text": api.review.texts.get(request.path_params["id"], "")})


async def _take(api: Any, request: Request) -> Response:
    items = (await request.json())["items"]
    api.review.batches.append(len(items))
    if any(len(item.get("note", "")) > api.review.longest_note for item in items):
        detail = f"should have at most {api.review.longest_note:,} characters"
        body = {"status": 422, "code": "invalid_request", "detail": "the request has mistakes"}
        return JSONResponse(body | {"errors": [{"field": "items.note", "detail": detail}]}, 422)
    outcomes = [_outcome(api.review, item) for item in items]
    refused = sum(bool(outcome["error"]) for outcome in outcomes)
    counts = {"kept": len(items) - refused, "refused": refused}
    return JSONResponse({"items": outcomes, "next_page_token": "", **counts})


def _outcome(review: ScriptedReview, item: Json) -> Json:
    error = review.refused.get(item["extraction_id"], "")
    if not error and item not in review.feedback:
        review.feedback.append(item)
    return {"feedback": None if error else {"id": "f", **item}, "error": error}


def _stale(api: Any, request: Request) -> Response:
    found = api.review.stale
    return JSONResponse({"items": found, "next_page_token": "", "cells": sum(one["cells"] for one in found)})


REVIEW_ROUTES = [
    ("GET", "projects/{id}/review", _items),
    ("POST", "projects/{id}/review-samples", _draw),
    ("GET", "projects/{id}/review-samples", _samples),
    ("GET", "documents/{id}/text", _text),
    ("POST", "projects/{id}/feedback", _take),
    ("GET", "projects/{id}/quality", lambda api, request: JSONResponse(api.review.quality)),
    ("GET", "projects/{id}/dataset/staleness", _stale),
    ("POST", "projects/{id}/dataset/renew/estimate", lambda api, request: JSONResponse(api.review.estimate)),
]
