"""Asks language models through LangChain, with one policy for limits, retries, repair and accounting."""

from coderai.kit.llm.asking import Heard
from coderai.kit.llm.chat import ChatModel, ChatModels
from coderai.kit.llm.exchange import ChatMessage, ChatReply, ChatRequest
from coderai.kit.llm.limits import NoRateLimit, RateLimit
from coderai.kit.llm.schema import ReplySchema
from coderai.kit.llm.settings import LLMSettings

__all__ = [
    "ChatMessage",
    "ChatModel",
    "ChatModels",
    "ChatReply",
    "ChatRequest",
    "Heard",
    "LLMSettings",
    "NoRateLimit",
    "RateLimit",
    "ReplySchema",
]
