"""Which models an installation may ask: the operator's list, with the key, address, limits and price of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, SecretStr
from pydantic.dataclasses import dataclass as pydantic_dataclass

from coderai.kit.contexts import context_tokens
from coderai.kit.model_replies import ModelNotAllowed, Usage

OFFLINE = "offline"
"""The engine that asks no model."""
PROVIDERS: Mapping[str, str] = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "azure_openai": "AZURE_OPENAI_API_KEY",
    "cohere": "COHERE_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "fireworks": "FIREWORKS_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "ollama": "",
    "openrouter": "OPENROUTER_API_KEY",
    "perplexity": "PPLX_API_KEY",
    "together": "TOGETHER_API_KEY",
    "xai": "XAI_API_KEY",
}
"""Whose models can be listed, by LangChain's names, each with the environment variable of its key.

LangChain knows more names, some of which pass prompts on to a company that nobody chose.
"""
_ADDRESSES = {"openai": "OPENAI_BASE_URL"}
"""Where a provider's own tools look for the address of another server that speaks its protocol."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}")
Dollars = Annotated[float, Field(ge=0)]
_MILLION = 1_000_000


@pydantic_dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Price:
    """US dollars per million tokens."""

    input: Dollars
    output: Dollars
    cached_input: Dollars | None = None
    """Of input tokens from the provider's prefix cache; as `input` when absent."""

    def of(self, usage: Usage) -> float:
        """What a usage costs, in US dollars."""
        cached_input = self.input if self.cached_input is None else self.cached_input
        fresh = usage.tokens_in - usage.tokens_cached
        dollars = fresh * self.input + usage.tokens_cached * cached_input + usage.tokens_out * self.output
        return dollars / _MILLION


class ModelTerms(BaseModel):
    """On what terms models may be asked whose names fit one pattern."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = ""
    """The environment variable with the provider's key; else the one that the provider's own tools read."""
    base_url: str = ""
    """Of a server that speaks the provider's protocol; else, for openai, OPENAI_BASE_URL, else the provider's own."""
    requests_per_minute: PositiveFloat | None = None
    """Over all replicas together."""
    tokens_per_minute: PositiveFloat | None = None
    """Of prompts, as estimated, over all replicas together."""
    context_tokens: PositiveInt | None = None
    """Most tokens of one call, prompt and reply together, if not what is known of the model's family."""
    price: Price | None = None
    """Else that of the table that comes with the extractor, if the model stands there."""


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models that may be asked, by pattern of provider:name (`*` stands for any characters), or "offline"."""

    entries: Mapping[str, ModelTerms]
    env: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Where the keys are."""

    def allows(self, model: str) -> bool:
        """Whether the model may be named."""
        return self._pattern_of(model) is not None

    def must_allow(self, model: str) -> None:
        """Raises ModelNotAllowed when the model may not be named."""
        self.pattern(model)

    def terms(self, model: str) -> ModelTerms:
        """The terms of the first pattern that the name fits. Raises ModelNotAllowed."""
        return self.entries[self.pattern(model)]

    def pattern(self, model: str) -> str:
        """The first pattern that the name fits: what metrics are labelled by. Raises ModelNotAllowed."""
        pattern = self._pattern_of(model)
        if pattern is None:
            problem = f"{model[:128]!r} is not among the models that may be used here: {self}"
            raise ModelNotAllowed(problem, fields={"model": problem})
        return pattern

    def label(self, model: str) -> str:
        """The same for what was asked under an earlier list: "unlisted" when no pattern fits."""
        return self._pattern_of(model) or "unlisted"

    def key(self, model: str) -> SecretStr:
        """The provider's key; empty when there is none. Raises ModelNotAllowed."""
        return SecretStr(self.env.get(self.key_name(model), ""))

    def key_name(self, model: str) -> str:
        """The environment variable of the provider's key; empty where none is needed. Raises ModelNotAllowed."""
        return self.terms(model).key or PROVIDERS[model.partition(":")[0]]

    def base_url(self, model: str) -> str:
        """The address of a server that speaks the provider's protocol; empty for its own. Raises ModelNotAllowed."""
        variable = _ADDRESSES.get(model.partition(":")[0], "")
        return self.terms(model).base_url or self.env.get(variable, "")

    def can_ask(self, pattern: str) -> bool:
        """Whether models of a listed pattern can be asked from here: there is a key, or none is needed."""
        provider, terms = pattern.partition(":")[0], self.entries[pattern]
        variable = terms.key or PROVIDERS.get(provider, "")
        address = terms.base_url or self.env.get(_ADDRESSES.get(provider, ""), "")
        return not variable or bool(self.env.get(variable) or address)

    def context_tokens(self, model: str) -> int:
        """Tokens that a model takes at once, prompt and reply together.

        What the list has for a model by its name counts; what it has for a pattern can but lower what is known.
        """
        known, pattern = context_tokens(model), self._pattern_of(model)
        listed = self.entries[pattern].context_tokens if pattern else None
        return listed if listed and pattern == model else min(known, listed or known)

    def __str__(self) -> str:
        return " or ".join(", ".join(self.entries).rsplit(", ", 1)) or "none: the operator allows no model"

    def _pattern_of(self, model: str) -> str | None:
        if not _NAME.fullmatch(model) or model.endswith(":"):
            return None
        return next((pattern for pattern in self.entries if _matcher(pattern).fullmatch(model)), None)


@lru_cache(256)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))


EVERY_MODEL = ModelList({"*": ModelTerms()})
"""For what may name any: what is read, not asked."""
