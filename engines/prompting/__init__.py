"""How a call becomes messages and a schema, and a reply becomes answers."""

from coderai.engines.prompting.messages import Message, max_tokens, messages, temperature
from coderai.engines.prompting.probabilities import with_probabilities
from coderai.engines.prompting.reading import Contents, read_cut_off, read_reply
from coderai.engines.prompting.repairing import complaint, to_ask_again
from coderai.engines.prompting.reply_schema import reply_schema

__all__ = [
    "Contents",
    "Message",
    "complaint",
    "max_tokens",
    "messages",
    "read_cut_off",
    "read_reply",
    "reply_schema",
    "temperature",
    "to_ask_again",
    "with_probabilities",
]
