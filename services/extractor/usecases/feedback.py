"""Takes down what people say of the dataset's cells, and takes it back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable
from coderai.kit.errors import CoderAIError, Forbidden, InvalidInput
from coderai.kit.etags import must_match
from coderai.kit.identity import Identity
from coderai.measuring.feedback import Answer, Feedback, Verdict, checked, implied, repeats
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Evidence, Match
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.dataset.corrections import read_correction
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.domain.quality.splits import split_of
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.feedback_ports import (
    Cell,
    CellChanged,
    CellNotFound,
    FeedbackStore,
    Judged,
    NotARow,
    NotOfSample,
    OpenFeedback,
    Outcome,
    Place,
    QuoteNotInText,
    Said,
)
from coderai.services.extractor.usecases.ports import Documents, Projects

_AT_A_TIME = 4
"""Documents of one request: each has a transaction of its own, and its text may have to be asked for."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a request on its way: where it belongs, and what was read of it."""

    number: int
    said: Said
    verdict: Verdict | None
    """None where the person says only what is right."""
    place: Place
    unit_id: UUID
    variable: Variable
    correction: Answer | None = None
    evidence: Evidence | None = None

    @property
    def cell(self) -> Cell:
        return self.unit_id, UUID(self.variable.id)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The use cases of feedback."""

    open_store: OpenFeedback
    projects: Projects
    documents: Documents
    new_id: Callable[[], UUID]
    now: Callable[[], datetime]

    async def give(self, who: Identity, said: Said) -> Outcome:
        """Takes down what a person says of a cell; it is what they said before when nothing is new.

        Raises:
            CellChanged: the cell is not as expected, and this is new
            CellNotFound, NotARow, DocumentNotCoded: there is no such cell, or no row with it
            InvalidInput: neither a verdict nor what is right
            CorrectionInvalid, QuoteNotInText, VerdictContradicted, NothingToJudge, NotOfSample
        """
        (outcome,) = await self._give(who, [said], None)
        if outcome.error is not None:
            raise outcome.error
        return outcome

    async def give_many(self, who: Identity, project_id: UUID, said: Sequence[Said]) -> list[Outcome]:
        """The same for many cells of a project: each is kept or refused by itself, those of a document together.

        Raises NotFound.
        """
        return await self._give(who, said, project_id)

    async def undo(self, who: Identity, feedback_id: UUID, expected: Sequence[str] = ()) -> str:
        """Takes feedback back, whoever gave it; what its author said before stands again. Done twice, it is done once.

        Returns the cell's ETag, empty where the dataset has no such cell.

        Raises:
            FeedbackNotFound
            CellChanged: the cell has none of the `expected` ETags.
        """
        by = author_of(who)
        async with self.open_store(who.workspace_id) as store:
            await store.lock_document((await store.feedback_place(feedback_id)).document_id)
            # Read again: the unit may have been merged into another before the document was locked.
            place = await store.feedback_place(feedback_id)
            before = await _etag_at(store, place)
            if not await store.undo_feedback(feedback_id, by, self.now()):
                return before
            must_match(expected, before, CellChanged)
            await store.recast([place.unit_id] if place.unit_id else [])
            after = await _etag_at(store, place)
            await store.commit()
            return after

    async def _give(self, who: Identity, said: Sequence[Said], project_id: UUID | None) -> list[Outcome]:
        author = author_of(who)
        places = await self._places(who, said)
        if project_id is None:
            project_id = next((place.project_id for place in places if place is not None), None)
        if project_id is None:
            raise CellNotFound()
        codebook = await codebook_now(self.projects, project_id)
        outcomes: dict[int, Outcome] = {}
        of_documents: dict[UUID, list[_Item]] = {}
        for number, (one, place) in enumerate(zip(said, places, strict=True)):
            try:
                item = _placed(number, one, place, codebook, project_id)
                of_documents.setdefault(item.place.document_id, []).append(item)
            except CoderAIError as error:
                outcomes[number] = Outcome(error=error)
        languages = await self._languages(project_id, of_documents)
        turn = asyncio.Semaphore(_AT_A_TIME)

        async def of_document(document_id: UUID, items: Sequence[_Item]) -> dict[int, Outcome]:
            async with turn:
                return await self._of_document(who, author, document_id, items, languages.get(document_id, ""))

        for kept in await asyncio.gather(*(of_document(*one) for one in of_documents.items())):
            outcomes |= kept
        return [outcomes[number] for number in range(len(said))]

    async def _places(self, who: Identity, said: Sequence[Said]) -> list[Place | None]:
        async with self.open_store(who.workspace_id) as store:
            by_extraction = await store.places_of_extractions({s.extraction_id for s in said if s.extraction_id})
            by_unit = await store.places_of_units({s.unit_id for s in said if s.unit_id and not s.extraction_id})
        return [
            by_extraction.get(one.extraction_id)
            if one.extraction_id
            else by_unit.get(one.unit_id)
            if one.unit_id
            else None
            for one in said
        ]

    async def _languages(self, project_id: UUID, of_documents: Mapping[UUID, Sequence[_Item]]) -> Mapping[UUID, str]:
        """The languages of the documents in which something is corrected."""
        ids = [
            document_id for document_id, items in of_documents.items() if any(i.said.value is not None for i in items)
        ]
        return {head.id: head.language async for head in self.documents.heads(project_id, ids)} if ids else {}

    async def _of_document(
        self, who: Identity, author: UUID, document_id: UUID, items: Sequence[_Item], language: str
    ) -> dict[int, Outcome]:
        """What becomes of the items of one document: they are read first, then kept in one transaction."""
        document: Document | CoderAIError | None = None
        if any(item.said.quote.strip() for item in items):
            try:
                document = await self.documents.text(document_id)
            except CoderAIError as error:
                document = error
        outcomes, readable = await asyncio.to_thread(_read_all, items, language, document)
        if readable:
            try:
                outcomes |= await self._keep(who, author, document_id, readable)
            except CoderAIError as error:
                outcomes |= {item.number: Outcome(error=error) for item in readable}
        return outcomes

    async def _keep(self, who: Identity, author: UUID, document_id: UUID, items: Sequence[_Item]) -> dict[int, Outcome]:
        unit_ids = sorted({item.unit_id for item in items})
        outcomes: dict[int, Outcome] = {}
        added: list[tuple[Feedback, Judged | None]] = []
        async with self.open_store(who.workspace_id) as store:
            split = await store.lock_document(document_id)
            known = await _known(store, author, items, unit_ids)
            for item in items:
                try:
                    one, judged = self._said(author, item, known)
                    before = known.said.get(item.cell)
                    if before is not None and repeats(one, before):
                        one = before
                    else:
                        must_match(item.said.expected, known.etags.get(item.cell, ""), CellChanged)
                        added.append((one, judged))
                        known.said[item.cell] = one
                    outcomes[item.number] = Outcome(one.id)
                except CoderAIError as error:
                    outcomes[item.number] = Outcome(error=error)
            if added:
                project_id = items[0].place.project_id
                await store.add_feedback(project_id, added)
                if split is None:
                    await store.set_split(document_id, split_of(project_id, document_id))
                await store.recast(sorted({one.unit_id for one, _ in added}))
                known = replace(known, etags=await store.cell_etags(unit_ids))
                await store.commit()
        etags = {item.number: known.etags.get(item.cell, "") for item in items}
        return {number: replace(one, etag=etags[number]) for number, one in outcomes.items()}

    def _said(self, author: UUID, item: _Item, known: _Known) -> tuple[Feedback, Judged | None]:
        """An item as feedback, with the extraction that it judges. Raises what `give` does."""
        if known.states.get(item.unit_id) is not UnitState.PRESENT:
            raise NotARow(f"the unit is no row of the dataset: it is {known.states.get(item.unit_id, 'gone')}")
        sample_id = item.said.sample_id
        if sample_id is not None and (sample_id, item.cell) not in known.drawn:
            raise NotOfSample(fields={"sample_id": "is no sample in which this cell was drawn"})
        extraction_id = item.said.extraction_id or known.newest.get(item.cell)
        judged = known.judged.get(extraction_id) if extraction_id else None
        answer = judged.answer if judged is not None and judged.answered else None
        verdict = item.verdict or implied(answer, item.correction or Answer())
        return (
            Feedback(
                id=self.new_id(),
                document_id=item.place.document_id,
                unit_id=item.unit_id,
                variable_id=UUID(item.variable.id),
                author=author,
                verdict=verdict,
                judged=Answer() if judged is None else judged.answer,
                created_at=self.now(),
                correction=checked(verdict, answer, item.correction),
                evidence=item.evidence,
                note=item.said.note.strip(),
                is_final=item.said.is_final,
                sample_id=sample_id,
                extraction_id=None if judged is None else judged.extraction_id,
            ),
            judged,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the dataset has of the cells that items of a document are about."""

    states: Mapping[UUID, UnitState]
    newest: Mapping[Cell, UUID]
    judged: Mapping[UUID, Judged]
    said: dict[Cell, Feedback]
    """By the author, the newest."""
    drawn: Collection[tuple[UUID, Cell]]
    etags: Mapping[Cell, str]


