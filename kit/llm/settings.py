"""Settings of the access to models: the provider's standard names, and the limits of one process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Self

from pydantic import PositiveFloat, PositiveInt, SecretStr

from coderai.kit.settings import Settings


class LLMSettings(Settings):
    """What a process that asks models needs; other providers' keys are read by their LangChain packages."""

    openai_api_key: SecretStr = SecretStr("")
    """CODERAI_OPENAI_API_KEY, else OPENAI_API_KEY."""
    openai_base_url: str = ""
    """CODERAI_OPENAI_BASE_URL, else OPENAI_BASE_URL: any server that speaks the OpenAI protocol; it may need no key."""
    llm_concurrency: PositiveInt = 32
    """Most requests to one model at a time in this process."""
    llm_timeout_seconds: PositiveFloat = 120.0
    """How long one request may take."""
    llm_retry_base_seconds: PositiveFloat = 1.0
    """The wait before the first retry; each further one doubles it."""
    llm_logprobs: bool = True
    """Whether models that give log-probabilities of their tokens are asked for them."""

    @classmethod
    def from_env(cls, service: str, env: Mapping[str, str] = os.environ) -> Self:
        """As `Settings.from_env`, with OpenAI's own names as the last resort."""
        standard = {f"CODERAI_{name}": env[name] for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL") if name in env}
        return super().from_env(service, {**standard, **env})
