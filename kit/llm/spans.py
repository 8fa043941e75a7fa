"""The span of one question to a model, after the GenAI conventions: model, tokens, how it ended, retries; no text.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import Span, SpanKind

from coderai.kit import tracing
from coderai.kit.llm.exchange import ChatReply, ChatRequest
from coderai.kit.llm.retry import Waits
from coderai.kit.model_replies import Finish, ModelError, Usage

_PROVIDERS = {
    "azure_openai": "azure.ai.openai",
    "google_genai": "gcp.gemini",
    "google_vertexai": "gcp.vertex_ai",
    "mistralai": "mistral_ai",
}
"""The conventions' names, where LangChain has others."""
_FINISHES = {Finish.COMPLETE: "stop", Finish.CUT_OFF: "length"}


@contextmanager
def asking(name: str, request: ChatRequest) -> Iterator[Span]:
    """The span of a question to a model named provider:model, with all its retries and repairs."""
    provider, _, model = name.partition(":")
    attributes: tracing.Attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": _PROVIDERS.get(provider, provider),
        "gen_ai.request.model": model,
        "gen_ai.request.max_tokens": request.max_tokens,
        "gen_ai.request.temperature": request.temperature,
        "gen_ai.output.type": "json" if request.schema else "text",
    }
    with tracing.step(f"chat {model}", SpanKind.CLIENT, attributes) as span:
        try:
            yield span
        except ModelError as error:
            _note_usage(span, error.usage)
            raise


def note_reply(span: Span, reply: ChatReply) -> None:
    """Says how the model replied."""
    _note_usage(span, reply.usage)
    span.set_attribute("gen_ai.response.finish_reasons", [_FINISHES[reply.finish]])
    span.set_attribute("coderai.reply.repaired", reply.repaired)


def noting(span: Span, waits: Waits) -> Waits:
    """As `waits`, with each wait before a retry an event of the span."""

    async def noted(problem: str, seconds: float) -> None:
        span.add_event("retry", {"coderai.retry.wait_seconds": seconds})
        await waits(problem, seconds)

    return waits if span is tracing.NO_SPAN else noted


def _note_usage(span: Span, usage: Usage) -> None:
    span.set_attribute("gen_ai.usage.input_tokens", usage.tokens_in)
    span.set_attribute("gen_ai.usage.output_tokens", usage.tokens_out)
    span.set_attribute("gen_ai.usage.cache_read.input_tokens", usage.tokens_cached)
    span.set_attribute("coderai.model.requests", usage.calls)
