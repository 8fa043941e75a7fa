"""Every process is told what it needs, and secrets go only to those who need them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coderai.deploy.bus_rights import CONSUMERS
from coderai.deploy.processes import LISTENING, Surroundings, coderai_processes
from coderai.deploy.provision import SERVICES, ServiceDsns

AROUND = Surroundings(
    http="127.0.0.1:8080",
    grpc="127.0.0.1:9090",
    addresses={service: f"127.0.0.1:{21000 + i}" for i, service in enumerate(LISTENING)},
    dsns={service: ServiceDsns(f"postgresql://{service}-owner", f"postgresql://{service}") for service in SERVICES},
    nats_urls={service: f"nats://{service}:word@127.0.0.1:4222" for service in CONSUMERS},
    blobs=Path("/data/my blobs"),
    models=Path("/data/models.yaml"),
    internal_token_key="internal",
    gateway_token_key="gateway",
    extractors=2,
)
USER = {
    "PATH": "/bin",
    "HOME": "/home/user",
    "EDITOR": "vi",
    "OPENAI_API_KEY": "sk-1",
    "OPENAI_BASE_URL": "http://127.0.0.1:1234/v1",
    "ANTHROPIC_API_KEY": "sk-2",
    "https_proxy": "http://proxy",
    "CODERAI_LOG_LEVEL": "DEBUG",
    "CODERAI_EXTRACTOR_CONCURRENCY": "16",
    "CODERAI_EXTRACTOR_DATABASE_URL": "postgresql://elsewhere",
}
ENVIRONMENTS = {spec.name: spec.env for spec in coderai_processes(AROUND, USER)}


def test_the_table_lists_services_workers_replicas_and_the_gateway() -> None:
    commands = {spec.name: " ".join(spec.command[1:]) for spec in coderai_processes(AROUND, USER)}
    assert commands == {
        "projects": "-m coderai.services.projects serve",
        "ingest": "-m coderai.services.ingest serve",
        "extractor": "-m coderai.services.extractor serve",
        "copilot": "-m coderai.services.copilot serve",
        "export": "-m coderai.services.export serve",
        "ingest-work": "-m coderai.services.ingest work",
        "extractor-work-1": "-m coderai.services.extractor work",
        "extractor-work-2": "-m coderai.services.extractor work",
        "export-work": "-m coderai.services.export work",
        "gateway": "-m coderai.gateway serve",
    }


def test_the_gateway_stops_first_and_the_services_that_workers_call_last() -> None:
    tiers = {spec.name: spec.tier for spec in coderai_processes(AROUND, USER)}
    assert tiers["gateway"] > tiers["extractor-work-1"] > tiers["ingest"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_process_has_its_own_database_and_no_other(name: str) -> None:
    service = name.partition("-")[0]
    urls = {key: value for key, value in ENVIRONMENTS[name].items() if value.startswith("postgresql:")}
    own = {f"CODERAI_{service.upper()}_DATABASE_URL": f"postgresql://{service}"}
    assert urls == own


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_only_those_who_ask_models_have_the_providers_keys(name: str) -> None:
    asks_models = name.startswith("extractor-work") or name == "copilot"
    keys = {"OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "https_proxy"}
    assert keys & set(ENVIRONMENTS[name]) == (keys if asks_models else set())


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_only_the_gateway_can_sign_its_tokens(name: str) -> None:
    assert ("CODERAI_GATEWAY_TOKEN_KEY" in ENVIRONMENTS[name]) == (name == "gateway")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_users_settings_reach_the_processes_they_name(name: str) -> None:
    environment = ENVIRONMENTS[name]
    assert environment["CODERAI_LOG_LEVEL"] == "DEBUG"
    assert ("CODERAI_EXTRACTOR_CONCURRENCY" in environment) == name.startswith("extractor")
    assert "EDITOR" not in environment
    assert environment["HOME"] == "/home/user"


def test_services_listen_where_the_others_call_them() -> None:
    for service in LISTENING:
        listen = ENVIRONMENTS[service][f"CODERAI_{service.upper()}_LISTEN"]
        assert all(env[f"CODERAI_{service.upper()}_ADDRESS"] == listen for env in ENVIRONMENTS.values())


def test_those_who_keep_files_know_where() -> None:
    urls = {name: env["CODERAI_BLOB_URL"] for name, env in ENVIRONMENTS.items() if "CODERAI_BLOB_URL" in env}
    assert urls == dict.fromkeys(("ingest", "ingest-work", "export", "export-work"), "file:///data/my%20blobs")


def test_only_those_who_keep_something_know_the_message_bus() -> None:
    assert {name for name, env in ENVIRONMENTS.items() if "CODERAI_NATS_URL" not in env} == {"gateway"}


def test_each_process_is_told_where_to_serve_its_metrics_and_where_traces_go() -> None:
    metrics = {"gateway": "127.0.0.1:9400", "extractor": "127.0.0.1:9403", "extractor-work-2": "127.0.0.1:9409"}
    user = USER | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317"}
    told = {spec.name: spec.env for spec in coderai_processes(replace(AROUND, metrics=metrics), user)}
    assert told["gateway"]["CODERAI_GATEWAY_METRICS_LISTEN"] == "127.0.0.1:9400"
    assert told["extractor"]["CODERAI_EXTRACTOR_METRICS_LISTEN"] == "127.0.0.1:9403"
    assert told["extractor-work-2"]["CODERAI_EXTRACTOR_METRICS_LISTEN"] == "127.0.0.1:9409"
    assert not [name for name in told["extractor-work-1"] if name.endswith("METRICS_LISTEN")]
    assert {env["OTEL_EXPORTER_OTLP_ENDPOINT"] for env in told.values()} == {"http://127.0.0.1:4317"}
