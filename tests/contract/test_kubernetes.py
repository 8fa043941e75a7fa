"""The Kubernetes manifests are valid, start what the code is, keep pods in their bounds, and scale by our own queue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen
from uuid import uuid4

import pytest
import yaml

from coderai.deploy.bus_rights import CONSUMERS
from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.processes import LISTENING
from coderai.deploy.provision import SERVICES
from coderai.kit.bus import Bus, Envelope
from coderai.services.extractor.entrypoints.worker import extract_document
from coderai.services.extractor.settings import ExtractorSettings
from coderai.services.extractor.usecases.tasks import Tasks
from tests.support.deployments import (
    KUBERNETES,
    SETTINGS,
    Deployed,
    Manifest,
    compose_processes,
    compose_services,
    example_secrets,
    kubernetes_objects,
    kubernetes_processes,
    of_kind,
    setting_names,
)

EXTRACTION = extract_document(cast(Tasks, None), concurrency=1)
PERFORMED_BY = {"app.kubernetes.io/name", "app.kubernetes.io/component"}


@pytest.fixture(scope="module")
def objects() -> list[Manifest]:
    return kubernetes_objects()


@pytest.fixture(scope="module")
def processes(objects: list[Manifest]) -> dict[str, Deployed]:
    return {process.name: process for process in kubernetes_processes(objects)}


@pytest.fixture(scope="module")
def pods(objects: list[Manifest]) -> dict[str, Any]:
    """The pod template of each Deployment and Job."""
    running = of_kind(objects, "Deployment") | of_kind(objects, "Job")
    return {name: each["spec"]["template"] for name, each in running.items()}


@pytest.fixture(scope="module")
def scaled_object() -> Any:
    return yaml.safe_load((KUBERNETES / "extractor-scaledobject.yaml").read_text())["spec"]


@pytest.fixture
def own_nats(tmp_path: Path, process_group: ProcessGroup) -> Iterator[EmbeddedNats]:
    with EmbeddedNats(tmp_path, group=process_group) as server:
        yield server


def test_every_object_is_valid(objects: list[Manifest]) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    assert len(objects) > 30
    for each in objects:
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)


def test_it_runs_the_same_processes_as_compose(processes: dict[str, Deployed]) -> None:
    composed = compose_processes(compose_services(example_secrets()))
    assert {n: p.arguments for n, p in processes.items()} == {p.name: p.arguments for p in composed}


def test_every_process_finds_the_settings_that_it_requires_and_no_unknown_one(processes: dict[str, Deployed]) -> None:
    for process in processes.values():
        process.read_settings()
        assert {name for name in process.env if name.startswith("CODERAI_")} <= setting_names()


def test_secrets_go_only_to_those_who_need_them(processes: dict[str, Deployed]) -> None:
    for process in processes.values():
        mine = {"coderai-internal-token/key"}
        mine |= {f"coderai-{process.service}/database-url"} if process.service in SERVICES else set()
        mine |= {"coderai-gateway/token-key"} if process.service == "gateway" else set()
        mine |= {f"coderai-{process.service}/nats-url"} if process.service in CONSUMERS else set()
        if process.name in ("extractor-work", "copilot"):
            mine |= {"coderai-models/OPENAI_API_KEY", "coderai-models/OPENAI_BASE_URL"}
        if process.service in ("ingest", "export"):
            mine |= {"coderai-files/AWS_ACCESS_KEY_ID", "coderai-files/AWS_SECRET_ACCESS_KEY"}
        assert set(process.secrets.values()) == mine, process.name


def test_no_secret_is_in_the_files(objects: list[Manifest]) -> None:
    assert not of_kind(objects, "Secret")
    names = [name for settings in of_kind(objects, "ConfigMap").values() for name in settings["data"]]
    assert not [name for name in names if name.endswith(("_KEY", "_URL")) and name != "CODERAI_BLOB_URL"]


def test_peers_are_found_at_their_services(objects: list[Manifest], processes: dict[str, Deployed]) -> None:
    services = of_kind(objects, "Service")
    deployments = of_kind(objects, "Deployment")
    for name in LISTENING:
        assert processes["gateway"].env[f"CODERAI_{name.upper()}_ADDRESS"] == f"{name}:50051"
        (port,) = services[name]["spec"]["ports"]
        assert (port["port"], port["targetPort"]) == (50051, "grpc")
        selector = services[name]["spec"]["selector"]
        assert [d for d, each in deployments.items() if _matches(selector, each["spec"]["template"])] == [name]


def test_every_pod_keeps_to_the_restricted_standard(pods: dict[str, Any]) -> None:
    assert len(pods) == 10
    for pod in pods.values():
        spec = pod["spec"]
        (container,) = spec["containers"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["runAsUser"] == 10001
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not spec["automountServiceAccountToken"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]


def test_every_process_is_probed_on_a_port_that_it_listens_on(
    pods: dict[str, Any], processes: dict[str, Deployed]
) -> None:
    for name, process in processes.items():
        (container,) = pods[name]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        listening = {int(v.rpartition(":")[2]) for v in process.env.values() if v.startswith("0.0.0.0:")}
        assert set(ports.values()) <= listening
        probe = container["livenessProbe"]
        if process.arguments[-1] == "work":
            assert probe["httpGet"] == {"path": "/metrics", "port": "metrics"}
            assert pods[name]["spec"]["terminationGracePeriodSeconds"] == 45
        elif process.service == "gateway":
            assert probe["httpGet"] == {"path": "/health/live", "port": "http"}
        else:
            assert probe["grpc"] == {"port": ports["grpc"]}


def test_every_deployment_is_spread_and_drained_one_pod_at_a_time(objects: list[Manifest]) -> None:
    budgets = of_kind(objects, "PodDisruptionBudget")
    deployments = of_kind(objects, "Deployment")
    assert budgets.keys() == deployments.keys()
    for name, deployment in deployments.items():
        template = deployment["spec"]["template"]
        (spread,) = template["spec"]["topologySpreadConstraints"]
        for selector in (deployment["spec"]["selector"], budgets[name]["spec"]["selector"], spread["labelSelector"]):
            assert selector["matchLabels"].keys() == PERFORMED_BY
            assert [n for n, d in deployments.items() if _matches(selector["matchLabels"], d["spec"]["template"])] == [
                name
            ]


def test_a_service_lets_in_those_whose_settings_name_it_and_no_others(objects: list[Manifest]) -> None:
    policies = of_kind(objects, "NetworkPolicy")
    assert policies["nothing-else"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name in LISTENING:
        callers = {s for s, kinds in SETTINGS.items() if any(f"{name}_address" in k.model_fields for k in kinds)}
        (rule,) = policies[name]["spec"]["ingress"]
        (peer,) = rule["from"]
        (expression,) = peer["podSelector"]["matchExpressions"]
        assert set(expression["values"]) == callers
        assert rule["ports"] == [{"port": "grpc"}]


def test_the_scaler_looks_at_the_workers_consumers_and_counts_as_they_do(
    scaled_object: Any, objects: list[Manifest], processes: dict[str, Deployed]
) -> None:
    watched = [
        (trigger["metadata"]["stream"], trigger["metadata"]["consumer"]) for trigger in scaled_object["triggers"]
    ]
    assert watched == [(EXTRACTION.stream, f"{EXTRACTION.name}_{lane}") for lane in EXTRACTION.lanes]
    settings = processes["extractor-work"].connects()
    assert isinstance(settings, ExtractorSettings)
    assert {t["metadata"]["lagThreshold"] for t in scaled_object["triggers"]} == {str(settings.concurrency)}
    assert scaled_object["maxReplicaCount"] * settings.concurrency <= settings.window
    assert scaled_object["minReplicaCount"] == 1
    target = of_kind(objects, "Deployment")[scaled_object["scaleTargetRef"]["name"]]
    assert "replicas" not in target["spec"]


async def test_nats_tells_the_scaler_how_many_documents_wait_or_are_in_hand(
    scaled_object: Any, own_nats: EmbeddedNats
) -> None:
    """KEDA adds num_pending and num_ack_pending of /jsz (getMaxMsgLag in its nats_jetstream_scaler.go)."""
    begun, finish = asyncio.Semaphore(0), asyncio.Event()

    async def handle(_: Envelope) -> None:
        begun.release()
        await finish.wait()

    bus = await Bus.connect(own_nats.url, "test")
    for lane, count in zip(EXTRACTION.lanes, (3, 5), strict=True):
        for _ in range(count):
            await bus.publish(Envelope(uuid4(), f"{EXTRACTION.subject}.{lane}", b"", uuid4(), "test"))
    consuming = asyncio.create_task(bus.consume(replace(EXTRACTION, handle=handle, concurrency=8)))
    try:
        for _ in range(8):  # both lanes have begun with all that is theirs
            await begun.acquire()
        assert [_lag(own_nats, trigger["metadata"]) for trigger in scaled_object["triggers"]] == [3, 5]
    finally:
        finish.set()
        consuming.cancel()
        with suppress(asyncio.CancelledError):
            await consuming
        await bus.close()


def _lag(nats: EmbeddedNats, trigger: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{nats.monitoring_port}/jsz?acc={trigger['account']}&consumers=true&config=true"
    with urlopen(url) as answer:
        (account,) = json.load(answer)["account_details"]
    (stream,) = (each for each in account["stream_detail"] if each["name"] == trigger["stream"])
    (consumer,) = (each for each in stream["consumer_detail"] if each["name"] == trigger["consumer"])
    return int(consumer["num_pending"] + consumer["num_ack_pending"])


def _matches(selector: dict[str, str], template: Any) -> bool:
    return bool(selector.items() <= template["metadata"]["labels"].items())
