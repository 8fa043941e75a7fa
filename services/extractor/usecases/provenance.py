"""Tells what a model was sent about documents: made again from what is kept, by the code that made it for the job."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.engines import prompting
from coderai.engines.calls import Call, CallKind
from coderai.kit.errors import Conflict, NotFound
from coderai.kit.models import OFFLINE
from coderai.services.extractor.domain.coding.calls_made import Coding, Made, about_answers, calls_made
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.wording import wording
from coderai.services.extractor.domain.jobs.estimating import Count
from coderai.services.extractor.domain.jobs.fitting import as_sent
from coderai.services.extractor.usecases.ports import Documents

NO_PROMPTS = "The offline engine finds values by rules of its own: no model was asked, and there are no prompts."
NOT_CODED = "It was not coded."
NO_TEXT = "What it was sent cannot be made again: its text is not there any more."
OTHER_TEXT = "What it was sent cannot be made again: its text was read anew since, and is another one."
OTHER_PASSAGES = (
    "What it was sent cannot be made again: it would go out in other passages now than the receipt says, as the "
    "operator's settings of the model have changed since."
)
OTHER_WORDS = (
    "What it was sent cannot be made again: it was coded by a version of CoderAI that plans or words its calls "
    "otherwise, or did not note how."
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages of calls, without what differs from document to document, and how a reply is asked for."""

    id: str
    """SHA-256 of everything else, in hexadecimal."""
    purpose: CallKind
    messages: tuple[prompting.Message, ...]
    variables: tuple[str, ...]
    reply_schema: Mapping[str, Any]
    temperature: float
    max_tokens: int
    reasoning_effort: str
    logprobs: bool


@dataclass(frozen=True, slots=True)
class SentCall:
    """One call: a prompt, and what stood in it."""

    prompt: Prompt
    start: int
    """Of the passage, in code points of the document's text."""
    end: int
    sha256: str
    """Of the passage in UTF-8."""
    filled: Mapping[str, str]
    """What stood in place of the prompt's other placeholders."""
    sent_sha256: str
    """Of the messages as they were sent (see `fingerprint`)."""
    entity_index: int
    follows: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a document's calls."""

    calls: tuple[SentCall, ...] = ()
    no_calls: str = ""
    """Why there are none, in a sentence."""


@dataclass
class Prompts:
    """The prompts of one job, each made once."""

    codebook: Codebook
    _known: dict[tuple[prompting.Message, ...], Prompt] = field(default_factory=dict)

    def about_answers(self) -> list[Prompt]:
        """Those of calls about answers, which depend on these."""
        return [self._prompt(call, prompting.about_answers(call)) for call in about_answers(self.codebook)]

    def sent(self, made: Made) -> SentCall:
        """A call as it was sent."""
        call, messages = made.call, prompting.messages(made.call)
        template = prompting.template(call, messages)
        return SentCall(
            prompt=self._prompt(call, template.messages),
            start=call.passage.start,
            end=call.passage.end,
            sha256=sha256(call.passage.text.encode()).hexdigest(),
            filled=template.filled,
            sent_sha256=fingerprint(messages),
            entity_index=made.entity_index,
            follows=made.follows,
        )

    def _prompt(self, call: Call, messages: tuple[prompting.Message, ...]) -> Prompt:
        found = self._known.get(messages)
        if found is None:
            found = self._known[messages] = _prompt(call, messages)
        return found


def fingerprint(messages: Sequence[prompting.Message]) -> str:
    """SHA-256 of messages, in hexadecimal: of the JSON [[role, content], ...] in UTF-8."""
    plain = [[message.role, message.content] for message in messages]
    return sha256(_json(plain).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Retelling:
    """The use case of telling what a model was sent."""

    documents: Documents
    counter_for: Callable[[str], Count]
    """Counts tokens as a model does, by its name."""
    context_of: Callable[[str], int]
    """Tokens that a model takes at once, by its name."""

    async def calls(self, prompts: Prompts, document_id: UUID, text_version: int, coding: Coding | None) -> Told:
        """The calls about a document of a job, or why they cannot be told. `coding`: None where it was not coded."""
        codebook = prompts.codebook
        if codebook.model == OFFLINE:
            return Told(no_calls=NO_PROMPTS)
        if coding is None:
            return Told(no_calls=NOT_CODED)
        if coding.wording != wording():
            return Told(no_calls=OTHER_WORDS)
        try:
            read = await self.documents.text(document_id)
        except (NotFound, Conflict):
            return Told(no_calls=NO_TEXT)
        if read.text_version != text_version:
            return Told(no_calls=OTHER_TEXT)
        made = calls_made(codebook, self._as_sent(read, codebook), coding)
        return Told(no_calls=OTHER_PASSAGES) if made is None else Told(tuple(map(prompts.sent, made)))

    def _as_sent(self, read: Document, codebook: Codebook) -> Document:
        return as_sent(read, codebook, self.context_of(codebook.model), self.counter_for(codebook.model))


def _prompt(call: Call, messages: tuple[prompting.Message, ...]) -> Prompt:
    prompt = Prompt(
        id="",
        purpose=call.kind,
        messages=messages,
        variables=tuple(variable.name for variable in call.variables),
        reply_schema=prompting.reply_schema(call),
        temperature=prompting.temperature(call),
        max_tokens=prompting.max_tokens(call),
        reasoning_effort=call.codebook.reasoning_effort,
        logprobs=call.kind is CallKind.EXTRACT,
    )
    return replace(prompt, id=sha256(_json([*_parts(prompt)]).encode()).hexdigest())


def _parts(prompt: Prompt) -> Iterator[Any]:
    yield prompt.purpose
    yield [[message.role, message.content] for message in prompt.messages]
    yield from (prompt.variables, prompt.reply_schema, float(prompt.temperature), prompt.max_tokens)
    yield from (prompt.reasoning_effort, prompt.logprobs)


def _json(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
