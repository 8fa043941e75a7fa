"""What deploy/'s files tell each process, read as the tools that deploy them read them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from coderai.gateway.settings import GatewaySettings
from coderai.kit.llm import LLMSettings
from coderai.kit.settings import ProcessSettings, Settings
from coderai.services.copilot.settings import CopilotSettings
from coderai.services.export.settings import ExportSettings
from coderai.services.extractor.settings import ExtractorSettings
from coderai.services.ingest.settings import IngestSettings
from coderai.services.projects.settings import ProjectsSettings

ROOT = Path(__file__).parents[2]
COMPOSE, KUBERNETES = ROOT / "deploy" / "compose", ROOT / "deploy" / "kubernetes"
Manifest = Mapping[str, Any]

SETTINGS: Mapping[str, tuple[type[Settings], ...]] = {
    "projects": (ProjectsSettings,),
    "ingest": (IngestSettings,),
    "extractor": (ExtractorSettings,),
    "copilot": (CopilotSettings, LLMSettings),
    "export": (ExportSettings,),
    "gateway": (GatewaySettings,),
}
"""What the processes of each service read."""

_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<word>[^}]*))?\}")


def setting_names() -> set[str]:
    """Every environment variable that some process takes for a setting."""
    return {
        f"CODERAI_{prefix}{name.upper()}"
        for service, classes in SETTINGS.items()
        for kind in classes
        for name in kind.model_fields
        for prefix in (f"{service.upper()}_", "")
    }


@dataclass(frozen=True, slots=True)
class Deployed:
    """One process of a deployment: what it runs and the environment that it finds."""

    name: str
    arguments: tuple[str, ...]
    """After `python -m`."""
    env: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Where environment variables that come from a secret come from: secret/key, by name."""

    @property
    def service(self) -> str:
        """The service that it belongs to."""
        return self.arguments[0].rpartition(".")[2]

    def read_settings(self) -> list[Settings]:
        """Its settings, as it reads them itself at its start."""
        return [kind.from_env(self.service, self.env) for kind in SETTINGS[self.service]]

    def connects(self) -> ProcessSettings | GatewaySettings:
        """The settings that name its database and its peers."""
        found = self.read_settings()[0]
        assert isinstance(found, ProcessSettings | GatewaySettings)
        return found


def tool(name: str) -> str:
    """A command-line tool beside this Python or on the path; without it the test is skipped."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def example_secrets() -> dict[str, str]:
    """The variables of env.example that have no value, filled as the file says, each with 64 digits of its own."""
    lines = (COMPOSE / "env.example").read_text().splitlines()
    names = [line.removesuffix("=") for line in lines if line.endswith("=") and not line.startswith("#")]
    return {name: f"{number:064x}" for number, name in enumerate(names)}


def compose_services(variables: Mapping[str, str]) -> dict[str, Any]:
    """The services of compose.yaml, after interpolation; a variable that is required and absent is a KeyError."""
    document = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
    services: dict[str, Any] = _interpolated(document["services"], variables)
    return services


def _interpolated(value: Any, variables: Mapping[str, str]) -> Any:
    def replacement(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return variables.get(found["name"], found["word"]) if found["kind"] == "-" else variables[found["name"]]

    if isinstance(value, dict):
        return {key: _interpolated(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_interpolated(inner, variables) for inner in value]
    return _VARIABLE.sub(replacement, value) if isinstance(value, str) else value


def compose_processes(services: Mapping[str, Any]) -> list[Deployed]:
    """The processes of CoderAI among them; variables without a value are left out, as they are optional."""
    return [
        Deployed(name, tuple(service["command"]), {k: v for k, v in service["environment"].items() if v is not None})
        for name, service in services.items()
        if service["image"] == services["gateway"]["image"] and "command" in service
    ]


def kubernetes_objects(folder: Path = KUBERNETES) -> list[Manifest]:
    """What `kubectl apply -k` of a folder would send."""
    kubectl = [tool("kubectl"), "kustomize", str(folder)]
    built = subprocess.run(kubectl, capture_output=True, text=True, check=True, timeout=240).stdout
    return list(yaml.safe_load_all(built))


def of_kind(objects: list[Manifest], kind: str) -> dict[str, Manifest]:
    """The objects of a kind by their names."""
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def kubernetes_processes(objects: list[Manifest]) -> list[Deployed]:
    """The processes that Deployments keep running; secrets that are not optional hold some value."""
    config_maps = of_kind(objects, "ConfigMap")
    return [_deployed(name, each, config_maps) for name, each in of_kind(objects, "Deployment").items()]


def _deployed(name: str, deployment: Manifest, config_maps: Mapping[str, Manifest]) -> Deployed:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    env: dict[str, str] = {}
    for source in container["envFrom"]:
        env |= config_maps[source["configMapRef"]["name"]]["data"]
    secrets = dict(_secrets(container))
    optional = {e["name"] for e in container["env"] if e["valueFrom"]["secretKeyRef"].get("optional")}
    env |= {key: f"{source} of 32 bytes or more, far away" for key, source in secrets.items() if key not in optional}
    return Deployed(name, tuple(container["args"]), env, secrets)


def _secrets(container: Manifest) -> Iterator[tuple[str, str]]:
    for variable in container["env"]:
        reference = variable["valueFrom"]["secretKeyRef"]
        yield variable["name"], f"{reference['name']}/{reference['key']}"
