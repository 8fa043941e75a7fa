"""Operators see when a model is left alone, and when it answers again."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from coderai.kit.llm.breaker import FAILURES, PAUSE, SUCCESSES, CircuitBreaker
from coderai.kit.model_replies import ModelUnavailable

MODEL = "test:breaker"


def shown() -> float | None:
    return REGISTRY.get_sample_value("coderai_llm_breaker_open", {"model": MODEL})


def test_the_metric_says_whether_the_breaker_is_open() -> None:
    now = 0.0
    breaker = CircuitBreaker(MODEL, MODEL, lambda: now)
    for _ in range(FAILURES):
        assert shown() == 0
        with pytest.raises(ModelUnavailable), breaker.guard():
            raise ModelUnavailable()
    now = PAUSE
    for _ in range(SUCCESSES):
        assert shown() == 1
        with breaker.guard():
            pass
    assert shown() == 0
