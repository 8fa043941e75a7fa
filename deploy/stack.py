"""All of CoderAI on one machine, as a library: Postgres, NATS and every process under one supervisor."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from coderai.deploy.bus_rights import CONSUMERS
from coderai.deploy.data_dir import DataDir
from coderai.deploy.embedded import EmbeddedNats, EmbeddedPostgres
from coderai.deploy.embedded.server import EmbeddedServer
from coderai.deploy.errors import DeployError, ProcessFailed, last_lines
from coderai.deploy.forking import WarmParent, can_fork
from coderai.deploy.ports import free_port, is_free
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.processes import CODERAI, LISTENING, ROOT, Program, Surroundings, basics, workers
from coderai.deploy.provision import ServiceDsns, provision
from coderai.deploy.secret_files import kept_secret
from coderai.deploy.supervisor import ChildProcess, Supervisor
from coderai.kit.model_settings import models_of_keys

_READY_SECONDS = 60.0


class LocalStack:
    """A running CoderAI whose data are in one folder; it ends when this process does, however that ends.

    Use it as a context manager, or call start() and stop(), each once. A process that crashes is started again.
    """

    postgres: EmbeddedPostgres
    nats: EmbeddedNats

    def __init__(
        self,
        data_dir: Path,
        *,
        extractors: int = 1,
        http: str = "127.0.0.1:8080",
        grpc: str = "127.0.0.1:9090",
        metrics: str = "",
        on_step: Callable[[str], None] = lambda step: None,
        program: Program = CODERAI,
        unsafe_fast: bool = False,
    ) -> None:
        """`http`, `grpc`: host:port of the gateway, port 0 for a free one that stays the same from then on.

        `metrics`: host:port at which the first process serves its metrics, each further one at the next port; port 0
        for free ones; empty for none. `on_step` is told in words what happens; `unsafe_fast` is that of
        EmbeddedPostgres.
        """
        self.late: list[str] = []
        """After stop(): the processes that did not end in time and were killed."""
        self._data = DataDir(data_dir)
        self._extractors = extractors
        self._gateway = {"http": http, "grpc": grpc}
        self._ports: dict[str, int] = {}
        self._metrics_from = metrics
        self.metrics: dict[str, str] = {}
        """After start(): host:port of each process's Prometheus endpoint, by its name."""
        self._on_step = on_step
        self._program = program
        self._unsafe_fast = unsafe_fast
        self._env: dict[str, Mapping[str, str]] = {}
        """What each process is told, by its name."""
        self._supervisor = Supervisor(on_step, self._publish)
        self._undo = ExitStack()

    @property
    def url(self) -> str:
        """http://host:port of the HTTP API, without /v1."""
        return f"http://{self._reachable('http')}"

    @property
    def grpc(self) -> str:
        """host:port of the gRPC API."""
        return self._reachable("grpc")

    @property
    def data_dir(self) -> Path:
        """Where data, logs/ and stack.json are."""
        return self._data.path

    @property
    def metrics_targets(self) -> Path:
        """The file in which Prometheus finds what `metrics` says (file_sd)."""
        return self._data.metrics_targets

    @property
    def processes(self) -> dict[str, int]:
        """Process numbers of what runs, by name: postgres, nats, gateway, extractor, extractor-work-1 ..."""
        return self._supervisor.pids

    def environment_of(self, name: str) -> Mapping[str, str]:
        """What a process in `processes` is told in its environment, its secrets too, for another one beside it."""
        return self._env[name]

    def start(self) -> None:
        """Starts everything and returns when the gateway says that all is ready.

        Raises:
            AlreadyRunning: another stack holds the folder.
            DeployError: something did not start; what had started is stopped again.
        """
        with ExitStack() as undo:
            self._start(undo)
            self._undo = undo.pop_all()

    def stop(self) -> None:
        """Stops everything: the gateway, the workers, the services, NATS, Postgres; does nothing the second time."""
        self._undo.close()

    def sign_in_link(self) -> str:
        """A link that makes the first account and signs in, once, within 15 minutes; empty when there is an account.

        It is a secret: for whoever started the stack, and for no file.
        """
        if not self._program.sign_in_link:
            return ""
        env = {**self._env["gateway"], "CODERAI_GATEWAY_PUBLIC_URL": self.url}
        with (self._data.logs / "sign-in-link.log").open("ab") as log:
            made = subprocess.run(
                self._program.sign_in_link, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, check=False
            )
        if made.returncode:
            self._on_step(f"no sign-in link could be made; {log.name} says why")
        return made.stdout.decode().strip()

    def kill(self, name: str) -> None:
        """Ends a process (a name in `processes`) as a crash would; it is started again.

        Raises:
            KeyError: there is no such process.
        """
        self._supervisor.kill(name)

    def restart(self, name: str) -> str:
        """Has a process end in good order and starts it again, as a rolling update does.

        Returns how it ended: "exit code 0" by itself, "killed by SIGKILL" when it took more than 30 s.

        Raises:
            KeyError: there is no such process.
        """
        return self._supervisor.restart(name)

    def restart_nats(self) -> None:
        """Stops NATS and starts it again on the same port."""
        self._restart(self.nats)

    def restart_postgres(self) -> None:
        """Stops Postgres and starts it again on the same port."""
        self._restart(self.postgres)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, undo: ExitStack) -> None:
        lock = self._data.acquire()
        undo.callback(self._data.release)
        self._choose_ports()
        undo.callback(self._publish)
        group = undo.enter_context(ProcessGroup(keep_open=(lock,)))
        logs = self._data.logs
        parent = self._start_parent(group, undo)
        self.postgres = EmbeddedPostgres(
            self.data_dir / "postgres", group=group, log=logs / "postgres.log", unsafe_fast=self._unsafe_fast
        )
        self.nats = EmbeddedNats(self.data_dir / "nats", group=group, log=logs / "nats.log")
        dsns = self._prepare_backing(undo)
        undo.callback(self._stop_processes)
        specs = self._program.processes(self._surroundings(dsns))
        self._env = {spec.name: spec.env for spec in specs}
        self._on_step(f"starting {len(specs)} processes")
        if parent is not None and parent.has_loaded():
            self._supervisor.keep(parent)  # before the others: what ends at once with them is there for them first
        self._supervisor.start_all([ChildProcess(spec, group, logs, parent) for spec in specs])
        self._publish()
        self._await_ready()
        self._supervisor.watch()

    def _start_parent(self, group: ProcessGroup, undo: ExitStack) -> WarmParent | None:
        """Starts what the processes are forked from, which loads while the servers start; None where that is not so."""
        if not self._program.shared or not can_fork():
            return None
        parent = WarmParent(self._program.shared, group, self._data.logs)
        parent.start()
        undo.callback(parent.stop)
        return parent

    def _choose_ports(self) -> None:
        """Those of the last time, where they are free."""
        last = self._data.read_state().get("ports", {})
        for name, address in self._gateway.items():
            host, _, port = address.rpartition(":")
            if port != "0" and not is_free(int(port), host):
                raise DeployError(f"{address} is in use: stop what uses it, or choose another address for {name}.")
            self._ports[name] = int(port) or free_port(last.get(name), taken=self._ports.values())
        for service in LISTENING:
            self._ports[service] = free_port(last.get(service), taken=self._ports.values())
        if self._metrics_from:
            self._choose_metrics_ports()
        self._data.write_metrics_targets(self.metrics)

    def _choose_metrics_ports(self) -> None:
        """One after another, those of which there are several replicas last: they stay when there are more of them."""
        host, _, first = self._metrics_from.rpartition(":")
        last, taken = self._data.read_state().get("metrics", {}), set(self._ports.values())
        for number, name in enumerate(("gateway", *LISTENING, *workers(self._extractors))):
            port = int(first) + number
            if first == "0":
                port = free_port(int(last.get(name, ":0").rpartition(":")[2]), taken)
                taken.add(port)
            elif port in taken or not is_free(port, host):
                raise DeployError(
                    f"{host}:{port} is in use, where {name} would serve its metrics: stop what uses it, or choose"
                    " another first port by --metrics."
                )
            self.metrics[name] = f"{host}:{port}"

    def _prepare_backing(self, undo: ExitStack) -> dict[str, ServiceDsns]:
        """Starts the servers, provisions, migrates. The process that migrates loads while the servers start."""
        log = self._data.logs / "migrate.log"
        with (
            log.open("ab") as output,
            subprocess.Popen(
                self._program.migrate, env=basics(), cwd=ROOT, stdin=subprocess.PIPE, stdout=output, stderr=output
            ) as migration,
        ):
            for server, title in ((self.postgres, "Postgres"), (self.nats, "NATS")):
                self._on_step(f"starting {title}")
                undo.callback(server.stop)
                server.start()
                self._supervisor.keep(server)
            self._on_step("preparing the database")
            dsns = provision(self.postgres, self.data_dir / "database-passwords.json")
            migration.communicate(json.dumps({service: dsn.owner for service, dsn in dsns.items()}).encode())
        if migration.returncode:
            raise ProcessFailed(f"the migration failed; the end of {log}:\n{last_lines(log)}")
        return dsns

    def _surroundings(self, dsns: dict[str, ServiceDsns]) -> Surroundings:
        http_host, grpc_host = (address.rpartition(":")[0] for address in self._gateway.values())
        return Surroundings(
            http=f"{http_host}:{self._ports['http']}",
            grpc=f"{grpc_host}:{self._ports['grpc']}",
            addresses={service: f"127.0.0.1:{self._ports[service]}" for service in LISTENING},
            dsns=dsns,
            nats_urls={service: self.nats.url_of(service) for service in CONSUMERS},
            blobs=self._data.blobs,
            models=self._data.write_models(models_of_keys(os.environ)),
            internal_token_key=kept_secret(self.data_dir / "internal-token-key"),
            gateway_token_key=kept_secret(self.data_dir / "gateway-token-key"),
            extractors=self._extractors,
            metrics=self.metrics,
        )

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while missing := self._what_is_missing():
            if time.monotonic() > deadline:
                raise ProcessFailed(
                    f"not ready after {_READY_SECONDS:g} s: {missing}; the logs are in {self._data.logs}"
                )
            self._supervisor.check()
            time.sleep(0.05)
        self._supervisor.check()

    def _what_is_missing(self) -> str:
        """What the gateway says is not ready; empty when all is."""
        connection = http.client.HTTPConnection(self._reachable("http"), timeout=5)
        try:
            connection.request("GET", "/health/ready")
            response = connection.getresponse()
            body = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return f"the gateway does not answer ({error})"
        finally:
            connection.close()
        return "" if response.status == http.HTTPStatus.OK else f"the gateway answers {response.status} {body}"

    def _restart(self, server: EmbeddedServer) -> None:
        with self._supervisor.lock:
            server.restart()
        self._publish()

    def _stop_processes(self) -> None:
        self.late = self._supervisor.stop()

    def _publish(self) -> None:
        self._data.write_state(
            {
                "http": self.url,
                "grpc": self.grpc,
                "processes": self.processes,
                "ports": self._ports,
                "metrics": self.metrics,
            }
        )

    def _reachable(self, name: str) -> str:
        """host:port by which this machine reaches the gateway, also when it listens on all addresses."""
        host = self._gateway[name].rpartition(":")[0]
        return f"{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{self._ports[name]}"  # noqa: S104 - not bound
