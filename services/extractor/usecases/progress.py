"""What was asked about a document so far, what became of it and what it took; in the end, its receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from coderai.engines.calls import Call, CallKind, Passage
from coderai.kit.model_replies import NOTHING_USED, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Extraction, Found, Mention, MissingReason, Receipt
from coderai.services.extractor.domain.coding.wording import wording
from coderai.services.extractor.usecases.asking import Asked

LOST_QUOTE = "the document does not have the words that were quoted for it"
NO_ENTITY = "none was found in the document"
ABOUT_PASSAGES = (CallKind.IDENTIFY, CallKind.EXTRACT)
"""The kinds of call that show a passage; others show what was found in it."""


@dataclass
class Progress:
    """The state of coding one document."""

    document: Document
    used: dict[CallKind, Usage] = field(default_factory=dict)
    problems: dict[Passage, str] = field(default_factory=dict)
    """The passages that were sent, each with what could not be answered about it; empty when everything was."""
    read: set[Passage] = field(default_factory=set)
    """The passages about which something was answered."""
    answered: set[CallKind] = field(default_factory=set)
    """The kinds of question that were answered somewhere."""
    in_vain: dict[CallKind, str] = field(default_factory=dict)
    """Those that were not, somewhere, and why."""
    lost: dict[str, str] = field(default_factory=dict)
    """What was not coded at all, with the reason."""

    def note(self, call: Call, asked: Asked) -> None:
        """Counts what a question took; of one about a passage, also whether it was answered."""
        self.used[call.kind] = self.used.get(call.kind, NOTHING_USED) + asked.usage
        if call.kind not in ABOUT_PASSAGES:
            return
        problem = next((part.reply.problem for part in asked.parts if part.reply.problem), "")
        self.problems[call.passage] = self.problems.get(call.passage) or problem
        if any(part.reply.answers or not part.reply.problem for part in asked.parts):
            self.read.add(call.passage)
            self.answered.add(call.kind)
        else:
            self.in_vain[call.kind] = problem

    def note_entities(self, mentions: Iterable[Mention], found: Sequence[Found]) -> None:
        """Notes which mentions are of no entity that was found, and that none was."""
        kept = {mention.text for entity in found for mention in entity.mentions}
        astray = {mention.text for mention in mentions} - kept
        self.lost |= {f"({name})": LOST_QUOTE for name in sorted(astray)}
        if not found:
            self.lost["(entities)"] = NO_ENTITY

    def note_unlisted(self, passage: Passage, problem: str) -> None:
        """Notes that the entities of a passage were not listed to the end."""
        self.lost[f"(entities in {self.place(passage)})"] = problem

    def place(self, passage: Passage) -> str:
        """A passage as a person finds it in the document."""
        if not self.document.pages:
            return f"characters {passage.start}-{passage.end}"
        first, last = self.document.page_at(passage.start), self.document.page_at(max(passage.start, passage.end - 1))
        return f"page {first}" if first == last else f"pages {first}-{last}"

    def coded(self, extractions: Sequence[Extraction], found: Sequence[Found]) -> Coded:
        """The outcome with its receipt: what became of everything that went in.

        Raises:
            ModelReplyInvalid: a kind of question was answered nowhere.
        """
        usage = sum(self.used.values(), NOTHING_USED)
        for kind in self.in_vain.keys() - self.answered:
            raise ModelReplyInvalid(self.in_vain[kind], usage)
        missing = _missing(extractions)
        receipt = Receipt(
            pages_read=sum(self._was_read(number, page) for number, page in enumerate(self.document.pages, start=1)),
            chunks_sent=len(self.problems),
            chunks_answered=sum(not problem for problem in self.problems.values()),
            entities_found=len(found),
            variables_asked=len({e.variable.name for e in extractions if _was_asked(e)}),
            variables_answered=len({e.variable.name for e in extractions}) - len(missing),
            usage=usage,
            judge=self.used.get(CallKind.JUDGE, NOTHING_USED),
            deciding=self.used.get(CallKind.DECIDE, NOTHING_USED),
            same=self.used.get(CallKind.SAME, NOTHING_USED),
            unanswered=missing | self.lost,
            entities=tuple(found),
            unread_pages=tuple(self.document.unread_pages),
            unsure_pages=tuple(sorted(self.document.unsure_pages)),
            wording=wording(),
        )
        return Coded(tuple(extractions), receipt)

    def _was_read(self, number: int, page: Span) -> bool:
        if number in self.document.unread_pages:
            return False
        return any(_overlap(page, passage) for passage in self.read)


def _missing(extractions: Sequence[Extraction]) -> dict[str, str]:
    """The variables without a value of the document's in any unit, each with its reason; a failure outweighs others."""
    answered = {e.variable.name for e in extractions if e.missing_reason is None}
    reasons: dict[str, str] = {}
    for extraction in extractions:
        name, reason = extraction.variable.name, extraction.missing_reason
        if reason and name not in answered and (name not in reasons or reason is MissingReason.MODEL_FAILED):
            reasons[name] = reason
    return reasons


def _was_asked(extraction: Extraction) -> bool:
    return extraction.missing_reason is not MissingReason.NOT_APPLICABLE


def _overlap(page: Span, passage: Passage) -> bool:
    return page.start < passage.end and passage.start < page.end
