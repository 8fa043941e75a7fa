"""A real HTTP server that plays the API as a test scripts it: refusals, expired tokens, streams that break."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvicorn
from scripted_conversation import CONVERSATION_ROUTES, ScriptedConversation
from scripted_exports import EXPORT_ROUTES, ScriptedFiles
from scripted_proposals import PROPOSAL_ROUTES, ScriptedProposals
from scripted_review import REVIEW_ROUTES, Json, ScriptedReview
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

PAGE = 3
"""Items of a page, whatever page size was asked for: paging is exercised by few items."""


@dataclass
class Cut:
    """How a connection to an event stream ends early: after so many updates, in good order or not."""

    after: int
    torn: bool = True
    """Broken off in the middle of the next event; else closed as if it were over."""


@dataclass
class ScriptedApi:
    """The state of the API, and what is to go wrong."""

    url: str = ""
    refusals: list[tuple[str, str, Response]] = field(default_factory=list)
    """(method, end of the path, answer): each is given once, in place of what the route would answer."""
    model_problem: str = ""
    """Why the model does not answer."""
    expired: set[str] = field(default_factory=set)
    """Access tokens that are not accepted any more."""
    passwords: dict[str, str] = field(default_factory=dict)
    refresh_works: bool = True
    projects: dict[str, Json] = field(default_factory=dict)
    variables: list[Json] = field(default_factory=list)
    """Of the newest project."""
    changed_variables: list[str] = field(default_factory=list)
    prompts: dict[str, Json] = field(default_factory=dict)
    """What people wrote in a prompt's place, by the variable's id."""
    documents: list[Json] = field(default_factory=list)
    document_numbers: Iterator[int] = field(default_factory=count)
    corpus: Json = field(default_factory=dict)
    """What the list of documents says of all of them, beside their counts."""
    text_columns: set[str] = field(default_factory=set)
    """Those that uploads named, "" for none."""
    coded: set[str] = field(default_factory=set)
    """Ids of the documents of which the dataset has all that would be asked."""
    estimate: Json = field(default_factory=lambda: {"model": "offline"})
    """What an estimate says beside the number of documents."""
    documents_of: dict[str, list[Json]] = field(default_factory=dict)
    """Of each job."""
    requested_jobs: list[Json] = field(default_factory=list)
    """The bodies of the requests that started jobs."""
    reports: dict[str, Json] = field(default_factory=dict)
    """What more the report says of how a document was read, by its name."""
    looks_until_read: int = 0
    """Looks at the counts in which nothing is read yet."""
    jobs: dict[str, Json] = field(default_factory=dict)
    plans: list[list[Json]] = field(default_factory=list)
    """For each job that is started, the updates of its stream; when there are none, it codes every document."""
    updates: dict[str, list[Json]] = field(default_factory=dict)
    cuts: list[Cut] = field(default_factory=list)
    held: bool = False
    """Whether streams stay open after the last update."""
    resent: int = 0
    """Updates before the one after Last-Event-ID that a resumed stream sends again."""
    unread_pages: dict[str, list[int]] = field(default_factory=dict)
    unsure_pages: dict[str, list[int]] = field(default_factory=dict)
    """By the names of documents: their pages of which no text was read."""
    extractions: list[Json] = field(default_factory=list)
    receipt: Json = field(default_factory=dict)
    """Of every task."""
    exports: dict[str, Json] = field(default_factory=dict)
    files: ScriptedFiles = field(default_factory=ScriptedFiles)
    """Of exports."""
    review: ScriptedReview = field(default_factory=ScriptedReview)
    proposals: ScriptedProposals = field(default_factory=ScriptedProposals)
    conversation: ScriptedConversation = field(default_factory=ScriptedConversation)
    seen: list[tuple[str, str]] = field(default_factory=list)
    """(method, path) of every request."""
    keys: list[str] = field(default_factory=list)
    """Idempotency-Key of every POST."""
    conditions: list[str | None] = field(default_factory=list)
    """What If-Match named, of each request."""
    resumed_after: list[str | None] = field(default_factory=list)
    """Last-Event-ID of every connection to an event stream."""
    tokens: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def count(self, method: str, end: str) -> int:
        """How often a path that ends so was asked for."""
        return sum(m == method and path.endswith(end) for m, path in self.seen)


def problem(status: int, code: str, detail: str, fields: Json | None = None, retry_after: str = "") -> Response:
    """An error as the API answers it."""
    errors = [{"field": name, "detail": text} for name, text in (fields or {}).items()]
    body = {
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors,
        "correlation_id": "corr-1",
        "trace_id": "7ace",
    }
    headers = {"Retry-After": retry_after} if retry_after else {}
    return JSONResponse(body, status, headers, "application/problem+json")


def job(id_: str, kind: str = "FULL", status: str = "PROCESSING", **fields: Any) -> Json:
    """A job as JSON."""
    return {"id": id_, "project_id": "p1", "kind": kind, "status": status, "model": "offline", **fields}


def update(sequence: int, event: str | None, job_: Json) -> Json:
    """An update of a job's stream."""
    row = None if event is None else {"sequence": sequence, "event": event, "document_id": "", "message": ""}
    return {"sequence": sequence, "event": row, "job": job_}


