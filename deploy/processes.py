"""Which processes CoderAI consists of, and what each of them is told: only what it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coderai.deploy.provision import ServiceDsns

ROOT = Path(__file__).parents[2]
"""Where the processes run."""
LISTENING = ("projects", "ingest", "extractor", "copilot", "export")
"""The services that serve gRPC inside the stack."""

_BASICS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
_KEEPING_FILES = ("ingest", "export")
_MODEL_CALLERS = ("extractor-work", "copilot")
_WAY_OUT = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    tier: int = 0
    """Higher tiers stand on lower ones: they are stopped first."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the processes of one stack find around them."""

    http: str
    """host:port of the gateway's HTTP API; grpc: of its gRPC API."""
    grpc: str
    addresses: Mapping[str, str]
    """host:port of each service's gRPC server."""
    dsns: Mapping[str, ServiceDsns]
    """Of the services that have a database."""
    nats_urls: Mapping[str, str]
    """Of the services that use the bus, each as a user of its own."""
    blobs: Path
    models: Path
    """The list of models, for users that have none of their own."""
    internal_token_key: str
    gateway_token_key: str
    extractors: int
    """Replicas of the extractor's worker."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """host:port of each process's Prometheus endpoint, by its name; those without one have none."""


ProcessTable = Callable[[Surroundings], Sequence[ProcessSpec]]


@dataclass(frozen=True, slots=True)
class Program:
    """What a stack runs."""

    processes: ProcessTable
    migrate: Sequence[str]
    """A command that reads {service: owner's DSN} as JSON from its standard input and migrates all schemas."""
    shared: Sequence[str] = ()
    """Modules that the processes are forked with, where that is possible (deploy.forking); none: each loads its own."""
    sign_in_link: Sequence[str] = ()
    """A command that prints the link for the first sign-in, if there is to be one; it runs as the gateway does."""


def workers(extractors: int) -> tuple[str, ...]:
    """The names of the workers; those of which there may be several come last."""
    return ("ingest-work", "export-work", *(f"extractor-work-{i + 1}" for i in range(extractors)))


def coderai_processes(around: Surroundings, environ: Mapping[str, str] = os.environ) -> list[ProcessSpec]:
    """The gateway, the services and their workers, in the order in which they are started.

    That is by how long they keep others waiting: the gateway has most to load of its own, and nobody waits for workers.
    `environ` is where a user's own settings come from.
    """
    return [
        _spec("gateway", "gateway", "serve", 2, around, environ),
        *(_spec(service, service, "serve", 0, around, environ) for service in LISTENING),
        *(_spec(worker, worker.partition("-")[0], "work", 1, around, environ) for worker in workers(around.extractors)),
    ]


SHARED = (
    *("numpy.typing", "regex", "babel", "yaml", "jsonschema_rs", "toktok", "tiktoken.model", "pydantic.type_adapter"),
    *("asyncpg", "sqlalchemy.dialects.postgresql.asyncpg", "anyio.lowlevel", "difflib"),
    *(f"coderai.kit.{name}" for name in ("process", "grpc_server", "grpc_channel", "blobs", "tokens")),
    *(f"coderai.kit.{name}" for name in ("model_settings", "paging", "lost_work")),
    *("coderai.codebook.definition", "coderai.codebook.prompt", "coderai.codebook.validation"),
    *("coderai.engines.offline.engine", "coderai.engines.prompting"),
    *(f"coderai.{name}_service_pb2_grpc" for name in ("projects.v1.projects", "ingest.v1.ingest")),
    *(f"coderai.extractor.v1.{name}_service_pb2_grpc" for name in ("extractor", "review", "quality")),
)
"""What most of the processes use; a service's own modules are loaded by its processes alone."""

CODERAI = Program(
    coderai_processes,
    (sys.executable, "-m", "coderai.deploy.migrate"),
    SHARED,
    (sys.executable, "-m", "coderai.gateway", "sign-in-link"),
)


def _spec(
    name: str, service: str, command: str, tier: int, around: Surroundings, environ: Mapping[str, str]
) -> ProcessSpec:
    module = "coderai.gateway" if service == "gateway" else f"coderai.services.{service}"
    env = {
        **basics(environ),
        **(_providers(environ) if name.startswith(_MODEL_CALLERS) else {}),
        "CODERAI_MODELS": str(around.models),
        **_own_settings(service, environ),
        **_stack_settings(service, around),
    }
    if command == "serve" and service in LISTENING:
        env[f"CODERAI_{service.upper()}_LISTEN"] = around.addresses[service]
    if name in around.metrics:
        env[f"CODERAI_{service.upper()}_METRICS_LISTEN"] = around.metrics[name]
    return ProcessSpec(name, (sys.executable, "-m", module, command), env, tier)


def basics(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What any process may know; the standard variables of OpenTelemetry say where its traces go."""
    return {key: value for key, value in environ.items() if key in _BASICS or key.startswith("OTEL_")}


def _providers(environ: Mapping[str, str]) -> dict[str, str]:
    """Keys and addresses of model providers, and the way to them."""
    return {
        key: value
        for key, value in environ.items()
        if key.endswith(("_API_KEY", "_BASE_URL", "_API_BASE")) or key.startswith("OPENAI_") or key.upper() in _WAY_OUT
    }


def _own_settings(service: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The user's CODERAI_* settings but those of other services."""
    others = tuple(f"CODERAI_{other.upper()}_" for other in (*LISTENING, "gateway") if other != service)
    return {k: v for k, v in environ.items() if k.startswith("CODERAI_") and not k.startswith(others)}


def _stack_settings(service: str, around: Surroundings) -> dict[str, str]:
    settings = {
        "PYTHONUNBUFFERED": "1",
        "CODERAI_INTERNAL_TOKEN_KEY": around.internal_token_key,
        **{f"CODERAI_{peer.upper()}_ADDRESS": address for peer, address in around.addresses.items()},
    }
    if service in around.dsns:
        settings[f"CODERAI_{service.upper()}_DATABASE_URL"] = around.dsns[service].application
    if service in _KEEPING_FILES:
        settings["CODERAI_BLOB_URL"] = around.blobs.as_uri()
    if service in around.nats_urls:
        settings["CODERAI_NATS_URL"] = around.nats_urls[service]
    if service == "gateway":
        settings |= {
            "CODERAI_GATEWAY_HTTP": around.http,
            "CODERAI_GATEWAY_GRPC": around.grpc,
            "CODERAI_GATEWAY_TOKEN_KEY": around.gateway_token_key,
        }
    return settings
