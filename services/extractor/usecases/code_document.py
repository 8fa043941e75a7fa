"""Codes one document under a codebook: plans the calls, asks the engine, checks, merges and decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import is_met, rounds
from coderai.codebook.variable import Variable
from coderai.engines.calls import Call, CallKind, Engine, Passage
from coderai.kit.model_replies import NOTHING_USED, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.coding import deciding, entities, judging, planning
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Coded,
    Evidence,
    Extraction,
    Found,
    Mention,
    MissingReason,
    Receipt,
    is_finding,
)
from coderai.services.extractor.domain.coding.judging import Cell
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.relevance import passages_about
from coderai.services.extractor.domain.coding.telling_apart import same_call
from coderai.services.extractor.usecases.asking import Endings, Part, ask, together

NO_ANSWER = "the model's reply has no usable answer for this variable"
LOST_QUOTE = "the document does not have the words that were quoted for it"
NO_ENTITY = "none was found in the document"
CACHED_FROM = 4000
"""Characters of a passage from which on providers cache it (OpenAI: 1,024 tokens)."""


async def code_document(engine: Engine, codebook: Codebook, document: Document) -> Coded:
    """One extraction for every unit and variable of the document, and the receipt.

    Raises:
        ModelReplyInvalid: the model listed no entities or answered no variable wherever it was asked; where it
            answered some, the rest is coded MODEL_FAILED.
        ModelNeverEnds: its replies run to their limit again and again.
        kit.errors.CoderAIError: the model cannot be asked.
    """
    coding = _Coding(engine, codebook, document)
    if not codebook.unit.multiple:
        found: list[Found] = []
        rows = [await coding.ask_unit(None, coding.passages)]
    else:
        found = await coding.identify()
        units = list(zip(found, passages_about(found, coding.passages), strict=True))
        # One entity goes first: the others' calls then find its passages in the provider's prefix cache.
        ahead = 1 if max(len(passage.text) for passage in coding.passages) >= CACHED_FROM else 0
        rows = await together(coding.ask_unit(*unit) for unit in units[:ahead])
        rows += await together(coding.ask_unit(*unit) for unit in units[ahead:])
    cells = [cell for row in rows for cell in row.values()]
    await coding.judge(cells)
    await coding.settle(cells)
    entities_of = found if codebook.unit.multiple else [None]
    extractions = [e for entity, row in zip(entities_of, rows, strict=True) for e in coding.decided(entity, row)]
    return coding.coded(extractions, found)


@dataclass
class _Coding:
    """The state of coding one document: what was asked and what became of it."""

    engine: Engine
    codebook: Codebook
    document: Document
    usage: Usage = NOTHING_USED
    judge_usage: Usage = NOTHING_USED
    """The part of it that judging and settling took."""
    endings: Endings = field(default_factory=Endings)
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
        self.unread = _no_text_of(self.document.unread_pages)
        self.passages = self.document.passages()
        self.finder = QuoteFinder(self.document)

    async def identify(self) -> list[Found]:
        """The entities of the document, merged over its passages, in order of first mention."""
        mentions: list[Mention] = []
        for passages in planning.waves(self.passages):
            known = entities.merge(mentions, self.document.language, self.document.text)
            earlier = tuple(entity.text for entity in known)
            calls = planning.identify_calls(self.codebook, passages, earlier)
            for part in await self._ask(calls):
                passage = part.call.passage
                if part.reply.problem:
                    self.lost[f"(entities in {self._place(passage)})"] = part.reply.problem
                for entity in part.reply.entities:
                    evidence = self._locate(entity.quote, entity.text, passage)
                    mentions.append(Mention(entity.text, evidence, passage.start))
        found = await self._merged(mentions)
        self._note_lost(mentions, found)
        return found

    async def _merged(self, mentions: Sequence[Mention]) -> list[Found]:
        """One entity per thing; what code leaves open is put to one further call."""
        merging = entities.Merging.of(mentions, self.document.language, self.document.text)
        call = same_call(self.codebook, merging, self.document, self.finder)
        if call is not None:
            asked = await ask(self.engine, call, self.endings)
            self.usage += asked.usage
            merging = merging.join(group for part in asked.parts for group in part.reply.same)
        return merging.found()

    def _note_lost(self, mentions: Iterable[Mention], found: Sequence[Found]) -> None:
        kept = {mention.text for entity in found for mention in entity.mentions}
        astray = {mention.text for mention in mentions} - kept
        self.lost |= {f"({name})": LOST_QUOTE for name in sorted(astray)}
        if not found:
            self.lost["(entities)"] = NO_ENTITY

    async def ask_unit(self, entity: Found | None, passages: Sequence[Passage]) -> dict[str, Cell]:
        """A cell per variable for the document itself or one entity in it, with what was answered, by name."""
        cells: dict[str, Cell] = {}
        for variables in rounds(self.codebook.variables):
            known = {name: cell.decided() for name, cell in cells.items() if cell.asked}
            values = {name: extraction.value for name, extraction in known.items() if is_finding(extraction)}
            text = entity.text if entity else ""
            of_round = {v.name: Cell(v, text, is_met(v, values), unread=self.unread) for v in variables}
            cells |= of_round
            await self._ask_cells([cell for cell in of_round.values() if cell.asked], entity, passages)
        return cells

    async def _ask_cells(self, cells: Sequence[Cell], entity: Found | None, passages: Sequence[Passage]) -> None:
        """Asks the passages for the cells' variables, in as few calls as the plan allows."""
        by_name = {cell.variable.name: cell for cell in cells}
        named = entity.asked() if entity else None
        asked = [cell.variable for cell in cells]
        for part in await self._ask(planning.extract_calls(self.codebook, passages, asked, named)):
            for variable in part.call.variables:
                cell = by_name[variable.name]
                if not part.reply.knows_absence:
                    cell.absent = MissingReason.NOT_FOUND
                if variable.name in part.reply.answers:
                    cell.answered = True
                    cell.candidates += self._candidates(variable, part)
                else:
                    problem = part.reply.problem or NO_ANSWER
                    cell.failed.append(f"{self._place(part.call.passage)}: {problem}")

    async def judge(self, cells: Sequence[Cell]) -> None:
        """Has a second call say of undecided values whether their quotes state them."""
        doubtful = judging.undecided(cells, self.codebook.verify)
        calls = judging.judge_calls(self.codebook, doubtful, self.document, self.finder)
        outcomes = await together(ask(self.engine, call, self.endings) for call, _ in calls)
        for (_, batch), asked in zip(calls, outcomes, strict=True):
            self.usage += asked.usage
            self.judge_usage += asked.usage
            for part in asked.parts:
                judging.apply(batch, part.reply.verdicts)

    async def settle(self, cells: Sequence[Cell]) -> None:
        """Has one more call say which value it is where parts of the document state different ones equally well."""
        calls = judging.decide_calls(self.codebook, judging.conflicts(cells), self.document, self.finder)
        outcomes = await together(ask(self.engine, call, self.endings) for call, _ in calls)
        for (_, batch), asked in zip(calls, outcomes, strict=True):
            self.usage += asked.usage
            self.judge_usage += asked.usage
            for part in asked.parts:
                judging.prefer(batch, part.reply.choices)

    def decided(self, entity: Found | None, cells: Mapping[str, Cell]) -> list[Extraction]:
        """One extraction per variable of a unit, in the order of the columns.

        Conditions are looked at again: a value that the judge refused does not make another variable apply.
        """
        done: dict[str, Extraction] = {}
        for variables in rounds(self.codebook.variables):
            values = {name: extraction.value for name, extraction in done.items() if is_finding(extraction)}
            for variable in variables:
                cell = cells[variable.name]
                applies = cell.asked and is_met(variable, values)
                done[variable.name] = cell.decided() if applies else deciding.not_applicable(variable)
        ordered = [done[variable.name] for variable in self.codebook.variables]
        if entity is None:
            return ordered
        return [replace(e, entity_index=entity.index, entity_text=entity.text) for e in ordered]

    def _candidates(self, variable: Variable, part: Part) -> Iterable[Candidate]:
        for answer in part.reply.answers[variable.name]:
            found = deciding.candidate(variable, answer, part.call.passage, self.document, self.finder)
            if found is not None:
                yield found

    async def _ask(self, calls: Sequence[Call]) -> list[Part]:
        """Asks the calls, each to its end, and notes which passages were answered."""
        outcomes = await together(ask(self.engine, call, self.endings) for call in calls)
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
        return found if found.spans else self.finder.find(name, near)

    def _place(self, passage: Passage) -> str:
        """A passage as a person finds it in the document."""
        if not self.document.pages:
            return f"characters {passage.start}-{passage.end}"
        first, last = self.document.page_at(passage.start), self.document.page_at(max(passage.start, passage.end - 1))
        return f"page {first}" if first == last else f"pages {first}-{last}"

    def _was_read(self, number: int, page: Span) -> bool:
        if number in self.document.unread_pages:
            return False
        return any(_overlap(page, passage) for passage in self.read)

    def coded(self, extractions: Sequence[Extraction], found: Sequence[Found] = ()) -> Coded:
        """The outcome with its receipt: what became of everything that went in. Raises ModelReplyInvalid."""
        for kind in self.in_vain.keys() - self.answered:
            raise ModelReplyInvalid(self.in_vain[kind], self.usage)
        missing = _missing(extractions)
        receipt = Receipt(
            pages_read=sum(self._was_read(number, page) for number, page in enumerate(self.document.pages, start=1)),
            chunks_sent=len(self.problems),
            chunks_answered=sum(not problem for problem in self.problems.values()),
            entities_found=len(found),
            variables_asked=len({e.variable.name for e in extractions if _was_asked(e)}),
            variables_answered=len({e.variable.name for e in extractions}) - len(missing),
            usage=self.usage,
            judge=self.judge_usage,
            unanswered=missing | self.lost,
            entities=tuple(found),
            unread_pages=tuple(self.document.unread_pages),
        )
        return Coded(tuple(extractions), receipt)


def _no_text_of(pages: Sequence[int]) -> str:
    """Which pages have no text, for a person; empty when all have."""
    if not pages:
        return ""
    listed = ", ".join(map(str, pages))
    return f"no text was read of page {listed}" if len(pages) == 1 else f"no text was read of pages {listed}"


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
