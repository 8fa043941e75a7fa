"""How a call becomes messages and a schema, and a reply becomes answers."""

from coderai.engines.prompting.identifying import read_cut_off
from coderai.engines.prompting.kinds import Message, max_tokens, messages, read_reply, reply_schema, temperature
from coderai.engines.prompting.probabilities import with_probabilities
from coderai.engines.prompting.repairing import complaint, to_ask_again
from coderai.engines.prompting.templates import Template, about_answers, fill, template

__all__ = [
    "Message",
    "Template",
    "about_answers",
    "complaint",
    "fill",
    "max_tokens",
    "messages",
    "read_cut_off",
    "read_reply",
    "reply_schema",
    "temperature",
    "template",
    "to_ask_again",
    "with_probabilities",
]
