"""The log of a service that fails says on what and where, and quotes nothing of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from coderai.deploy.embedded import EmbeddedNats
from tests.support.faulty_service import DOCUMENT, PROJECT, WORKSPACE
from tests.support.stack import ServiceDatabases

SENTENCE = "Ada Byron of ada@example.org was not paid"


def test_a_failing_services_lines_name_what_it_handled_and_quote_nothing(
    service_dsns: ServiceDatabases, nats: EmbeddedNats
) -> None:
    env = os.environ | {
        "CODERAI_DATABASE_URL": service_dsns["projects"].application,
        "CODERAI_NATS_URL": nats.url,
        "CODERAI_INTERNAL_TOKEN_KEY": "k" * 32,
        "CODERAI_LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }
    command = [sys.executable, "-m", "tests.support.faulty_service", SENTENCE]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)

    assert not [word for word in ("Ada Byron", "ada@", "paid") if word in ran.stderr], ran.stderr
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    one, streamed, uploaded = [line for line in lines if line["event"] == "call_failed"]
    (given_up,) = [line for line in lines if line["event"] == "message_given_up"]
    (handled,) = [line for line in lines if line["event"] == "message_handled"]
    for line in (one, streamed, uploaded, given_up, handled):
        assert line["workspace_id"] == str(WORKSPACE)
        assert line["correlation_id"] == ("request-1" if line["event"] == "call_failed" else "request-2")
        assert len(line["trace_id"]) == 32
    assert one["document_id"] == streamed["document_id"] == given_up["document_id"] == str(DOCUMENT)
    assert uploaded["project_id"] == given_up["project_id"] == handled["project_id"] == str(PROJECT)
    assert one["exception"].endswith("ValueError")
    assert "in GetDocument" in one["exception"]
    assert given_up["error"].startswith("DBAPIError 22P02")
