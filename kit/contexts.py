"""How many tokens a model takes at once, prompt and reply together, by its family; asks no network."""

from __future__ import annotations

from fnmatch import fnmatchcase

UNKNOWN = 16_000
"""Of a model that is not listed: few of today's take less."""
_FAMILIES = (
    ("offline", 0),
    ("ollama:*", 4_096),
    ("openai:gpt-5*-chat*", 128_000),
    ("openai:gpt-5*", 272_000),
    ("openai:gpt-4.1*", 1_047_576),
    ("openai:gpt-4o*", 128_000),
    ("openai:gpt-4-turbo*", 128_000),
    ("openai:gpt-4*", 8_192),
    ("openai:o1-mini*", 128_000),
    ("openai:o[134]*", 200_000),
    ("openai:gpt-oss*", 131_072),
    ("anthropic:claude-opus-5*", 1_000_000),
    ("anthropic:claude-sonnet-5*", 1_000_000),
    ("anthropic:claude*", 200_000),
    ("google_genai:gemini*", 1_048_576),
    ("google_vertexai:gemini*", 1_048_576),
    ("mistralai:mistral-large*", 128_000),
    ("mistralai:*", 32_000),
    ("deepseek:*", 128_000),
)
"""By patterns of a model's name, the first that fits: the least that a family's models take, so that none is sent more.

Looked up in November 2026. OpenAI: the model data in langchain-openai (of models.dev); gpt-5's 400,000 are 272,000 of
input (community.openai.com/t/1344734), later ones take 1,050,000 at twice the price; gpt-oss: its model card.
Anthropic: platform.claude.com/docs, the pages of Sonnet 4.5 (200,000) and of Sonnet 5 with Opus beside it. Google:
ai.google.dev and docs.cloud.google.com, the pages of Gemini 2.0 Flash and 3 Pro. DeepSeek:
api-docs.deepseek.com/quick_start/pricing. Mistral: the model card of Large 2; no page of Mistral's was found for the
others, of which none listed elsewhere takes less. Ollama: docs/context-length in its repository, the default below
24 GiB of memory; it cuts a longer prompt off without saying so, unless its operator gives models more. The offline
engine reads chunks.
"""


def context_tokens(model: str) -> int:
    """Tokens that a model, named provider:model or "offline", takes at once."""
    family = model.replace("azure_openai:", "openai:", 1)
    return next((tokens for pattern, tokens in _FAMILIES if fnmatchcase(family, pattern)), UNKNOWN)
