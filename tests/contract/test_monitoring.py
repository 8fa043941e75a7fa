"""Alerts say what they should of recorded series and lead to their runbook; what compose.yaml watches with fits."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.test_dashboards import DASHBOARDS, METRICS, PROCESS_METRICS
from tests.support.deployments import ROOT, compose_processes, compose_services, example_secrets, tool

MONITORING = ROOT / "deploy" / "monitoring"
RECORDED = Path(__file__).with_name("alerts.yaml")


def read(name: str) -> Any:
    return yaml.safe_load((MONITORING / name).read_text())


RULES = [rule for group in read("alerts.yaml")["groups"] for rule in group["rules"]]
COMPOSED = compose_services(example_secrets())
DATASOURCES = {one["uid"]: one for one in read("grafana/datasources.yaml")["datasources"]}


def test_alerts_fire_for_what_they_are_for_and_for_nothing_else() -> None:
    subprocess.run([tool("promtool"), "test", "rules", str(RECORDED)], check=True, timeout=240)


def test_every_alert_is_tried_when_all_is_well_and_when_it_is_not() -> None:
    tried: dict[str, set[bool]] = {}
    for test in yaml.safe_load(RECORDED.read_text())["tests"]:
        for expected in test["alert_rule_test"]:
            tried.setdefault(expected["alertname"], set()).add(bool(expected["exp_alerts"]))
    assert tried == {rule["alert"]: {True, False} for rule in RULES}


def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    shutil.copy(MONITORING / "alerts.yaml", tmp_path)
    config = (MONITORING / "prometheus.yaml").read_text().replace("/etc/prometheus/", f"{tmp_path}/")
    (tmp_path / "prometheus.yaml").write_text(config)
    subprocess.run([tool("promtool"), "check", "config", str(tmp_path / "prometheus.yaml")], check=True, timeout=240)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_leads_to_a_section_that_says_what_it_means_and_what_to_do(rule: Any) -> None:
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert anchor == rule["alert"].lower()
    section = re.search(rf"^#### {rule['alert']}\n(.+?)(?=^#|\Z)", (ROOT / file).read_text(), re.M | re.S)
    assert section is not None
    assert all(f"*{part}*" in section[1] for part in ("Means", "Look at", "Do"))


def expressions() -> Iterator[str]:
    """Everything that alerts and the links from traces ask of Prometheus."""
    yield from (rule["expr"] for rule in RULES)
    yield from (query["query"] for query in DATASOURCES["coderai-traces"]["jsonData"]["tracesToMetrics"]["queries"])


@pytest.mark.parametrize("expression", list(expressions()))
def test_what_is_asked_of_prometheus_is_in_the_code(expression: str) -> None:
    names = set(re.findall(r"\b(?:coderai|process)_\w+|\bup\b", expression))
    assert names <= METRICS.keys() | PROCESS_METRICS | {"up"}
    labels = set.union(*(METRICS.get(name, {"job", "instance"}) for name in names))
    selected = re.findall(r"(\w+)[=!]~?\"", expression)
    grouped = [label for by in re.findall(r"by \((.+?)\)", expression) for label in re.split(r",\s*", by)]
    assert {*selected, *grouped} <= labels


def test_prometheus_asks_every_process_and_keeps_exemplars() -> None:
    (job,) = read("prometheus.yaml")["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    processes = {process.name: process for process in compose_processes(COMPOSED)}
    assert set(found["names"]) == processes.keys()
    assert {process.env["CODERAI_METRICS_LISTEN"] for process in processes.values()} == {f"0.0.0.0:{found['port']}"}
    assert "--enable-feature=exemplar-storage" in COMPOSED["prometheus"]["command"]


def test_an_exemplar_leads_from_metrics_to_the_store_of_traces_and_back() -> None:
    metrics, traces = DATASOURCES["coderai-metrics"], DATASOURCES["coderai-traces"]
    (destination,) = metrics["jsonData"]["exemplarTraceIdDestinations"]
    assert (destination["name"], destination["datasourceUid"]) == ("trace_id", traces["uid"])
    assert traces["jsonData"]["tracesToMetrics"]["datasourceUid"] == metrics["uid"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            if panel["type"] == "timeseries" and "_bucket" in panel["targets"][0]["expr"]:
                assert all(target["exemplar"] for target in panel["targets"]), panel["title"]
                assert "${traces}" in panel["links"][0]["url"]


def test_traces_go_from_every_process_to_the_collector_and_on_to_the_store() -> None:
    example = (ROOT / "deploy" / "compose" / "env.example").read_text()
    assert "#OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318\n" in example
    assert read("collector.yaml")["receivers"]["otlp"]["protocols"]["http"]["endpoint"] == "0.0.0.0:4318"
    assert read("collector.yaml")["exporters"]["otlp/store"]["endpoint"] == "traces:4317"
    assert read("traces.yaml")["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] == "0.0.0.0:4317"
    for process in compose_processes(COMPOSED):
        environment = COMPOSED[process.name]["environment"]
        assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] is None, "nowhere, if .env does not have it"
        assert environment["OTEL_TRACES_SAMPLER"] == "parentbased_traceidratio"


@pytest.mark.parametrize("name", ["prometheus", "collector", "traces", "grafana"])
def test_what_watches_is_pinned_started_on_request_and_confined(name: str) -> None:
    service = COMPOSED[name]
    assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])
    assert service["profiles"] == ["monitoring"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    for mounted in service["volumes"]:
        source = mounted.partition(":")[0]
        assert not source.startswith(".") or (ROOT / "deploy" / "compose" / source).exists(), mounted
