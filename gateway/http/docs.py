"""The API's documentation for people: Swagger UI at /docs, all its files out of an installed package."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.responses import Response

_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Swagger UI styles its elements in place; scripts come from files alone."""
_CACHE = "public, max-age=3600"
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CoderAI</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """\
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
  layout: "BaseLayout",
  validatorUrl: null,
});
"""


def add_docs(app: FastAPI) -> None:
    """Adds /docs and what its page loads."""
    contents = {name: (_file(name), kind) for name, kind in _ASSETS.items()}
    contents["start.js"] = (_START.encode(), "text/javascript")

    async def show_page(_: Request) -> Response:
        return Response(_PAGE, media_type="text/html", headers={"Content-Security-Policy": _POLICY})

    async def show_file(request: Request) -> Response:
        content, kind = contents[request.url.path.rpartition("/")[2]]
        return Response(content, media_type=kind, headers={"Cache-Control": _CACHE})

    app.add_route("/docs", show_page, include_in_schema=False)
    for name in contents:
        app.add_route(f"/docs/{name}", show_file, include_in_schema=False)


def _file(name: str) -> bytes:
    return files("fastapi_offline").joinpath("static", name).read_bytes()
