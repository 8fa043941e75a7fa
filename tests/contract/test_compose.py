"""The container image and compose.yaml start what the code is, and nothing but the gateway is reachable."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from coderai.deploy.bus_rights import CONSUMERS, print_conf
from coderai.deploy.processes import CODERAI, LISTENING, Surroundings
from coderai.deploy.provision import SERVICES, ServiceDsns, ServiceRoles, provision_sql
from tests.support.deployments import (
    COMPOSE,
    ROOT,
    Deployed,
    compose_processes,
    compose_services,
    example_secrets,
    setting_names,
    tool,
)

SECRETS = example_secrets()
COMPOSED = compose_services(SECRETS)
AROUND = Surroundings(
    http="",
    grpc="",
    addresses=dict.fromkeys(LISTENING, ""),
    dsns=dict.fromkeys(SERVICES, ServiceDsns("", "")),
    nats_urls=dict.fromkeys(CONSUMERS, ""),
    blobs=ROOT,
    models=ROOT,
    internal_token_key="",
    gateway_token_key="",
    extractors=1,
)
PROCESSES = {process.name: process for process in compose_processes(COMPOSED)}


def test_the_dockerfile_is_clean() -> None:
    subprocess.run([tool("hadolint"), str(ROOT / "deploy" / "docker" / "Dockerfile")], check=True, timeout=240)


def test_the_context_of_the_image_holds_all_that_the_dockerfile_copies() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "deploy/docker/Dockerfile").read_text(), re.M)
    wanted = {source for sources in copied for source in sources.split()}
    assert wanted - {"deploy"} == let_in - {"deploy/*.py"}


def test_the_image_has_what_the_console_takes_from_elsewhere() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "console" / "src").rglob("*.ts"))
    taken = set(re.findall(r'"(?:\.\./)+(examples/[\w-]+)/', sources))
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text()
    assert taken
    assert taken <= set(re.findall(r"^COPY (\S+) /build/\1$", dockerfile, re.M))


def test_every_process_finds_what_it_imports_in_the_image(tmp_path: Path) -> None:
    package = tmp_path / "coderai"
    package.mkdir()
    for made in (ROOT / "coderai").iterdir():
        if not made.is_symlink():
            (shutil.copytree if made.is_dir() else shutil.copy)(made, package / made.name)
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text()
    for room in re.findall(r"^COPY (\w+) coderai/\1$", dockerfile, re.M):
        ignored = shutil.ignore_patterns("embedded", "__pycache__") if room == "deploy" else None
        shutil.copytree(ROOT / room, package / room, ignore=ignored)
    services = [path.parent.name for path in (ROOT / "services").glob("*/bootstrap.py")]
    modules = [f"coderai.services.{name}.bootstrap" for name in services]
    modules += ["coderai.gateway.bootstrap", "coderai.deploy.migrate", "coderai.deploy.provision"]
    script = (
        "import importlib, sys\n"
        "for name in sys.argv[2:]: importlib.import_module(name)\n"
        "ours = [m for m in sys.modules.values() if m.__name__.startswith('coderai.')]\n"
        "sys.exit([m.__name__ for m in ours if sys.argv[1] not in (m.__file__ or m.__path__[0])] or 0)"
    )
    command = [sys.executable, "-P", "-c", script, str(tmp_path), *modules]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(tmp_path)}, timeout=240)


def test_the_file_is_as_the_compose_specification_says() -> None:
    compose_spec = pytest.importorskip("compose_spec", reason="compose-spec is not installed")
    # The library knows no host-gateway, which Docker does.
    services = {name: {k: v for k, v in s.items() if k != "extra_hosts"} for name, s in COMPOSED.items()}
    document = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
    compose_spec.PyOptions().from_yaml(yaml.safe_dump(document | {"services": services})).validate()


def test_it_runs_the_processes_that_the_embedded_stack_runs() -> None:
    embedded = {tuple(spec.command[2:]) for spec in CODERAI.processes(AROUND)}
    assert {process.arguments for process in PROCESSES.values()} == embedded
    assert len(PROCESSES) == len(embedded)


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
def test_a_process_finds_every_setting_that_it_requires(process: Deployed) -> None:
    process.read_settings()
    if process.service in SERVICES:
        role, database = f"coderai_{process.service}", SECRETS[f"{process.service.upper()}_PASSWORD"]
        if process.service in CONSUMERS:
            bus = f"nats://{process.service}:{SECRETS[f'NATS_{process.service.upper()}_PASSWORD']}@nats:4222"
            assert process.env["CODERAI_NATS_URL"] == bus
        assert process.connects().database_url == f"postgresql://{role}:{database}@postgres:5432/coderai"


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
def test_a_process_is_told_of_no_setting_that_does_not_exist(process: Deployed) -> None:
    assert {name for name in process.env if name.startswith("CODERAI_")} <= setting_names()


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
def test_peers_are_found_under_the_names_of_their_services(process: Deployed) -> None:
    for name, value in process.env.items():
        if name.endswith("_ADDRESS"):
            peer, _, port = value.partition(":")
            assert name == f"CODERAI_{peer.upper()}_ADDRESS"
            assert PROCESSES[peer].env["CODERAI_LISTEN"] == f"0.0.0.0:{port}"


def test_secrets_go_only_to_those_who_need_them() -> None:
    holders = {
        secret: {name for name, process in PROCESSES.items() if any(value in v for v in process.env.values())}
        for secret, value in SECRETS.items()
    }
    for service in SERVICES:
        assert holders[f"{service.upper()}_OWNER_PASSWORD"] == set()
        assert holders[f"{service.upper()}_PASSWORD"] == {n for n, p in PROCESSES.items() if p.service == service}
    assert holders["POSTGRES_PASSWORD"] == set()
    assert holders["GATEWAY_TOKEN_KEY"] == {"gateway"}
    for service in CONSUMERS:
        assert holders[f"NATS_{service.upper()}_PASSWORD"] == {n for n, p in PROCESSES.items() if p.service == service}
    assert holders["INTERNAL_TOKEN_KEY"] == set(PROCESSES)


def test_nats_knows_each_service_by_its_password_and_no_secret_is_in_any_arguments() -> None:
    nats = COMPOSED["nats"]
    assert nats["environment"] == {
        f"NATS_{service.upper()}_PASSWORD": f'"{SECRETS[f"NATS_{service.upper()}_PASSWORD"]}"' for service in CONSUMERS
    }
    assert (COMPOSE / "nats-users.conf").read_text() == print_conf()
    arguments = [str(s.get("command", "")) + str(s.get("entrypoint", "")) for s in COMPOSED.values()]
    assert not [one for one in arguments if any(secret in one for secret in SECRETS.values())]


def test_only_those_who_ask_models_have_the_providers_key_and_a_way_out() -> None:
    callers = {name for name in PROCESSES if "OPENAI_API_KEY" in COMPOSED[name]["environment"]}
    assert callers == {"extractor-work", "copilot"}
    assert {n for n, service in COMPOSED.items() if "outside" in service["networks"]} == callers | {
        "gateway",
        "grafana",
    }


def test_every_secret_is_required_and_is_in_the_example() -> None:
    for missing in SECRETS:
        with pytest.raises(KeyError, match=missing):
            compose_services({name: value for name, value in SECRETS.items() if name != missing})


def test_the_command_of_the_example_fills_every_empty_value() -> None:
    example = (COMPOSE / "env.example").read_text()
    command = re.search(r"^# +while (.+?)> \.env$", example, re.M | re.S)
    assert command is not None
    script = "while " + re.sub(r"^# +", "", command[1], flags=re.M)
    filled = subprocess.run(
        ["sh", "-c", script], cwd=COMPOSE, capture_output=True, text=True, check=True, timeout=240
    ).stdout
    values = dict(line.split("=") for line in filled.splitlines() if line and not line.startswith("#"))
    assert values.keys() == SECRETS.keys()
    assert len(set(values.values())) == len(values)
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in values.values())


def test_nothing_is_published_but_the_gateway_and_grafana_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in COMPOSED.items() if "ports" in service}
    assert published == {
        "gateway": ["127.0.0.1:8080:8080", "127.0.0.1:9090:9090"],
        "grafana": ["127.0.0.1:3000:3000"],
    }


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_can_write_nowhere_and_do_nothing_special(name: str) -> None:
    service = COMPOSED[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == "45s"


def test_provisioning_is_given_every_password_that_the_script_asks_for() -> None:
    asked = set(re.findall(r"^\\getenv \w+ (\w+)$", provision_sql(), re.M))
    given = COMPOSED["provision"]["environment"]
    assert asked == {name for name in given if name.startswith("CODERAI_")}
    for roles in map(ServiceRoles, SERVICES):
        assert given[f"{roles.owner}_password".upper()] == SECRETS[f"{roles.service.upper()}_OWNER_PASSWORD"]
        assert given[f"{roles.application}_password".upper()] == SECRETS[f"{roles.service.upper()}_PASSWORD"]


def test_migrations_run_as_the_owners() -> None:
    dsns = json.loads(COMPOSED["migrate"]["environment"]["MIGRATION_DSNS"])
    assert dsns == {
        roles.service: f"postgresql://{roles.owner}:{SECRETS[roles.service.upper() + '_OWNER_PASSWORD']}"
        "@postgres:5432/coderai"
        for roles in map(ServiceRoles, SERVICES)
    }
