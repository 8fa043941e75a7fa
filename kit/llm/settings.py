"""Settings of the access to models: the operator's list of them, and the limits of one process."""

from __future__ import annotations

from pydantic import PositiveFloat, PositiveInt

from coderai.kit.model_settings import ModelSettings


class LLMSettings(ModelSettings):
    """What a process that asks models needs."""

    llm_concurrency: PositiveInt = 32
    """Most requests to one model at a time in this process."""
    llm_timeout_seconds: PositiveFloat = 120.0
    """How long one request may take."""
    llm_retry_base_seconds: PositiveFloat = 1.0
    """The wait before the first retry; each further one doubles it."""
    llm_logprobs: bool = True
    """Whether models that give log-probabilities of their tokens are asked for them."""
