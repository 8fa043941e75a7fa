"""Takes from a call's messages what differs from document to document, so that many calls share what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coderai.engines.calls import Call, CallKind
from coderai.engines.prompting.delimiters import enclose, shown
from coderai.engines.prompting.extracting import entity_block
from coderai.engines.prompting.identifying import earlier_block
from coderai.engines.prompting.kinds import Message, messages

TEXT, CODE, EARLIER, ENTITY = "{document text}", "{code}", "{earlier}", "{entity}"
"""What stands in a template in place of a passage, the code of the tags around it, and the blocks of entities."""
_DOCUMENT = f"<document-{CODE}>\n{TEXT}\n</document-{CODE}>"
_ABOUT_ANSWERS = {CallKind.JUDGE: "{claims}", CallKind.DECIDE: "{conflicts}", CallKind.SAME: "{mentions}"}


@dataclass(frozen=True, slots=True)
class Template:
    """Messages with placeholders, and what stands in place of these but the passage itself."""

    messages: tuple[Message, ...]
    filled: Mapping[str, str]

    def with_text(self, passage: str) -> tuple[Message, ...]:
        """The messages as they are sent about a passage: what `messages` gives for the call."""
        return fill(self.messages, self.filled, passage)


def template(call: Call, sent: Sequence[Message] = ()) -> Template:
    """The template of a call about a passage; `sent`: its messages, where they are known already.

    The passage's block begins the user's message, a block of earlier entities comes before anything that a person
    wrote, and an entity's after all that: so it is known which words are placeholders, whatever a prompt says.
    """
    system, user = sent or messages(call)
    block = enclose("document", call.passage.text)
    code = block[len("<document-") : block.index(">")]
    asked, filled = user.content[len(block) :], {CODE: code}
    if call.earlier:
        filled[EARLIER] = earlier_block(call.earlier)
        asked = asked.replace(filled[EARLIER], EARLIER, 1)
    if call.entity is not None:
        filled[ENTITY] = entity_block(call.entity)
        before, _, after = asked.rpartition(filled[ENTITY])
        asked = before + ENTITY + after
    return Template((system, Message("user", _DOCUMENT + asked)), filled)


def fill(told: Sequence[Message], filled: Mapping[str, str], passage: str) -> tuple[Message, ...]:
    """The messages of a template with its placeholders filled: as they are sent about a passage of a document."""
    system, user = told
    asked = user.content.removeprefix(_DOCUMENT)
    code = filled[CODE]
    if EARLIER in filled:
        asked = asked.replace(EARLIER, filled[EARLIER], 1)
    if ENTITY in filled:
        before, _, after = asked.rpartition(ENTITY)
        asked = before + filled[ENTITY] + after
    return system, Message("user", f"<document-{code}>\n{shown(passage)}\n</document-{code}>{asked}")


def about_answers(call: Call) -> tuple[Message, ...]:
    """The messages of a call about answers (JUDGE, DECIDE, SAME), with a placeholder for what they are asked about."""
    system, _ = messages(call)
    return system, Message("user", _ABOUT_ANSWERS[call.kind])
