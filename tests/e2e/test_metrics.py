"""Whatever clients send, the labels of every process's metrics stay within sets that are known beforehand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from uuid import uuid4

import grpc
import pytest
import yaml
from google.protobuf import descriptor_pool
from httpx import get
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from coderai.audit.v1 import audit_service_pb2
from coderai.codebook.variable import VariableType
from coderai.deploy.bus_rights import CONSUMERS
from coderai.deploy.processes import LISTENING
from coderai.deploy.stack import LocalStack
from coderai.extractor.v1 import provenance_service_pb2
from coderai.gateway.http.app import create_app
from coderai.gateway.http.edge import METHODS
from coderai.gateway.peers import SERVICES
from coderai.kit import telemetry
from coderai.kit.llm.metrics import DIRECTIONS, OUTCOMES
from coderai.services.extractor.domain.coding.extraction import Status
from coderai.services.extractor.domain.jobs.job import EventType, JobStatus
from coderai.services.extractor.domain.jobs.spending import Purpose
from coderai.services.ingest.adapters.metrics import FORMATS, PAGE_OUTCOMES, PAGE_TASKS, READ
from coderai.services.ingest.adapters.parsers.json_table import JsonInvalid
from coderai.services.ingest.domain.problems import Unreadable
from tests.support.tenant import Tenant, wait_until

OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0"}
NUMBER = re.compile(r"[0-9.]+|\+Inf")
MARK = uuid4().hex[:16]
"""In all that is made up: nothing of it may be seen."""


def closed_sets(models: Mapping[str, object]) -> dict[str, set[str]]:
    """Every value that a label may have."""
    unreadable = {kind().code for kind in (*kinds_of(Unreadable), JsonInvalid)}
    app = create_app(None)  # type: ignore[arg-type]
    templates = set(app.openapi()["paths"]) | {path for route in app.routes if (path := getattr(route, "path", None))}
    consumers = {one.name for consumed in CONSUMERS.values() for one in consumed}
    return {
        "method": METHODS | {"other"} | set(paths()),
        "route": templates | {"unmatched", "/ws/jobs/{job_id}"},
        "status": {str(status) for status in (0, *range(200, 600))}
        | {status.name for status in grpc.StatusCode}
        | {*Status, *JobStatus},
        "consumer": {re.sub("_(first|rest|small|large)$", "", name) for name in consumers},
        "lane": {"", "first", "rest", "small", "large"},
        "outcome": {*telemetry.MESSAGE_OUTCOMES, *OUTCOMES, *PAGE_OUTCOMES, READ} | unreadable,
        "task": set(PAGE_TASKS),
        "way": set(telemetry.OUTBOX_WAYS),
        "service": set(LISTENING),
        "model": set(models),
        "direction": set(DIRECTIONS),
        "purpose": set(Purpose),
        "type": set(VariableType),
        "event": set(EventType),
        "format": set(FORMATS),
    }


def kinds_of(kind: type[Unreadable]) -> Iterator[type[Unreadable]]:
    """It and all that are of it, as far as this process knows them."""
    yield kind
    for narrower in kind.__subclasses__():
        yield from kinds_of(narrower)


def paths() -> Iterator[str]:
    """The paths of all RPCs."""
    files = (provenance_service_pb2, audit_service_pb2)
    of_services_alone = (service for file in files for service in file.DESCRIPTOR.services_by_name.values())
    for service in (*SERVICES.values(), *of_services_alone):
        found = descriptor_pool.Default().FindServiceByName(service.full_name)
        yield from (f"/{service.full_name}/{method.name}" for method in found.methods)


@pytest.fixture(scope="module")
def scraped(stack: LocalStack) -> dict[str, str]:
    """What each process tells after strange requests and a small job."""
    _ask_strangely(stack)
    with Tenant(stack.url, MARK) as tenant:
        project = tenant.post("projects", {"name": MARK, "model": "offline"})["id"]
        refused = tenant.http.post("/v1/projects", json={"name": MARK, "model": f"mistralai:{MARK}"})
        assert refused.status_code == 422, refused.text
        for name in (f"v{MARK}", "people"):
            variable = {"name": name, "type": "NUMBER", "instructions": "How many people took part in the march."}
            tenant.post(f"projects/{project}/variables", variable)
        for text in ("300 people took part in the march.", ""):
            tenant.http.post(f"/v1/projects/{project}/documents", json={"name": f"{MARK}.{MARK}", "text": text})
        wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"].get("READY") == 1)
        list(tenant.follow(tenant.post(f"projects/{project}/jobs", {"kind": "SAMPLE"})["id"]))
    return {name: get(f"http://{address}/metrics", headers=OPENMETRICS).text for name, address in stack.metrics.items()}


def _ask_strangely(stack: LocalStack) -> None:
    with Tenant(stack.url) as tenant:
        for method in ("GET", "POST", "TRACE", "PROPFIND", "PURGE", "BREW", "get"):
            for path in (f"/{MARK}", f"/v1/projects/{MARK}", f"/v1/{MARK}/%0a%22}}", "/docs/../docs", "/v1/projects"):
                tenant.http.request(method, path, headers={"X-Correlation-Id": MARK}, params={"q": MARK})
    with grpc.insecure_channel(stack.grpc) as channel:
        for path in (f"/{MARK}/{MARK}", f"/coderai.projects.v1.ProjectsService/{MARK}", *list(paths())[:3]):
            with pytest.raises(grpc.RpcError):
                channel.unary_unary(path)(MARK.encode(), metadata=(("authorization", MARK),), timeout=10)


def samples(text: str) -> list[Sample]:
    """Our own, out of what one process tells."""
    return [
        sample
        for family in text_string_to_metric_families(text)
        if family.name.startswith("coderai_")
        for sample in family.samples
    ]


def test_every_process_serves_its_metrics_at_an_address_that_prometheus_finds(
    stack: LocalStack, scraped: dict[str, str]
) -> None:
    assert scraped.keys() == stack.processes.keys() - {"postgres", "nats", "warm-parent"}
    assert all(samples(text) for text in scraped.values())
    found = {
        target["labels"]["process"]: target["targets"][0] for target in json.loads(stack.metrics_targets.read_text())
    }
    assert found == stack.metrics


def test_no_label_is_what_somebody_made_up(stack: LocalStack, scraped: dict[str, str]) -> None:
    allowed = closed_sets(yaml.safe_load((stack.data_dir / "models.yaml").read_text()))
    for process, text in scraped.items():
        assert MARK not in text, process
        for sample in samples(text):
            for label, value in sample.labels.items():
                if label == "le":
                    assert NUMBER.fullmatch(value)
                else:
                    assert value in allowed[label], (process, sample)


def test_metrics_say_what_was_done(scraped: dict[str, str]) -> None:
    def total(name: str, **labels: str) -> float:
        found = [s for text in scraped.values() for s in samples(text) if s.name == name]
        return sum(s.value for s in found if labels.items() <= s.labels.items())

    assert total("coderai_files_read_total", format="TXT", outcome="read") >= 1
    assert total("coderai_extractions_total", type="NUMBER") >= 1
    assert total("coderai_extraction_confidence_count", type="NUMBER") >= 1
    assert total("coderai_job_events_total", event="JOB_COMPLETED") >= 1
    assert total("coderai_http_requests_total", method="other") >= 1
    # At zero before anything happened, so that the first one counts.
    never = {"coderai_messages_total": {"outcome": "given_up"}, "coderai_http_requests_total": {"status": "500"}}
    for name, labels in never.items():
        first = [s for text in scraped.values() for s in samples(text) if s.name == name]
        assert [s for s in first if labels.items() <= s.labels.items()]