@dataclass
class Server:
    """A running server; each test has it play an API of its own."""

    api: ScriptedApi = field(default_factory=ScriptedApi)


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Serves until the block is left; gives the URL."""
    config = uvicorn.Config(
        _app(server),
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,  # a stream that a test holds would else hold this, if its client is not gone
    )
    uvicorn_server = uvicorn.Server(config)
    thread = threading.Thread(target=uvicorn_server.run, daemon=True)
    thread.start()
    while not uvicorn_server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield f"http://127.0.0.1:{uvicorn_server.servers[0].sockets[0].getsockname()[1]}"
    uvicorn_server.should_exit = True
    thread.join(60)
    assert not thread.is_alive()


def _app(server: Server) -> Starlette:
    routes = [
        ("POST", "auth/register", _register),
        ("POST", "auth/login", _login),
        ("POST", "auth/refresh", _refresh),
        ("GET", "auth/me", _me),
        ("POST", "projects", _create_project),
        ("GET", "projects", lambda api, request: _page(request, list(api.projects.values()))),
        ("GET", "projects/{id}", _project),
        ("PATCH", "projects/{id}", _change_project),
        ("DELETE", "projects/{id}", _delete_project),
        ("POST", "projects/{id}/variables", _create_variable),
        ("POST", "variables/{id}/generate-prompt", _write_prompt),
        ("GET", "projects/{id}/variables", lambda api, request: _all(api.variables)),
        ("POST", "projects/{id}/variables/reorder", _reorder),
        ("PATCH", "variables/{id}", _change_variable),
        ("DELETE", "variables/{id}", _delete_variable),
        ("POST", "projects/{id}/documents", _upload),
        ("GET", "projects/{id}/documents", _list_documents),
        ("POST", "projects/{id}/copilot/suggest-variables", _suggest),
        ("POST", "projects/{id}/check-model", _check_model),
        ("POST", "projects/{id}/jobs", _start_job),
        ("POST", "projects/{id}/jobs/estimate", _estimate),
        ("GET", "projects/{id}/jobs", _list_jobs),
        ("GET", "jobs/{id}", lambda api, request: JSONResponse(api.jobs[request.path_params["id"]])),
        ("DELETE", "jobs/{id}", lambda api, request: _set_status(api, request, "CANCELLED")),
        ("POST", "jobs/{id}/pause", lambda api, request: _set_status(api, request, "PAUSED")),
        ("POST", "jobs/{id}/resume", _resume),
        ("POST", "jobs/{id}/retry-failed", _retry_failed),
        ("GET", "jobs/{id}/events", _events),
        ("GET", "jobs/{id}/tasks", _tasks),
        ("GET", "jobs/{id}/statistics", _statistics),
        ("GET", "projects/{id}/dataset/statistics", _statistics),
        ("GET", "projects/{id}/extractions", _list_extractions),
        ("POST", "projects/{id}/dataset/renew", _renew),
        *EXPORT_ROUTES,
        *REVIEW_ROUTES,
        *PROPOSAL_ROUTES,
        *CONVERSATION_ROUTES,
    ]
    return Starlette(routes=[_route(server, *route) for route in routes])


def _route(server: Server, method: str, path: str, answer: Callable[[ScriptedApi, Request], Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        api = server.api
        api.seen.append((request.method, request.url.path))
        api.conditions.append(request.headers.get("if-match"))
        if request.method == "POST":
            api.keys.append(request.headers.get("idempotency-key", ""))
        for refusal in api.refusals:
            if request.method == refusal[0] and request.url.path.endswith(refusal[1]):
                await request.body()
                api.refusals.remove(refusal)
                return refusal[2]
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not path.startswith("auth/") and (not token or token in api.expired):
            await request.body()
            return problem(401, "access_token_invalid", "the access token has expired; refresh it")
        reply = answer(api, request)
        return reply if isinstance(reply, Response) else await reply

    return Route(f"/v1/{path}", endpoint, methods=[method])


def _check_model(api: ScriptedApi, request: Request) -> Response:
    return JSONResponse({"model": "m", "seconds": 0.5, "problem": api.model_problem})


def _all(items: list[Json]) -> Response:
    return JSONResponse({"items": items, "next_page_token": ""})


def _page(request: Request, items: list[Json], **more: Any) -> Response:
    start = int(request.query_params.get("page_token") or 0)
    token = str(start + PAGE) if start + PAGE < len(items) else ""
    return JSONResponse({"items": items[start : start + PAGE], "next_page_token": token, **more})


def _tokens(api: ScriptedApi, email: str) -> Response:
    number = next(api.tokens)
    tokens = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
    return JSONResponse(tokens | {"user": {"id": "u1", "email": email}, "token_type": "Bearer", "expires_in": 900})


async def _register(api: ScriptedApi, request: Request) -> Response:
    body = await request.json()
    api.passwords[body["email"]] = body["password"]
    return _tokens(api, body["email"])


async def _login(api: ScriptedApi, request: Request) -> Response:
    body = await request.json()
    if api.passwords.get(body["email"]) != body["password"]:
        return problem(401, "wrong_credentials", "The e-mail or the password is wrong.")
    return _tokens(api, body["email"])


async def _refresh(api: ScriptedApi, request: Request) -> Response:
    body = await request.json()
    if not api.refresh_works or not body["refresh_token"].startswith("refresh-"):
        return problem(401, "refresh_token_invalid", "The refresh token is not valid any more; sign in again.")
    return _tokens(api, "ada@example.org")


def _me(api: ScriptedApi, request: Request) -> Response:
    return JSONResponse({"user": {"id": "u1", "email": next(iter(api.passwords), "token@example.org")}})


async def _create_project(api: ScriptedApi, request: Request) -> Response:
    project = {"id": f"p{len(api.projects) + 1}", "model": "offline", "status": "CREATED"} | await request.json()
    api.projects[project["id"]], api.variables = project, []
    return JSONResponse(project, 201)


def _project(api: ScriptedApi, request: Request) -> Response:
    found = api.projects.get(request.path_params["id"])
    return JSONResponse(found) if found else problem(404, "project_not_found", "there is no such project")


async def _change_project(api: ScriptedApi, request: Request) -> Response:
    project = api.projects[request.path_params["id"]]
    project |= await request.json()
    return JSONResponse({name: value for name, value in project.items() if value is not None})


def _delete_project(api: ScriptedApi, request: Request) -> Response:
    del api.projects[request.path_params["id"]]
    return Response(status_code=204)


async def _create_variable(api: ScriptedApi, request: Request) -> Response:
    variable = {"id": f"v{len(api.variables)}", "position": len(api.variables)} | await request.json()
    api.variables.append(variable)
    return JSONResponse(variable, 201)


async def _change_variable(api: ScriptedApi, request: Request) -> Response:
    (found,) = [one for one in api.variables if one["id"] == request.path_params["id"]]
    found |= await request.json()
    api.changed_variables.append(found["name"])
    return JSONResponse({name: value for name, value in found.items() if value is not None})


def _delete_variable(api: ScriptedApi, request: Request) -> Response:
    api.variables = [one for one in api.variables if one["id"] != request.path_params["id"]]
    return Response(status_code=204)


async def _reorder(api: ScriptedApi, request: Request) -> Response:
    order = (await request.json())["variable_ids"]
    api.variables.sort(key=lambda one: order.index(one["id"]))
    return _all(api.variables)


async def _write_prompt(api: ScriptedApi, request: Request) -> Response:
    written = api.prompts[request.path_params["id"]] = await request.json()
    return JSONResponse({"id": "w1", "origin": "EDITED", **written})


async def _upload(api: ScriptedApi, request: Request) -> Response:
    """Files named `refused...` are refused, those named `broken...` cannot be read; equal bytes are one document."""
    items, errors = [], []
    api.text_columns.add(request.query_params.get("text_column", ""))
    async with request.form() as form:
        for index, file in enumerate(form.getlist("files")):
            assert not isinstance(file, str)
            name, data = str(file.filename), (await file.read()).decode()
            if name.startswith("refused"):
                errors.append(
                    {"index": index, "name": name, "problem": {"status": 413, "detail": f"{name} is too large"}}
                )
                continue
            known = next((document for document in api.documents if document["text"] == data), None)
            items.append((known or _document(api, name, data)) | {"created": known is None})
    if not items:
        return problem(413, "too_large", errors[0]["problem"]["detail"])
    return JSONResponse({"items": items, "errors": errors}, 201)


def _document(api: ScriptedApi, name: str, data: str) -> Json:
    broken = name.startswith("broken")
    document = {
        "id": f"d{next(api.document_numbers)}",
        "name": name,
        "text": data,
        "sha256": hashlib.sha256(data.encode()).hexdigest(),
        "status": "FAILED" if broken else "READY",
        "error_message": "this is no text that can be read; save it again" if broken else "",
        "report": {
            "warnings": ["the column 'story' was guessed"] if name.endswith(".csv") else [],
            **api.reports.get(name, {}),
        },
    }
    api.documents.append(document)
    return document


def _list_documents(api: ScriptedApi, request: Request) -> Response:
    counts = dict(Counter(document["status"] for document in api.documents))
    if api.looks_until_read:
        api.looks_until_read -= 1
        counts = {"UPLOADED": len(api.documents)}
    status = request.query_params.get("status")
    found = [document for document in api.documents if status in (None, document["status"])]
    if request.query_params.get("sources") == "true":
        found = [document for document in found if document["name"].endswith(".csv")]
    return _page(request, found, counts=counts, **api.corpus)


async def _suggest(api: ScriptedApi, request: Request) -> Response:
    hint = (await request.json())["hint"]
    variable = {
        "name": "participants",
        "display_name": "",
        "type": "NUMBER",
        "instructions": f"How many?\nAsked for: {hint}",
        "categories": [],
    }
    suggestion = {"variable": variable, "reason": "numbers of people\nin 3 documents"}
    return _all([suggestion])


async def _start_job(api: ScriptedApi, request: Request) -> Response:
    return _started(api, await request.json(), request.path_params["id"])


async def _renew(api: ScriptedApi, request: Request) -> Response:
    return _started(api, {"kind": "FULL", **await request.json()}, request.path_params["id"])


async def _estimate(api: ScriptedApi, request: Request) -> Response:
    todo = _to_do(api, await request.json())
    return JSONResponse({**api.estimate, "documents": len(todo)}) if todo else _nothing_stale()


def _list_jobs(api: ScriptedApi, request: Request) -> Response:
    of_project = [one for one in api.jobs.values() if one["project_id"] == request.path_params["id"]]
    return _page(request, of_project[::-1])


def _to_do(api: ScriptedApi, body: Json) -> list[Json]:
    chosen = body.get("document_ids")
    ready = [one for one in api.documents if one["status"] == "READY" and (not chosen or one["id"] in chosen)]
    drawn = ready[: body.get("sample_size", len(ready))]
    return [one for one in drawn if not (body.get("leave_out_current") and one["id"] in api.coded)]


def _nothing_stale() -> Response:
    return problem(409, "nothing_stale", "No cell of the dataset need be asked again.")


def _started(api: ScriptedApi, body: Json, project_id: str) -> Response:
    if any(one["status"] in ("PROCESSING", "PAUSED") for one in api.jobs.values() if one["project_id"] == project_id):
        return problem(409, "job_active", "The project has an active job: wait for it, or cancel it.")
    todo = _to_do(api, body)
    if not todo and body.get("leave_out_current"):
        return _nothing_stale()
    api.requested_jobs.append(body)
    id_ = f"j{len(api.jobs) + 1}"
    drawn = {"sample_seed": body["sample_seed"]} if "sample_seed" in body else {}
    started = job(id_, body["kind"], documents_total=len(todo), **drawn) | {"project_id": project_id}
    plan = api.plans.pop(0) if api.plans else _plan(started, len(todo))
    of_job = {"id": id_, "kind": body["kind"], "project_id": project_id}
    api.updates[id_] = [{**u, "job": {**started, **u["job"], **of_job}} for u in plan]
    api.jobs[id_], api.documents_of[id_] = started, todo
    return JSONResponse(started, 201)


def _plan(started: Json, total: int) -> list[Json]:
    done = [update(n, "DOC_COMPLETED", {**started, "documents_processed": n}) for n in range(1, total + 1)]
    tokens = {"tokens_in": 1200, "tokens_out": 34, "cost": 0.05}
    over = {**started, "status": "COMPLETE", "documents_processed": total, "progress": 100.0, **tokens}
    return [update(0, None, started), *done, update(total + 1, "JOB_COMPLETED", over)]


def _set_status(api: ScriptedApi, request: Request, status: str) -> Response:
    found = api.jobs[request.path_params["id"]]
    found["status"] = status
    return JSONResponse(found)


def _resume(api: ScriptedApi, request: Request) -> Response:
    id_ = request.path_params["id"]
    last = api.updates[id_][-1]
    if api.plans:
        api.updates[id_] = [{**u, "job": {**api.jobs[id_], **u["job"], "id": id_}} for u in api.plans.pop(0)]
    else:
        over = {**api.jobs[id_], "status": "COMPLETE", "documents_processed": api.jobs[id_]["documents_total"]}
        api.updates[id_] = [update(last["sequence"] + 1, "JOB_COMPLETED", over)]
    return _set_status(api, request, "PROCESSING")


def _retry_failed(api: ScriptedApi, request: Request) -> Response:
    api.jobs[request.path_params["id"]]["documents_failed"] = 0
    return _resume(api, request)


def _events(api: ScriptedApi, request: Request) -> Response:
    id_ = request.path_params["id"]
    after = request.headers.get("last-event-id")
    api.resumed_after.append(after)
    first = 0 if after is None else max(int(after) + 1 - api.resent, 1)
    due = [u for u in api.updates[id_] if u["sequence"] >= first or (after is None and u["event"] is None)]
    if not due and api.jobs[id_]["status"] in ("COMPLETE", "FAILED", "CANCELLED"):
        return Response(status_code=204)
    cut = api.cuts.pop(0) if api.cuts else Cut(len(due))
    return StreamingResponse(_stream(api, id_, due, cut), media_type="text/event-stream")


async def _stream(api: ScriptedApi, id_: str, due: list[Json], cut: Cut) -> AsyncIterator[bytes]:
    yield b": welcome\n\n"
    for number, each in enumerate(due):
        if number == cut.after:
            if cut.torn:
                yield f"id: {each['sequence']}\ndata: {{".encode()
                raise ConnectionError("as the test wants it")
            return
        api.jobs[id_] = each["job"]
        if each["job"]["status"] == "COMPLETE":
            api.coded |= {one["id"] for one in api.documents_of.get(id_, [])[each["job"].get("documents_failed", 0) :]}
        name = "snapshot" if each["event"] is None else "progress"
        yield f"id: {each['sequence']}\nevent: {name}\ndata: {json.dumps(each, ensure_ascii=False)}\n\n".encode()
    if api.held:
        await asyncio.Event().wait()


def _tasks(api: ScriptedApi, request: Request) -> Response:
    """The first of a job's documents are those that failed."""
    failed = api.jobs[request.path_params["id"]].get("documents_failed", 0)
    tasks = [
        {
            "id": f"t{number}",
            "document_id": document["id"],
            "document_name": document["name"],
            "status": "FAILED" if number < failed else "DONE",
            "error": "the model refused" if number < failed else "",
            "receipt": api.receipt,
        }
        for number, document in enumerate(api.documents_of.get(request.path_params["id"], []))
    ]
    status = request.query_params.get("status")
    return _page(request, [task for task in tasks if status in (None, task["status"])])


