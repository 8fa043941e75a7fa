"""Logs and metrics of a process: structured lines with the correlation id, libraries' too, and Prometheus counters."""

from __future__ import annotations

import logging
import sys
import warnings

import structlog
from prometheus_client import Counter, Histogram, start_http_server

from coderai.kit import log_lines

GRPC_REQUESTS = Counter("coderai_grpc_requests_total", "gRPC calls handled", ["method", "status"])
GRPC_SECONDS = Histogram("coderai_grpc_seconds", "Time to handle a gRPC call", ["method"])
MESSAGES = Counter("coderai_messages_total", "Messages handled", ["consumer", "outcome"])
MESSAGE_SECONDS = Histogram(
    "coderai_message_seconds", "Time to handle a message", ["consumer"], buckets=(0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60)
)
OUTBOX_PUBLISHED = Counter("coderai_outbox_published_total", "Outbox messages published", ["way"])


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
