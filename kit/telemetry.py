"""Logs and metrics of a process: structured lines with the correlation id, libraries' too, and Prometheus counters."""

from __future__ import annotations

import logging
import sys

import structlog
from prometheus_client import Counter, Histogram, start_http_server

from coderai.kit import tracing

GRPC_REQUESTS = Counter("coderai_grpc_requests_total", "gRPC calls handled", ["method", "status"])
GRPC_SECONDS = Histogram("coderai_grpc_seconds", "Time to handle a gRPC call", ["method"])
MESSAGES = Counter("coderai_messages_total", "Messages handled", ["consumer", "outcome"])
MESSAGE_SECONDS = Histogram(
    "coderai_message_seconds", "Time to handle a message", ["consumer"], buckets=(0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60)
)
OUTBOX_PUBLISHED = Counter("coderai_outbox_published_total", "Outbox messages published", ["way"])


def _name_trace(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if found := tracing.trace_id():
        event["trace_id"] = found
    return event


def configure(process: str, level: str = "INFO", log_format: str = "console", metrics_listen: str = "") -> None:
    """Sets the process's logging up (to standard error) and, when asked, serves its metrics."""
    renderer = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _name_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.contextvars.bind_contextvars(process=process)
    if metrics_listen:
        host, _, port = metrics_listen.rpartition(":")
        start_http_server(int(port), addr=host or "127.0.0.1")
