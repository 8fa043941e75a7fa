"""Asks language models through LangChain, with one policy for limits, retries, repair and accounting."""

from kit.llm.chat import ChatModel, ChatModels
from kit.llm.errors import (
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
from kit.llm.exchange import ChatMessage, ChatReply, ChatRequest, ChatUsage, Finish
from kit.llm.limits import NoRateLimit, RateLimit
from kit.llm.schema import ReplySchema
from kit.llm.settings import LLMSettings

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
