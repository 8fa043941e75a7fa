"""Codes one document under a codebook: plans the calls, asks the engine, checks, merges and decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import rounds
from coderai.codebook.variable import Variable
from coderai.engines.calls import Call, Engine, Passage
from coderai.services.extractor.domain.coding import entities, judging, planning
from coderai.services.extractor.domain.coding.candidates import candidate
from coderai.services.extractor.domain.coding.cells import Cell, Row
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Candidate, Evidence, Found, Mention, MissingReason
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.relevance import passages_about
from coderai.services.extractor.domain.coding.telling_apart import same_call
from coderai.services.extractor.domain.dataset.matching import Matching, Resolved
from coderai.services.extractor.usecases.asking import Asked, Endings, Part, ask, together
from coderai.services.extractor.usecases.ports import NOTHING_KNOWN, Known
from coderai.services.extractor.usecases.progress import Progress

NO_ANSWER = "the model's reply has no usable answer for this variable"
NO_ID = UUID(int=0)
CACHED_FROM = 4000
"""Characters of a passage from which on providers cache it (OpenAI: 1,024 tokens)."""


async def code_document(
    engine: Engine,
    codebook: Codebook,
    document: Document,
    known: Known = NOTHING_KNOWN,
    only: Collection[str] | None = None,
    document_id: UUID = NO_ID,
) -> Coded:
    """One extraction for every unit and variable of the document, and the receipt.

    `known` is what the dataset has of it: what was found is matched to its units, and conditions look at its values.
    `only`: names of the only variables to ask, of the units that the dataset has; of a document of which it has none,
    these are found first. `document_id` is the dataset's, of which new units are; a text that is in none has no id.

    Raises:
        ModelReplyInvalid: the model listed no entities or answered no variable wherever it was asked; where it
            answered some, the rest is coded MODEL_FAILED.
        ModelNeverEnds: its replies run to their limit again and again.
        kit.errors.CoderAIError: the model cannot be asked.
    """
    coding = _Coding(engine, codebook, document, known, only, document_id)
    units = await coding.units()
    rows = coding.rows(units)
    # What is judged and settled may make a variable apply that did not: each time, one round more of them is settled.
    for _ in rounds(coding.variables):
        cells = await coding.ask_rows(rows)
        await coding.judge(cells)
        await coding.settle(cells)
    found = [one.found for one in units if one.found is not None]
    coded = coding.progress.coded([e for row in rows for e in row.extractions()], found)
    return replace(coded, units=tuple(one.unit for one in units), identified=coding.identified)


@dataclass
class _Coding:
    """Coding one document."""

    engine: Engine
    codebook: Codebook
    document: Document
    known: Known = NOTHING_KNOWN
    only: Collection[str] | None = None
    document_id: UUID = NO_ID
    endings: Endings = field(default_factory=Endings)

    def __post_init__(self) -> None:
        every = self.codebook.variables
        self.variables = [v for v in every if self.only is None or v.name in self.only]
        self.progress = Progress(self.document)
        self.unread = _about("no text was read", self.document.unread_pages)
        self.unsure = _about("text recognition is unsure", sorted(self.document.unsure_pages))
        self.passages = self.document.passages()
        self.finder = QuoteFinder(self.document)

    @property
    def identified(self) -> bool:
        """Whether its units are found anew; else they are those that the dataset has."""
        # A document that failed as a whole has a unit of its own, whatever else it has.
        has_any = any(bool(unit.text) == self.codebook.unit.multiple for unit in self.known.units)
        found_none = self.known.identified and not self.known.units
        return self.only is None or not (has_any or found_none)

    async def units(self) -> list[Resolved]:
        """The rows of the document, each with what it is."""
        matching = Matching(self.document_id, self.document, self.finder)
        if not self.codebook.unit.multiple:
            return matching.itself(self.known.units)
        if self.identified:
            return matching.resolve(await self.identify(), self.known.units)
        return matching.present(self.known.units)

    async def identify(self) -> list[Found]:
        """The entities of the document, merged over its passages, in order of first mention."""
        mentions: list[Mention] = []
        for passages in planning.waves(self.passages):
            known = entities.merge(mentions, self.document.language, self.document.text)
            earlier = tuple(entity.text for entity in known)
            calls = planning.identify_calls(self.codebook, passages, earlier)
            for part in await self._parts(calls):
                passage = part.call.passage
                if part.reply.problem:
                    self.progress.note_unlisted(passage, part.reply.problem)
                for entity in part.reply.entities:
                    evidence = self._locate(entity.quote, entity.text, passage)
                    mentions.append(Mention(entity.text, evidence, passage.start))
        found = await self._merged(mentions)
        self.progress.note_entities(mentions, found)
        return found

    async def _merged(self, mentions: Sequence[Mention]) -> list[Found]:
        """One entity per thing; what code leaves open is put to one further call."""
        merging = entities.Merging.of(mentions, self.document.language, self.document.text)
        call = same_call(self.codebook, merging, self.document, self.finder)
        if call is not None:
            merging = merging.join(group for part in await self._parts([call]) for group in part.reply.same)
        return merging.found()

    def rows(self, units: Sequence[Resolved]) -> list[Row]:
        """The cells of each unit, with the passages that are asked about it."""
        found = [one.found for one in units if one.found is not None]
        passages = passages_about(found, self.passages) if found else [tuple(self.passages) for _ in units]
        return [
            Row(
                self.variables,
                about,
                one.found,
                unread=self.unread,
                unsure=self.unsure,
                unit_id=one.unit.id,
                known=self.known.values.get(one.unit.id, {}),
            )
            for one, about in zip(units, passages, strict=True)
        ]

    async def ask_rows(self, rows: Sequence[Row]) -> list[Cell]:
        """Asks for every cell that applies and was not asked; returns these."""
        # One entity goes first: the others' calls then find its passages in the provider's prefix cache.
        ahead = 1 if max(len(passage.text) for passage in self.passages) >= CACHED_FROM else 0
        asked = await together(self._ask_row(row) for row in rows[:ahead])
        asked += await together(self._ask_row(row) for row in rows[ahead:])
        return [cell for cells in asked for cell in cells]

    async def _ask_row(self, row: Row) -> list[Cell]:
        asked: list[Cell] = []
        for variables in rounds(self.variables):
            cells = row.to_ask(variables)
            await self._ask_cells(cells, row)
            asked += cells
        return asked

    async def _ask_cells(self, cells: Sequence[Cell], row: Row) -> None:
        """Asks the passages for the cells' variables, in as few calls as the plan allows."""
        asked, named = [cell.variable for cell in cells], row.entity.asked() if row.entity else None
        for cell in cells:
            cell.asked = True
        for part in await self._parts(planning.extract_calls(self.codebook, row.passages, asked, named)):
            for variable in part.call.variables:
                cell = row.cells[variable.name]
                if not part.reply.knows_absence:
                    cell.absent = MissingReason.NOT_FOUND
                if variable.name in part.reply.answers:
                    cell.answered = True
                    cell.candidates += self._candidates(variable, part)
                else:
                    problem = part.reply.problem or NO_ANSWER
                    cell.failed.append(f"{self.progress.place(part.call.passage)}: {problem}")

    async def judge(self, cells: Sequence[Cell]) -> None:
        """Has a second call say of undecided values whether their quotes state them."""
        doubtful = judging.undecided(cells, self.codebook.verify)
        calls = judging.judge_calls(self.codebook, doubtful, self.document, self.finder)
        for (_, batch), asked in zip(calls, await self._ask([call for call, _ in calls]), strict=True):
            for part in asked.parts:
                judging.apply(batch, part.reply.verdicts)

    async def settle(self, cells: Sequence[Cell]) -> None:
        """Has one more call say which value it is where parts of the document state different ones equally well."""
        calls = judging.decide_calls(self.codebook, judging.conflicts(cells), self.document, self.finder)
        for (_, batch), asked in zip(calls, await self._ask([call for call, _ in calls]), strict=True):
            for part in asked.parts:
                judging.prefer(batch, part.reply.choices)

    def _candidates(self, variable: Variable, part: Part) -> Iterable[Candidate]:
        for answer in part.reply.answers[variable.name]:
            found = candidate(variable, answer, part.call.passage, self.document, self.finder)
            if found is not None:
                yield found

    async def _ask(self, calls: Sequence[Call]) -> list[Asked]:
        """Asks the calls, each to its end."""
        outcomes = await together(ask(self.engine, call, self.endings) for call in calls)
        for call, asked in zip(calls, outcomes, strict=True):
            self.progress.note(call, asked)
        return outcomes

    async def _parts(self, calls: Sequence[Call]) -> list[Part]:
        return [part for asked in await self._ask(calls) for part in asked.parts]

    def _locate(self, quote: str, name: str, passage: Passage) -> Evidence:
        near = Span(passage.start, passage.end)
        found = self.finder.find(quote, near)
        return found if found.spans else self.finder.find(name, near)


def _about(what: str, pages: Sequence[int]) -> str:
    """Of which pages something is to be said, for a person; empty when there are none."""
    listed = ", ".join(map(str, pages))
    return f"{what} of {'page' if len(pages) == 1 else 'pages'} {listed}" if pages else ""
