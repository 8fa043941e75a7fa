"""The dashboards show metrics and labels that the code has, and no others."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from tests.support.deployments import ROOT

DASHBOARDS = sorted((ROOT / "deploy" / "dashboards").glob("*.json"))
SUFFIXES = {"Counter": ("",), "Gauge": ("",), "Histogram": ("_bucket", "_sum", "_count")}
# Of every process; the scraper adds the labels.
PROCESS_METRICS = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("process_")} | {
    "process_cpu_seconds_total"
}
SCRAPED = {"job", "instance"}


def own_metrics() -> dict[str, set[str]]:
    """The labels of each time series that kit, the services and the gateway define, by its name."""
    found: dict[str, set[str]] = {}
    for folder in ("kit", "services", "gateway"):
        for file in (ROOT / folder).rglob("*.py"):
            found.update(_defined_in(file))
    return found


def _defined_in(file: Path) -> Iterator[tuple[str, set[str]]]:
    text = file.read_text()
    for node in ast.walk(ast.parse(text)) if "prometheus_client" in text else ():
        match node:
            case ast.Call(ast.Name("Counter" | "Gauge" | "Histogram" as kind), [ast.Constant(str(name)), _, *labels]):
                names = set(ast.literal_eval(labels[0])) if labels else set()
                for suffix in SUFFIXES[kind]:
                    yield name + suffix, names | ({"le"} if suffix == "_bucket" else set())


def queries() -> Iterator[tuple[str, str, str]]:
    """Each panel's title, query and legend."""
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"], target["legendFormat"]


METRICS = own_metrics()


def test_the_code_has_the_metrics_that_operators_are_told_of() -> None:
    assert METRICS["coderai_messages_total"] == {"consumer", "outcome"}
    assert METRICS["coderai_llm_seconds_bucket"] == {"model", "le"}


@pytest.mark.parametrize(("title", "expression", "legend"), list(queries()))
def test_a_panel_shows_what_the_code_measures(title: str, expression: str, legend: str) -> None:
    names = set(re.findall(r"\b(?:coderai|process)_\w+", expression))
    assert names, title
    assert names <= METRICS.keys() | PROCESS_METRICS
    available = set.intersection(*(METRICS.get(name, SCRAPED) for name in names))
    grouped = {label for by in re.findall(r"\bby \(([^)]*)\)", expression) for label in re.split(r",\s*", by)}
    selected = {
        label for inner in re.findall(r"{([^}]*)}", expression) for label in re.findall(r"(\w+)[=!]~?\"", inner)
    }
    assert grouped | selected <= available
    shown = set(re.findall(r"{{(\w+)}}", legend))
    assert shown <= (grouped or available)


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.name)
def test_panels_have_ids_of_their_own_and_do_not_overlap(file: Path) -> None:
    panels = json.loads(file.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for position in (panel["gridPos"] for panel in panels)
        for x in range(position["x"], position["x"] + position["w"])
        for y in range(position["y"], position["y"] + position["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_every_metric_of_ours_is_shown() -> None:
    shown = " ".join(expression for _, expression, _ in queries())
    unseen = {name for name in METRICS if name not in shown and not name.endswith(("_count", "_sum"))}
    assert not unseen