def _statistics(api: ScriptedApi, request: Request) -> Response:
    items = []
    for variable in api.variables:
        of_it = [e for e in api.extractions if e["variable"] == variable["name"]]
        missing = Counter(e["missing_reason"] for e in of_it if e["value"] is None)
        answered = len(of_it) - missing.total()
        items.append(
            {
                "variable": variable["name"],
                "units": len(of_it),
                "answered": answered,
                "flagged": sum(e["status"] == "FLAGGED" for e in of_it),
                "support": dict(Counter(e["support"] for e in of_it if "support" in e)),
                "mean_confidence": 0.5,
                "missing": dict(missing),
            }
        )
    pages = {
        of: [{"document_id": name, "document_name": name, "pages": p} for name, p in documents.items()]
        for of, documents in (("unread_pages", api.unread_pages), ("unsure_pages", api.unsure_pages))
    }
    return JSONResponse({"items": items, "next_page_token": "", **pages})


def _list_extractions(api: ScriptedApi, request: Request) -> Response:
    names = {document["id"]: document["name"] for document in api.documents}
    wanted = request.query_params.get("document_id")
    found = [e for e in api.extractions if wanted is None or e["document_id"] in (wanted, names.get(wanted))]
    variable = request.query_params.get("variable")
    found = [e for e in found if variable in (None, e["variable"])]
    return _page(request, found)