def author_of(who: Identity) -> UUID:
    """The person who acts. Raises Forbidden: nobody does, a worker acts for the workspace."""
    if who.user_id is None:
        raise Forbidden("only a person can say what is right")
    return who.user_id


async def _known(store: FeedbackStore, author: UUID, items: Sequence[_Item], unit_ids: Sequence[UUID]) -> _Known:
    newest = await store.newest_extractions(unit_ids)
    asked = {item.said.extraction_id or newest.get(item.cell) for item in items}
    samples = {item.said.sample_id for item in items if item.said.sample_id}
    return _Known(
        states=await store.unit_states(unit_ids),
        newest=newest,
        judged=await store.judged({one for one in asked if one}),
        said=dict(await store.said_before(author, unit_ids)),
        drawn=await store.drawn_cells(samples, unit_ids) if samples else (),
        etags=await store.cell_etags(unit_ids),
    )


async def _etag_at(store: FeedbackStore, place: Place) -> str:
    """The ETag of the cell at a place; empty where there is none."""
    if place.unit_id is None or place.variable_id is None:
        return ""
    return (await store.cell_etags([place.unit_id])).get((place.unit_id, place.variable_id), "")


def _placed(number: int, said: Said, place: Place | None, codebook: Codebook, project_id: UUID) -> _Item:
    """Finds an item's cell in the project. Raises InvalidInput, CellNotFound, NotARow."""
    if said.verdict is None and said.value is None and not said.missing_reason:
        must_be = f"must be one of {', '.join(Verdict)}, or left out where you say what is right"
        raise InvalidInput("the verdict is missing", fields={"verdict": must_be})
    if place is None or place.project_id != project_id:
        raise CellNotFound()
    if place.unit_id is None:
        raise NotARow("the extraction belongs to no row of the dataset: it is of a trial, or of an early job")
    wanted = str(place.variable_id) if place.variable_id else ""
    variable = next((v for v in codebook.variables if (v.id == wanted if wanted else v.name == said.variable)), None)
    if variable is None:
        raise CellNotFound()
    return _Item(number, said, said.verdict, place, place.unit_id, variable)


def _read_all(
    items: Iterable[_Item], language: str, document: Document | CoderAIError | None
) -> tuple[dict[int, Outcome], list[_Item]]:
    """The items of a document with their corrections and quotes read, and those that are refused. May take long."""
    finder = QuoteFinder(document) if isinstance(document, Document) else None
    refused: dict[int, Outcome] = {}
    readable: list[_Item] = []
    for item in items:
        try:
            correction = read_correction(item.variable, item.said.value, item.said.missing_reason, language)
            evidence = None
            if item.said.quote.strip():
                if isinstance(document, CoderAIError):
                    raise document
                assert finder is not None
                evidence = find_quote(finder, item.said.quote)
            readable.append(replace(item, correction=correction, evidence=evidence))
        except CoderAIError as error:
            refused[item.number] = Outcome(error=error)
    return refused, readable


def find_quote(finder: QuoteFinder, quote: str, field: str = "quote") -> Evidence:
    """Where the document has a quote that a person chose. Raises QuoteNotInText; `field` is the request's."""
    found = finder.find(quote)
    if found.match is Match.NONE:
        problem = f"is not in the document's text: {quote.strip()[:80]!r}"
        raise QuoteNotInText(f"the {field} {problem}", fields={field: problem})
    return found
