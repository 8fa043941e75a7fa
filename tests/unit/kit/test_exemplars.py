"""Metrics show what is known beforehand from the start, and lead to the trace in which something was measured."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from coderai.kit import telemetry

TRACE = 0x0AF7651916CD43DD8448EB211C80319C


def span(flags: int) -> trace.NonRecordingSpan:
    return trace.NonRecordingSpan(trace.SpanContext(TRACE, 1, is_remote=False, trace_flags=trace.TraceFlags(flags)))


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def endpoint(registry: CollectorRegistry) -> Iterator[str]:
    """Where the registry is served as processes serve theirs."""
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    yield f"http://127.0.0.1:{server.server_port}/metrics"
    server.shutdown()
    thread.join()
    server.server_close()


def scraped(endpoint: str, accepted: str) -> tuple[str, str]:
    with urlopen(Request(endpoint, headers={"Accept": accepted})) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def test_an_exemplar_names_the_trace_that_is_kept_and_none_that_is_not() -> None:
    assert telemetry.exemplar() is None
    with trace.use_span(span(trace.TraceFlags.DEFAULT)):
        assert telemetry.exemplar() is None
    with trace.use_span(span(trace.TraceFlags.SAMPLED)):
        assert telemetry.exemplar() == {"trace_id": "0af7651916cd43dd8448eb211c80319c"}


def test_prometheus_is_given_exemplars_and_others_the_plain_format(registry: CollectorRegistry, endpoint: str) -> None:
    seconds = Histogram("some_seconds", "Time", registry=registry, buckets=(0.1, 1))
    with trace.use_span(span(trace.TraceFlags.SAMPLED)):
        seconds.observe(0.5, telemetry.exemplar())
    # As Prometheus asks.
    kind, text = scraped(endpoint, "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5")
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    (family,) = text_string_to_metric_families(text)
    assert [s.exemplar.labels for s in family.samples if s.exemplar] == [
        {"trace_id": "0af7651916cd43dd8448eb211c80319c"}
    ]
    kind, text = scraped(endpoint, "*/*")
    assert kind.startswith("text/plain")
    assert "trace_id" not in text


def test_what_is_expected_is_there_at_zero_and_nothing_else(registry: CollectorRegistry) -> None:
    counter = Counter("some_total", "Some", ["kind", "outcome"], registry=registry)
    counter.labels("a", "done").inc()
    telemetry.expect(counter, ["a", "b"], ["done", "failed"])
    (family,) = registry.collect()
    assert {(s.name, *s.labels.values(), s.value) for s in family.samples} == {
        ("some_total", "a", "done", 1.0),
        ("some_total", "a", "failed", 0.0),
        ("some_total", "b", "done", 0.0),
        ("some_total", "b", "failed", 0.0),
    }
