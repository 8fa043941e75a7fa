"""Puts an answer into OpenAI's words: checks of the request, usage counts, bodies of both endpoints."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.openai_answers import Schema, messages_of, requested_format, requested_schema, requested_tool
from tests.support.openai_faults import ErrorReply, Spoil

CHARS_PER_TOKEN = 4
CHARS_PER_CHUNK = 40
"""Of a streamed reply."""
CACHE_STEP = 128
CACHE_LEAST = 1024
"""OpenAI caches prefixes of 1,024 tokens and more, in steps of 128."""
REFUSAL = "I'm sorry, but I can't help with that."
_ONE_TEMPERATURE = re.compile(r"(o\d|gpt-5(-mini|-nano)?)(-\d{4}-\d\d-\d\d)?$")
"""Models that refuse any temperature but 1 (the reasoning models)."""


def tokens_in(text: str) -> int:
    """About as many tokens as the text has, by its length: 4 characters each."""
    return -(-len(text) // CHARS_PER_TOKEN)


def prompt_of(body: dict[str, Any]) -> str:
    """Everything that a model reads, in its order: tools and schema stand before the messages."""
    schema = requested_schema(body)
    return "\n".join(
        ([json.dumps(body["tools"])] if body.get("tools") else [json.dumps(schema)] if schema else [])
        + messages_of(body)
    )


@dataclass(slots=True)
class PrefixCache:
    """How much of a prompt earlier prompts have begun with."""

    _seen: set[bytes] = field(default_factory=set)

    def cached_tokens(self, prompt: str) -> int:
        """The length of the longest known prefix in tokens, a multiple of 128; 0 below 1,024."""
        steps = 0
        for steps, prefix in enumerate(_prefixes(prompt), start=1):
            if prefix not in self._seen:
                steps -= 1
                break
        tokens = steps * CACHE_STEP
        return tokens if tokens >= CACHE_LEAST else 0

    def add(self, prompt: str) -> None:
        """Remembers the prompt's prefixes."""
        self._seen.update(_prefixes(prompt))


def _prefixes(prompt: str) -> Iterator[bytes]:
    step = CACHE_STEP * CHARS_PER_TOKEN
    digest = hashlib.blake2b(digest_size=16)
    for start in range(0, len(prompt) - step + 1, step):
        digest.update(prompt[start : start + step].encode())
        yield digest.digest()


@dataclass(frozen=True, slots=True)
class Said:
    """What the model says, before it is put into an endpoint's form."""

    content: str
    tool: str | None = None
    """The function that is called with `content` as its arguments."""
    cut_off: bool = False
    refused: bool = False
    thought: int = 0
    """Tokens that the model thought before it answered; they count as its reply's."""


