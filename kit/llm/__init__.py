"""Asks language models through LangChain, with one policy for limits, retries, repair and accounting."""

from coderai.kit.llm.chat import ChatModel, ChatModels
from coderai.kit.llm.errors import (
    ContextTooLong,
    ModelError,
    ModelKeyInvalid,
    ModelNameInvalid,
    ModelNotServed,
    ModelPaused,
    ModelRefusedRequest,
    ModelReplyInvalid,
    ModelThrottled,
    ModelUnavailable,
)
from coderai.kit.llm.exchange import ChatMessage, ChatReply, ChatRequest, ChatUsage, Finish
from coderai.kit.llm.limits import NoRateLimit, RateLimit
from coderai.kit.llm.schema import ReplySchema
from coderai.kit.llm.settings import LLMSettings

__all__ = [
    "ChatMessage",
    "ChatModel",
    "ChatModels",
    "ChatReply",
    "ChatRequest",
    "ChatUsage",
    "ContextTooLong",
    "Finish",
    "LLMSettings",
    "ModelError",
    "ModelKeyInvalid",
    "ModelNameInvalid",
    "ModelNotServed",
    "ModelPaused",
    "ModelRefusedRequest",
    "ModelReplyInvalid",
    "ModelThrottled",
    "ModelUnavailable",
    "NoRateLimit",
    "RateLimit",
    "ReplySchema",
]
