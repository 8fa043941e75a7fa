"""How a call becomes messages and a schema, and a reply becomes answers."""

from coderai.services.extractor.domain.prompting.messages import Message, max_tokens, messages, temperature
from coderai.services.extractor.domain.prompting.reading import Contents, read_cut_off, read_reply
from coderai.services.extractor.domain.prompting.reply_schema import answer_schema, reply_schema

__all__ = [
    "Contents",
    "Message",
    "answer_schema",
    "max_tokens",
    "messages",
    "read_cut_off",
    "read_reply",
    "reply_schema",
    "temperature",
]
