"""Leaves a model alone after it has failed several times in a row, then tries it carefully."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from coderai.kit.llm.metrics import BREAKERS_OPEN
from coderai.kit.model_replies import ModelError, ModelPaused, ModelUnavailable

log = structlog.get_logger()

FAILURES, SUCCESSES, PAUSE = 5, 3, 30.0
"""Opens after so many failures in a row, closes after so many successes, and stays open for so many seconds."""
_TRIALS_TAKEN_WAIT = 5.0


class CircuitBreaker:
    """Closed (all pass), open (none pass), half-open (as many at a time as it takes to close it).

    A failure is a question that failed with all its retries; any answer, a refusal too, is a success.
    """

    def __init__(self, model: str, label: str, clock: Callable[[], float]) -> None:
        """`label` stands for the model in metrics; `clock` gives monotonic seconds."""
        self._model = model
        self._clock = clock
        self._gauge = BREAKERS_OPEN.labels(label)
        self._opened_at: float | None = None
        self._failures = 0
        self._successes = 0
        self._trials = 0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Runs one question and learns from how it ends.

        Raises:
            ModelPaused: the breaker is open.
        """
        trial = self._admit()
        try:
            yield
            self._succeeded()
        except ModelPaused:
            raise
        except ModelUnavailable:
            self._failed()
            raise
        except ModelError:
            self._succeeded()
            raise
        finally:
            self._trials -= trial

    def refuse_while_open(self) -> None:
        """Raises ModelPaused while the breaker is open."""
        if (left := self._seconds_left()) > 0:
            message = f"{self._model} failed {FAILURES} times in a row; it is asked again in {left:.0f} s"
            raise ModelPaused(message, retry_after=left)

    def _admit(self) -> int:
        self.refuse_while_open()
        if self._opened_at is None:
            return 0
        if self._trials >= SUCCESSES:
            message = f"{self._model} is being tried again after failures; ask again in {_TRIALS_TAKEN_WAIT:.0f} s"
            raise ModelPaused(message, retry_after=_TRIALS_TAKEN_WAIT)
        self._trials += 1
        return 1

    def _seconds_left(self) -> float:
        return 0.0 if self._opened_at is None else self._opened_at + PAUSE - self._clock()

    def _failed(self) -> None:
        self._failures += 1
        half_open = self._opened_at is not None and self._seconds_left() <= 0
        if half_open or (self._opened_at is None and self._failures >= FAILURES):
            if self._opened_at is None:
                self._gauge.inc()
            self._opened_at = self._clock()
            self._successes = 0
            log.warning("llm_paused", model=self._model, seconds=PAUSE)

    def _succeeded(self) -> None:
        if self._seconds_left() > 0:
            return
        self._failures = 0
        if self._opened_at is None:
            return
        self._successes += 1
        if self._successes >= SUCCESSES:
            self._opened_at = None
            self._gauge.dec()
            log.info("llm_resumed", model=self._model)
