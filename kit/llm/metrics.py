"""The numbers of what models are asked, by the patterns of the operator's list."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from coderai.kit.model_replies import (
    ContextTooLong,
    ModelBrokeOff,
    ModelError,
    ModelKeyInvalid,
    ModelNotServed,
    ModelRefusedRequest,
    ModelThrottled,
    ModelUnavailable,
)
from coderai.kit.telemetry import expect

CALLS = Counter("coderai_llm_calls_total", "Requests to models", ["model", "outcome"])
SECONDS = Histogram(
    "coderai_llm_seconds",
    "Time until a model has replied",
    ["model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120),
)
TOKENS = Counter("coderai_llm_tokens_total", "Tokens sent to and got from models", ["model", "direction"])
BREAKERS_OPEN = Gauge("coderai_llm_breaker_open", "Models that have failed too often and not answered since", ["model"])

DIRECTIONS = ("in", "cached", "out")


def outcome_of(error: ModelError) -> str:
    """What a failed request counts as."""
    return error.code.removeprefix("model_")


OUTCOMES = (
    *("complete", "cut_off", "invalid"),
    *(
        outcome_of(kind())
        for kind in (
            ContextTooLong,
            ModelBrokeOff,
            ModelKeyInvalid,
            ModelNotServed,
            ModelRefusedRequest,
            ModelThrottled,
            ModelUnavailable,
        )
    ),
)
"""What a request ends with."""


def expect_models(patterns: Iterable[str]) -> None:
    """Shows all that is counted of the models of these patterns, at zero."""
    listed = list(patterns)
    expect(CALLS, listed, OUTCOMES)
    expect(TOKENS, listed, DIRECTIONS)
    expect(BREAKERS_OPEN, listed)
