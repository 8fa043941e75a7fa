"""Logs and metrics of a process: structured lines with the correlation id, libraries' too, and Prometheus counters."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterable
from datetime import timedelta
from itertools import product
from typing import Any

import structlog
from opentelemetry import trace
from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, start_http_server
from prometheus_client.metrics import MetricWrapperBase

from coderai.kit import log_lines

MEASURE_EVERY = timedelta(seconds=15)
"""How often is counted what has to be asked of the database; as often as Prometheus usually asks."""

GRPC_REQUESTS = Counter("coderai_grpc_requests_total", "gRPC calls handled", ["method", "status"])
GRPC_SECONDS = Histogram("coderai_grpc_seconds", "Time to handle a gRPC call", ["method"])
MESSAGES = Counter("coderai_messages_total", "Messages handled", ["consumer", "outcome"])
MESSAGE_OUTCOMES = ("done", "retried", "given_up", "rejected")
MESSAGE_SECONDS = Histogram(
    "coderai_message_seconds", "Time to handle a message", ["consumer"], buckets=(0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60)
)
OUTBOX_PUBLISHED = Counter("coderai_outbox_published_total", "Outbox messages published", ["way"])
OUTBOX_WAYS = ("commit", "sweep")
OUTBOX_MESSAGES = Gauge("coderai_outbox_messages", "Messages in the service's outbox", ["service"])
OUTBOX_OLDEST = Gauge("coderai_outbox_oldest_seconds", "Age of the oldest message in the service's outbox", ["service"])
QUEUE_LENGTH = Gauge("coderai_queue_length", "Work that was sent and is not done, in hand or not", ["consumer", "lane"])
QUEUE_OLDEST = Gauge(
    "coderai_queue_oldest_seconds", "Time since the oldest of it was sent, or last begun", ["consumer", "lane"]
)

# As series of their own they would be a third of all; what is known beforehand is there from the start (`expect`).
disable_created_metrics()  # type: ignore[no-untyped-call]


def expect(metric: MetricWrapperBase, *values: Iterable[Any]) -> None:
    """Has a metric show every combination of these values of its labels from the start, at zero.

    rate() misses the first event of a series that appears with it. Give histograms no more values than will come.
    """
    for combination in product(*values):
        metric.labels(*combination)


def exemplar(span: trace.Span | None = None) -> dict[str, str] | None:
    """What leads from a measurement to the trace of a span, else of the current one; None where none is kept."""
    context = (span or trace.get_current_span()).get_span_context()
    return {"trace_id": trace.format_trace_id(context.trace_id)} if context.trace_flags.sampled else None


def configure(process: str, level: str = "INFO", log_format: str = "console", metrics_listen: str = "") -> None:
    """Sets the process's logging up (to standard error) and, when asked, serves its metrics."""
    renderer = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        log_lines.name_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        log_lines.tell_errors,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What libraries log comes in the same form, and says as well what was being handled.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, log_lines.tell_librarys_words, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    warnings.showwarning = log_lines.log_warning
    sys.excepthook = log_lines.log_end
    structlog.contextvars.bind_contextvars(process=process)
    if metrics_listen:
        host, _, port = metrics_listen.rpartition(":")
        start_http_server(int(port), addr=host or "127.0.0.1")
