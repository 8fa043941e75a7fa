"""Codes one document under a codebook: plans the calls, asks the engine, checks, merges and decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import is_met, rounds
from coderai.codebook.variable import Variable
from coderai.engines.calls import Call, CallKind, Engine, Passage
from coderai.kit.model_replies import NOTHING_USED, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.coding import deciding, entities, planning
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Coded,
    Evidence,
    Extraction,
    Found,
    Match,
    Mention,
    MissingReason,
    Receipt,
)
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.relevance import passages_about
from coderai.services.extractor.usecases.asking import Part, ask, together

NO_ANSWER = "the model's reply has no usable answer for this variable"
LOST_QUOTE = "the document does not have the words that were quoted for it"
CACHED_FROM = 4000
"""Characters of a passage from which on providers cache it (OpenAI: 1,024 tokens)."""


async def code_document(engine: Engine, codebook: Codebook, document: Document) -> Coded:
    """One extraction for every unit and variable of the document, and the receipt.

    Raises:
        ModelReplyInvalid: the model listed no entities or answered no variable wherever it was asked; where it
            answered some, the rest is coded MODEL_FAILED.
        kit.errors.CoderAIError: the model cannot be asked.
    """
    coding = _Coding(engine, codebook, document)
    if not codebook.unit.multiple:
        return coding.coded(await coding.code_unit(None, coding.passages))
    found = await coding.identify()
    units = list(zip(found, passages_about(found, coding.passages), strict=True))
    # One entity goes first: the others' calls then find its passages in the provider's prefix cache.
    ahead = 1 if max(len(passage.text) for passage in coding.passages) >= CACHED_FROM else 0
    rows = await together(coding.code_unit(*unit) for unit in units[:ahead])
    rows += await together(coding.code_unit(*unit) for unit in units[ahead:])
    return coding.coded([extraction for row in rows for extraction in row], found)


@dataclass
class _Coding:
    """The state of coding one document: what was asked and what became of it."""

    engine: Engine
    codebook: Codebook
    document: Document
    usage: Usage = NOTHING_USED
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

    def __post_init__(self) -> None:
        self.passages = self.document.passages()
        self.finder = QuoteFinder(self.document)

    async def identify(self) -> list[Found]:
        """The entities of the document, merged over its passages, in order of first mention."""
        mentions, astray = [], set[str]()
        for part in await self._ask(planning.identify_calls(self.codebook, self.passages)):
            passage = part.call.passage
            if part.reply.problem:
                self.lost[f"(entities in {self._place(passage)})"] = part.reply.problem
            for entity in part.reply.entities:
                evidence = self._locate(entity.quote, entity.text, passage)
                mentions.append(Mention(entity.text, evidence, passage.start))
                if evidence.match is Match.NONE:
                    astray.add(entity.text)
        found = entities.merge(mentions)
        astray -= {mention.text for entity in found for mention in entity.mentions}
        self.lost |= {f"({name})": LOST_QUOTE for name in sorted(astray)}
        return found

    async def code_unit(self, entity: Found | None, passages: Sequence[Passage]) -> list[Extraction]:
        """One extraction per variable for the document itself or one entity in it, in the order of the columns."""
        done: dict[str, Extraction] = {}
        for variables in rounds(self.codebook.variables):
            values = {name: extraction.value for name, extraction in done.items()}
            asked = [v for v in variables if is_met(v, values)]
            done |= {v.name: deciding.not_applicable(v) for v in variables if v not in asked}
            done |= await self._code(asked, entity, passages)
        ordered = [done[variable.name] for variable in self.codebook.variables]
        if entity is None:
            return ordered
        return [replace(e, entity_index=entity.index, entity_text=entity.text) for e in ordered]

    async def _code(
        self, asked: Sequence[Variable], entity: Found | None, passages: Sequence[Passage]
    ) -> dict[str, Extraction]:
        """Asks the passages for the variables, in as few calls as the plan allows, and decides each."""
        candidates: dict[str, list[Candidate]] = {v.name: [] for v in asked}
        failed: dict[str, list[str]] = {v.name: [] for v in asked}
        absent = MissingReason.NOT_STATED
        named = entity.asked() if entity else None
        for part in await self._ask(planning.extract_calls(self.codebook, passages, asked, named)):
            absent = absent if part.reply.knows_absence else MissingReason.NOT_FOUND
            for variable in part.call.variables:
                if variable.name in part.reply.answers:
                    candidates[variable.name] += self._candidates(variable, part)
                else:
                    problem = part.reply.problem or NO_ANSWER
                    failed[variable.name].append(f"{self._place(part.call.passage)}: {problem}")
        return {v.name: deciding.decide(v, candidates[v.name], "; ".join(failed[v.name]), absent) for v in asked}

    def _candidates(self, variable: Variable, part: Part) -> Iterable[Candidate]:
        for answer in part.reply.answers[variable.name]:
            found = deciding.candidate(variable, answer, part.call.passage, self.document, self.finder)
            if found is not None:
                yield found

    async def _ask(self, calls: Sequence[Call]) -> list[Part]:
        """Asks the calls, each to its end, and notes which passages were answered."""
        outcomes = await together(ask(self.engine, call) for call in calls)
        for call, asked in zip(calls, outcomes, strict=True):
            self.usage += asked.usage
            problem = next((part.reply.problem for part in asked.parts if part.reply.problem), "")
            self.problems[call.passage] = self.problems.get(call.passage) or problem
            if any(part.reply.answers or not part.reply.problem for part in asked.parts):
                self.read.add(call.passage)
                self.answered.add(call.kind)
            else:
                self.in_vain[call.kind] = problem
        return [part for asked in outcomes for part in asked.parts]

    def _locate(self, quote: str, name: str, passage: Passage) -> Evidence:
        near = Span(passage.start, passage.end)
        found = self.finder.find(quote, near)
        return found if found.match is not Match.NONE else self.finder.find(name, near)

    def _place(self, passage: Passage) -> str:
        """A passage as a person finds it in the document."""
        if not self.document.pages:
            return f"characters {passage.start}-{passage.end}"
        first, last = self.document.page_at(passage.start), self.document.page_at(max(passage.start, passage.end - 1))
        return f"page {first}" if first == last else f"pages {first}-{last}"

    def coded(self, extractions: Sequence[Extraction], found: Sequence[Found] = ()) -> Coded:
        """The outcome with its receipt: what became of everything that went in. Raises ModelReplyInvalid."""
        for kind in self.in_vain.keys() - self.answered:
            raise ModelReplyInvalid(self.in_vain[kind], self.usage)
        missing = _missing(extractions)
        receipt = Receipt(
            pages_read=sum(any(_overlap(page, passage) for passage in self.read) for page in self.document.pages),
            chunks_sent=len(self.problems),
            chunks_answered=sum(not problem for problem in self.problems.values()),
            entities_found=len(found),
            variables_asked=len({e.variable.name for e in extractions if _was_asked(e)}),
            variables_answered=len({e.variable.name for e in extractions}) - len(missing),
            usage=self.usage,
            unanswered=missing | self.lost,
            entities=tuple(found),
        )
        return Coded(tuple(extractions), receipt)


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
