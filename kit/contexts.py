"""How many tokens a model takes at once, prompt and reply together, by its family; asks no network."""

from __future__ import annotations

UNKNOWN = 16_000
"""Of a model that is not listed: few of today's take less."""
_FAMILIES = (
    ("offline", 0),
    ("ollama:", 4_096),
    ("openai:gpt-5", 272_000),
    ("openai:gpt-4.1", 1_000_000),
    ("openai:gpt-4o", 128_000),
    ("openai:gpt-4-turbo", 128_000),
    ("openai:gpt-4", 8_192),
    ("openai:o1-mini", 128_000),
    ("openai:o1", 200_000),
    ("openai:o3", 200_000),
    ("openai:o4", 200_000),
    ("openai:gpt-oss", 128_000),
    ("anthropic:claude", 200_000),
    ("google_genai:gemini", 1_000_000),
    ("google_vertexai:gemini", 1_000_000),
    ("mistralai:", 32_000),
    ("deepseek:", 64_000),
)
"""By how a model's name begins, the first that fits: what providers document as of 2026.

Ollama cuts a longer prompt off without saying so, unless its operator gives models more. The offline engine reads
chunks.
"""


def context_tokens(model: str) -> int:
    """Tokens that a model, named provider:model or "offline", takes at once."""
    family = model.replace("azure_openai:", "openai:", 1)
    return next((tokens for beginning, tokens in _FAMILIES if family.startswith(beginning)), UNKNOWN)