def say(
    body: dict[str, Any],
    answer: dict[str, Any] | str,
    spoil: Spoil | None,
    thinking: int = 0,
    *,
    is_limited: bool = True,
) -> Said:
    """The answer as the model would give it, spoiled as told and cut off at the request's token limit.

    `thinking` is how many tokens it thinks first: a smaller limit leaves nothing of the answer. `is_limited`: whether
    the request's limit is kept to.
    """
    tool = requested_tool(body) if spoil not in (Spoil.EMPTY, Spoil.REFUSAL) else None
    content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    match spoil:
        case Spoil.EMPTY:
            return Said("")
        case Spoil.REFUSAL:
            return Said(REFUSAL, refused=True)
        case Spoil.WRONG_SCHEMA:
            content = json.dumps({"unexpected_property": "a value that nobody asked for"})
        case Spoil.BROKEN_JSON | Spoil.CUT_OFF:
            content = content[: len(content) // 2]
    names = ("max_completion_tokens", "max_tokens", "max_output_tokens") if is_limited else ()
    limits = [body[name] for name in names if body.get(name)]
    whole = content
    for limit in limits:
        content = content[: max(0, limit - thinking) * CHARS_PER_TOKEN]
    cut_off = content != whole or spoil is Spoil.CUT_OFF
    return Said(content, tool["name"] if tool else None, cut_off, thought=min([thinking, *limits]))


def request_error(body: dict[str, Any]) -> ErrorReply | None:
    """What OpenAI would refuse in this request: a schema that is not strict, a temperature the model doesn't take."""
    model = body.get("model")
    if not model:
        return _invalid("you must provide a model parameter", "model")
    if not messages_of(body):
        return _invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
    if body.get("temperature", 1) not in (1, None) and _ONE_TEMPERATURE.match(model):
        message = f"Unsupported value: 'temperature' does not support {body['temperature']} with this model."
        return _invalid(message, "temperature", "unsupported_value")
    schema = requested_schema(body)
    if schema is not None and _is_strict(body):
        problem = "must be an object" if schema.get("type") != "object" else next(_not_strict(schema, "root"), None)
        if problem:
            return _invalid(f"Invalid schema for response_format: {problem}", "response_format")
    return None


def _invalid(message: str, param: str, code: str | None = None) -> ErrorReply:
    return ErrorReply(400, message, "invalid_request_error", code, param)


def _is_strict(body: dict[str, Any]) -> bool:
    tool = requested_tool(body)
    wanted = requested_format(body)
    return bool((tool or wanted.get("json_schema") or wanted).get("strict"))


def _not_strict(schema: Schema, path: str) -> Iterator[str]:
    """Where a schema breaks the rules of strict mode (OpenAI's guide to structured outputs, "Supported schemas")."""
    properties = schema.get("properties", {})
    types = schema.get("type")
    if types == "object" or (isinstance(types, list) and "object" in types):
        if schema.get("additionalProperties") is not False:
            yield f"In context={path}, 'additionalProperties' is required to be supplied and to be false."
        if set(schema.get("required", ())) != set(properties):
            yield f"In context={path}, 'required' is required to be an array including every key in properties."
    parts = {**properties, **schema.get("$defs", {})}
    if isinstance(schema.get("items"), dict):
        parts["items"] = schema["items"]
    parts.update({f"anyOf/{index}": option for index, option in enumerate(schema.get("anyOf", ()))})
    for name, part in parts.items():
        yield from _not_strict(part, f"{path}/{name}")


@dataclass(frozen=True, slots=True)
class Counted:
    """The tokens of one exchange."""

    prompt: int
    cached: int
    completion: int
    """Those that it thought included."""
    thought: int = 0


def chat_completion(id_: str, body: dict[str, Any], said: Said, usage: Counted, created: int) -> dict[str, Any]:
    """The body of POST /v1/chat/completions."""
    message: dict[str, Any] = {"role": "assistant", "content": said.content, "refusal": None, "annotations": []}
    finish = "length" if said.cut_off else "stop"
    if said.refused:
        message |= {"content": None, "refusal": said.content}
    if said.tool:
        function = {"name": said.tool, "arguments": said.content}
        message |= {"content": None, "tool_calls": [{"id": f"call_{id_}", "type": "function", "function": function}]}
        finish = "length" if said.cut_off else "tool_calls" if body.get("tool_choice", "auto") == "auto" else "stop"
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    return {
        "id": f"chatcmpl-{id_}",
        "object": "chat.completion",
        "created": created,
        "model": body["model"],
        "choices": [choice],
        "usage": _chat_usage(usage),
        "service_tier": "default",
    }


def logprobs_of(tokens: Sequence[tuple[bytes, float]]) -> dict[str, Any]:
    """`choices[].logprobs` of tokens, each with the bytes that it writes: a part of a character has no text."""
    content = [
        {"token": written.decode("utf-8", "replace"), "bytes": list(written), "logprob": logprob, "top_logprobs": []}
        for written, logprob in tokens
    ]
    return {"content": content, "refusal": None}


def _chat_usage(usage: Counted) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.thought, "audio_tokens": 0},
    }


def chat_chunks(whole: dict[str, Any], *, with_usage: bool) -> Iterator[dict[str, Any]]:
    """A chat completion as the chunks of a stream: first the role, then the content in pieces, last why it ended."""
    choice = whole["choices"][0]
    head = {key: whole[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    message = choice["message"]
    content = message["content"] or ""
    yield chunk({"role": "assistant", "content": ""})
    for start in range(0, len(content), CHARS_PER_CHUNK):
        yield chunk({"content": content[start : start + CHARS_PER_CHUNK]})
    for index, call in enumerate(message.get("tool_calls", ())):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        yield chunk({"tool_calls": [{"index": index} | call | {"function": {"name": name, "arguments": ""}}]})
        for start in range(0, len(arguments), CHARS_PER_CHUNK):
            part = {"arguments": arguments[start : start + CHARS_PER_CHUNK]}
            yield chunk({"tool_calls": [{"index": index, "function": part}]})
    if message["refusal"]:
        yield chunk({"refusal": message["refusal"]})
    yield chunk({}, choice["finish_reason"])
    if with_usage:
        yield head | {"choices": [], "usage": whole["usage"]}


def response(id_: str, body: dict[str, Any], said: Said, usage: Counted, created: int) -> dict[str, Any]:
    """The body of POST /v1/responses."""
    status = "incomplete" if said.cut_off else "completed"
    return {
        "id": f"resp_{id_}",
        "object": "response",
        "created_at": created,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if said.cut_off else None,
        "instructions": body.get("instructions"),
        "metadata": {},
        "model": body["model"],
        "output": [_output_item(id_, said, status)],
        "parallel_tool_calls": True,
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools") or [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": usage.prompt,
            "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
            "output_tokens": usage.completion,
            "output_tokens_details": {"reasoning_tokens": usage.thought},
            "total_tokens": usage.prompt + usage.completion,
        },
    }


def _output_item(id_: str, said: Said, status: str) -> dict[str, Any]:
    if said.tool:
        call = {"type": "function_call", "call_id": f"call_{id_}", "name": said.tool, "arguments": said.content}
        return call | {"id": f"fc_{id_}", "status": status}
    if said.refused:
        content: dict[str, Any] = {"type": "refusal", "refusal": said.content}
    else:
        content = {"type": "output_text", "text": said.content, "annotations": [], "logprobs": []}
    return {"type": "message", "id": f"msg_{id_}", "role": "assistant", "status": status, "content": [content]}
