"""Checks how a bundle's values came about: prompts and passages by their hashes, receipts by their sums, references."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from coderai.client.verify.bundle import Bundle
from coderai.client.verify.findings import Findings
from coderai.client.verify.json_files import json_lines
from coderai.client.verify.people import People
from coderai.client.verify.texts import Documents, Texts, sha256
from coderai.engines.prompting.kinds import Message
from coderai.engines.prompting.templates import fill

RUNS, PROMPTS = "provenance/runs.jsonl", "provenance/prompts.jsonl"
CALLS, RECEIPTS = "provenance/calls.jsonl", "provenance/receipts.jsonl"
SUMMED = ("calls", "tokens_in", "tokens_out", "tokens_cached", "pages_read", "entities_found")
"""Of receipts: what statistics.json has the sums of."""
_PARTS = (("chunks_answered", "chunks_sent"), ("variables_answered", "variables_asked"))
"""Counts of a receipt of which the first cannot be more than the second."""


class MessageLine(msgspec.Struct, frozen=True):
    """One message of a prompt."""

    role: str
    content: str


class PromptLine(msgspec.Struct, frozen=True):
    """A prompt: messages with placeholders, and how the reply was asked for."""

    id: str
    purpose: str
    messages: tuple[MessageLine, ...]
    variables: tuple[str, ...] = ()
    reply_schema: dict[str, Any] = {}
    temperature: float = 0.0
    max_tokens: int = 0
    reasoning_effort: str = ""
    logprobs: bool = False

    def hashed(self) -> str:
        """SHA-256 of all but the id, in hexadecimal."""
        messages = [[message.role, message.content] for message in self.messages]
        asked = [self.variables, self.reply_schema, self.temperature, self.max_tokens]
        return _digest([self.purpose, messages, *asked, self.reasoning_effort, self.logprobs])


class CallLine(msgspec.Struct, frozen=True):
    """One call: a prompt, and the passage that stood in it."""

    job_id: str
    document_id: str
    prompt_id: str
    start: int
    end: int
    sha256: str
    filled: dict[str, str] = {}
    sent_sha256: str = ""


class ReceiptLine(msgspec.Struct, frozen=True):
    """What became of one document in one job."""

    job_id: str
    document_id: str
    receipt: dict[str, Any] | None = None
    no_calls: str | None = None
    """Why there are no calls of it."""


class JobOfRun(msgspec.Struct, frozen=True):
    """A job."""

    id: str
    cost: float | None = None


class RunLine(msgspec.Struct, frozen=True):
    """A job, and under what it ran."""

    job: JobOfRun


@dataclass(slots=True)
class ProvenanceChecks:
    """Reads the files once each; what they come to is compared with the statistics."""

    bundle: Bundle
    documents: Documents
    texts: Texts
    findings: Findings
    _jobs: dict[str, RunLine] = field(default_factory=dict)
    _prompts: dict[str, PromptLine] = field(default_factory=dict)
    _passages: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """Where the passages of a document begin that a job asked about."""
    _sums: Counter[str] = field(default_factory=Counter)
    _coded: int = 0

    def check(self, people: People) -> None:
        """Checks all files, and that what people said is of documents of the bundle."""
        for _, run in json_lines(self.bundle, RUNS, RunLine, self.findings):
            self._jobs[run.job.id] = run
        self._check_prompts()
        self._check_calls()
        self._check_receipts()
        for document_id, (file, line) in people.documents.items():
            if document_id not in self.documents:
                self.findings.differs(file, "documents.jsonl does not have its document", line=line, what=document_id)

    def sums(self, people: People) -> dict[str, Any]:
        """As "coding" has them in statistics.json."""
        costs = [run.job.cost for run in self._jobs.values()]
        known = [cost for cost in costs if cost is not None]
        return {
            "jobs": len(self._jobs),
            "documents": self._coded,
            **{name: self._sums[name] for name in SUMMED},
            "cost": sum(known) if known and len(known) == len(costs) else None,
            "said": people.given,
            "taken_back": people.undone,
            "people": len(people.authors),
        }

    def _check_prompts(self) -> None:
        for line, prompt in json_lines(self.bundle, PROMPTS, PromptLine, self.findings):
            self._prompts[prompt.id] = prompt
            digest = prompt.hashed()
            if digest != prompt.id:
                problem = "the prompt is not the one that its id is the SHA-256 of: its messages, or how it was asked"
                self._differs(PROMPTS, problem, line, prompt.purpose, prompt.id, digest)
        self.findings.checked.append(f"{len(self._prompts):,} prompts against their hashes")

    def _check_calls(self) -> None:
        calls = with_text = 0
        for line, call in json_lines(self.bundle, CALLS, CallLine, self.findings):
            calls += 1
            prompt = self._prompts.get(call.prompt_id)
            if prompt is None:
                self._differs(CALLS, f"{PROMPTS} does not have its prompt", line, call.prompt_id)
            self._check_of(CALLS, line, call.job_id, call.document_id)
            self._passages.setdefault((call.job_id, call.document_id), set()).add(call.start)
            text = self.texts.of(call.document_id)
            if text is not None:
                with_text += 1
                self._check_passage(line, call, text, prompt)
        self.findings.checked.append(f"{calls:,} calls, {with_text:,} of them against the documents' texts")

    def _check_passage(self, line: int, call: CallLine, text: str, prompt: PromptLine | None) -> None:
        name = self._name(call.document_id)
        if not 0 <= call.start <= call.end <= len(text):
            self._differs(CALLS, "the text has no such passage", line, name)
            return
        passage = text[call.start : call.end]
        found = sha256(passage)
        if found != call.sha256:
            problem = "the passage is not the one that its SHA-256 is of"
            self._differs(CALLS, problem, line, name, call.sha256, found)
            return
        if prompt is None or not call.sent_sha256:
            return
        try:
            sent = fill([Message(cast(Any, one.role), one.content) for one in prompt.messages], call.filled, passage)
        except (KeyError, ValueError) as error:
            self._differs(CALLS, f"its prompt cannot be filled with what it names: {error!r}", line, name)
            return
        digest = _digest([[message.role, message.content] for message in sent])
        if digest != call.sent_sha256:
            problem = "the messages that were sent are not the prompt filled with this"
            self._differs(CALLS, problem, line, name, call.sent_sha256, digest)

    def _check_receipts(self) -> None:
        for line, one in json_lines(self.bundle, RECEIPTS, ReceiptLine, self.findings):
            self._check_of(RECEIPTS, line, one.job_id, one.document_id)
            if one.receipt is not None:
                self._coded += 1
                self._check_receipt(line, one, one.receipt)
        self.findings.checked.append(f"{self._coded:,} receipts of documents")

    def _check_receipt(self, line: int, one: ReceiptLine, receipt: Mapping[str, Any]) -> None:
        name = self._name(one.document_id)
        numbers = {key: value for key, value in receipt.items() if isinstance(value, int)}
        for key in SUMMED:
            self._sums[key] += numbers.get(key, 0)
        for part, whole in _PARTS:
            if numbers.get(part, 0) > numbers.get(whole, 0):
                self._differs(RECEIPTS, f"{part} cannot be more than {whole}", line, name)
        entities = receipt.get("entities")
        if isinstance(entities, Sequence) and len(entities) != numbers.get("entities_found", 0):
            problem = "it does not have as many entities as were found"
            self._differs(RECEIPTS, problem, line, name, numbers.get("entities_found", 0), len(entities))
        passages = self._passages.get((one.job_id, one.document_id), set())
        if not one.no_calls and len(passages) != numbers.get("chunks_sent", 0):
            problem = f"chunks_sent is not how many passages {CALLS} has"
            self._differs(RECEIPTS, problem, line, name, numbers.get("chunks_sent", 0), len(passages))

    def _check_of(self, file: str, line: int, job_id: str, document_id: str) -> None:
        if job_id not in self._jobs:
            self._differs(file, f"{RUNS} does not have its job", line, job_id)
        if document_id not in self.documents:
            self._differs(file, "documents.jsonl does not have its document", line, document_id)

    def _name(self, document_id: str) -> str:
        _, found = self.documents.get(document_id, (0, None))
        return f"document {found.name if found is not None else document_id}"

    def _differs(
        self, file: str, problem: str, line: int, what: str, stands: object = None, should: object = None
    ) -> None:
        shows = should is not None
        self.findings.differs(file, problem, line=line, what=what, stands=stands, should=should, values=shows)


def _digest(plain: Any) -> str:
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
