"""Sends generated requests to every route of a fresh installation, DELETE included: none may end in a 5xx.

    python -m tests.fuzz SCHEMATHESIS [SECONDS]

SCHEMATHESIS is the command of that name (make fuzz installs it on its own: it wants other versions than the product).
Every answer must have a status, a content type and a body as the OpenAPI document declares them. Ends with its status.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from coderai.deploy.stack import LocalStack

SEED = 1
SIGNS_OUT = r"/auth/(logout|sign-out-everywhere|deactivate|password|sessions)"
"""What ends the session under which all others are called: these come last."""
CHECKS = "not_a_server_error,content_type_conformance,status_code_conformance,response_schema_conformance"
NO_LIMITS = {f"CODERAI_GATEWAY_REQUESTS_PER_MINUTE_OF_{who}": "1000000" for who in ("ADDRESS", "CALLER")}


def main() -> None:
    """Fuzzes a stack of its own. Exits with 1 when an answer is not as it must be."""
    command, seconds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 240
    os.environ.update(NO_LIMITS)
    with (
        TemporaryDirectory() as folder,
        LocalStack(Path(folder) / "stack", http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
    ):
        account = {"email": "ada@example.org", "password": "a password of a test"}
        token = httpx.post(f"{stack.url}/v1/auth/register", json=account).json()["access_token"]
        usual = [
            command,
            "run",
            document_for_fuzzing(stack.url, Path(folder)),
            "--url",
            stack.url,
            "--checks",
            CHECKS,
            "--header",
            f"Authorization: Bearer {token}",
        ]
        usual += ["--seed", str(SEED), "--continue-on-failure", "--request-timeout", "30", "--warnings", "off"]
        runs = (
            ["--exclude-path-regex", SIGNS_OUT, "--max-examples", "40", "--max-time", str(seconds)],
            ["--include-path-regex", SIGNS_OUT, "--max-examples", "40", "--max-time", "30"],
        )
        statuses = [subprocess.run([*usual, *run], cwd=folder, check=False).returncode for run in runs]
    sys.exit(max(statuses))


def document_for_fuzzing(url: str, folder: Path) -> str:
    """The path of the OpenAPI document with any JSON value as just that: whoever makes requests that do not fit would
    look in vain for a value that is none."""
    document = httpx.get(f"{url}/openapi.json").json()
    document["components"]["schemas"] |= {"JsonValue": {}, "JsonItem": {}}
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return str(path)


if __name__ == "__main__":
    main()
