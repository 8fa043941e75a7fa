"""What a model takes at once, by its family and by the operator's limits."""

from __future__ import annotations

import pytest

from coderai.kit.contexts import UNKNOWN, context_tokens
from coderai.kit.models import ModelList, ModelTerms


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("offline", 0),
        ("openai:gpt-5-mini", 272_000),
        ("azure_openai:gpt-4o", 128_000),
        ("openai:gpt-4", 8_192),
        ("openai:gpt-4.1-mini", 1_047_576),
        ("openai:gpt-5.1-chat-latest", 128_000),
        ("openai:gpt-5.1", 272_000),
        ("openai:o3-mini", 200_000),
        ("anthropic:claude-sonnet-4-5", 200_000),
        ("anthropic:claude-sonnet-5", 1_000_000),
        ("google_genai:gemini-3-pro-preview", 1_048_576),
        ("deepseek:deepseek-chat", 128_000),
        ("ollama:llama3", 4_096),
        ("openai:some-local-model", UNKNOWN),
    ],
)
def test_the_context_of_a_model_is_that_of_its_family(model: str, tokens: int) -> None:
    assert context_tokens(model) == tokens


def test_an_operator_says_less_of_all_models_and_more_of_one_that_is_named() -> None:
    listed = {"ollama:llama3": ModelTerms(context_tokens=32_000), "openai:*": ModelTerms(context_tokens=60_000)}
    models = ModelList(listed)
    assert models.context_tokens("openai:gpt-5-mini") == 60_000
    assert models.context_tokens("ollama:llama3") == 32_000
    assert models.context_tokens("openai:gpt-4") == 8_192
