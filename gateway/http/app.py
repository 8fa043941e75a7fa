"""Puts the HTTP API together."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import FastAPI

from coderai.gateway.http import (
    account_security,
    accounts,
    api_keys,
    audit,
    documents,
    events,
    health,
    invitations,
    message_events,
    page_images,
    problems,
    resumable,
    sign_in,
    tickets,
    workspaces,
)
from coderai.gateway.http.backend import Backend
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.browsers import Browsers
from coderai.gateway.http.console import add_console
from coderai.gateway.http.docs import add_docs
from coderai.gateway.http.edge import Edge, expect_requests
from coderai.gateway.http.endpoints import add_routes
from coderai.gateway.http.openapi import Api
from coderai.gateway.peers import SERVICES
from coderai.kit.comments import comment_on

_DESCRIPTION = """\
CoderAI turns a corpus of documents into a dataset whose every cell can be checked.

- **Who calls**: `Authorization: Bearer <access token>`, from `POST /v1/auth/register` or `/login`; or
  an API key in its place. Pages of the own origin have a cookie instead, from `POST /v1/auth/session`.
- **Values**: every field is there in answers; an empty text means that it is not set, and null stands only where a
  schema says so. Unknown fields in requests are refused. Times are RFC 3339 in UTC.
- **Lists** are `{items, next_page_token}`; send the token as `page_token` for the next page, until it is empty.
- **Errors** are `application/problem+json` (RFC 9457) with a stable `code`.
- **Once**: send an `Idempotency-Key` with a POST, and a repetition gets the first answer.
- **Correlation**: every answer has an `X-Correlation-Id`, yours if you send one; it is in all logs. Where requests are
  traced, `X-Trace-Id` names the trace. Errors have both.
- **Live**: `GET /v1/jobs/{job_id}/events` and `GET /v1/messages/{message_id}/events` stream server-sent events, each a
  `JobUpdate` or `MessageUpdate`, and go on after the id in `Last-Event-ID` or `?last_event_id=`; the WebSocket
  `/ws/jobs/{job_id}` sends a job's as JSON, with the access token in the Authorization header or as subprotocols
  `bearer, <token>`. `?ticket=` of `POST /v1/tickets` opens any of them where no header can be sent.
"""


def create_app(backend: Backend, cors_origins: Sequence[str] = ()) -> FastAPI:
    """The ASGI application; browsers may call it from the `cors_origins`."""
    app = Api(
        title="CoderAI",
        version=version("coderai"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=[
            {"name": "accounts", "description": "Who may use the installation."},
            *({"name": name, "description": comment_on(service.full_name)} for name, service in SERVICES.items()),
            {"name": "operations", "description": "For whoever runs the installation."},
        ],
    )
    app.state.backend = backend
    app.router.route_class = BoundedRoute
    problems.add_handlers(app)
    add_routes(app)
    people = (accounts, sign_in, account_security, api_keys, workspaces, invitations, tickets, audit)
    modules = (*people, documents, resumable, page_images, events, message_events, health)
    for module in modules:
        app.include_router(module.router)
    add_docs(app)
    add_console(app)
    for routes in (app.routes, *(module.router.routes for module in modules)):
        expect_requests(routes)
    app.add_middleware(Edge, admission=backend.admission if backend else None)
    # Around all else: a page is to be able to read every answer, also that it asked too often.
    app.add_middleware(Browsers, origins=cors_origins)
    return app
