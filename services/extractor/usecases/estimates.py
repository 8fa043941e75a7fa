"""Estimates what a job would take and cost, from its documents' sizes and from what an earlier job really took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import read_codebook
from coderai.kit.identity import Identity
from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.kit.models import OFFLINE
from coderai.services.extractor.domain.jobs.duration import Shown
from coderai.services.extractor.domain.jobs.estimating import (
    AS_PREDICTED,
    ENTITIES,
    NOTHING,
    Count,
    Load,
    Parts,
    Plan,
    Size,
)
from coderai.services.extractor.domain.jobs.fitting import room
from coderai.services.extractor.domain.jobs.pricing import CURRENCY, Prices
from coderai.services.extractor.usecases import estimate_notes
from coderai.services.extractor.usecases.choosing import Chosen, Wanted
from coderai.services.extractor.usecases.estimate_notes import APART
from coderai.services.extractor.usecases.leaving_out import cover, without_current
from coderai.services.extractor.usecases.ports import (
    DocumentHead,
    Documents,
    Measured,
    MeasuredJob,
    OpenStore,
    Projects,
)

TOKENS_PER_WORD = 1.5
"""Where no text is measured; English has 1.3, inflected languages and other scripts more."""
_MEASURED_UP_TO = 20_000
"""Words of a document that is fetched to be measured."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job would take."""

    model: str
    documents: int
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    judge_calls: int = 0
    judge_tokens_in: int = 0
    judge_tokens_out: int = 0
    deciding_calls: int = 0
    deciding_tokens_in: int = 0
    deciding_tokens_out: int = 0
    same_calls: int = 0
    same_tokens_in: int = 0
    same_tokens_out: int = 0
    """The parts of calls and tokens that go to judging quotes, choosing between values and telling entities apart."""
    thinking_tokens: int = 0
    """The part of tokens_out that is assumed to be thought; 0 where a job has shown what replies take."""
    cost: float | None = 0.0
    """In `currency`; None when the model's price is not known."""
    tokens_left: int | None = None
    """Of the project's token budget; None when it has none."""
    seconds: float | None = None
    """By the pace of the newest completed job of the model; None without one."""
    notes: list[str] = field(default_factory=list)
    currency: str = CURRENCY


@dataclass(frozen=True, slots=True)
class Basis:
    """What an estimate is made from: predictions, and how they have to be corrected."""

    entities: float = ENTITIES
    factors: Parts = field(default_factory=Parts)
    measured: bool = False
    """Whether they are what a job has shown."""
    cached: float = 0.0
    """Share of the input that came from the provider's prefix cache."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """The use case of looking ahead."""

    open_store: OpenStore
    projects: Projects
    documents: Documents
    prices: Prices
    counter_for: Callable[[str], Count]
    """Counts tokens as a model does, by its name."""
    context_of: Callable[[str], int]
    """Tokens that a model takes at once, by its name."""
    thinking_of: Callable[[str, str], int]
    """Tokens that a model is assumed to think in one call, by its name and reasoning effort."""
    now: Callable[[], datetime]
    at_once: int = 1
    """Documents that a worker codes at a time."""

    async def job(self, who: Identity, wanted: Wanted) -> Estimate:
        """What the job would take if it were started now.

        Raises:
            NotFound, NoVariables, NoDocuments, DocumentsNotRead, NothingReadable, UnknownDocuments, UnknownVariables,
            NothingStale
        """
        wanted.check()
        snapshot = {**await self.projects.freeze(wanted.project_id), **wanted.overrides}
        codebook = read_codebook(snapshot)
        chosen = await cover(self.documents, wanted, codebook, wanted.sample_seed or 0)
        if wanted.leave_out_current:
            async with self.open_store(who.workspace_id) as store:
                chosen = await without_current(store, wanted.project_id, codebook, chosen)
        return await self.of(who, wanted.project_id, snapshot, chosen)

    async def of(self, who: Identity, project_id: UUID, snapshot: Mapping[str, Any], chosen: Chosen) -> Estimate:
        """What a job over chosen documents would take, under a codebook's snapshot."""
        heads = [head for head in chosen.documents if head.is_readable]
        notes = [*estimate_notes.of_documents(chosen), *estimate_notes.of_variables(chosen, read_codebook(snapshot))]
        async with self.open_store(who.workspace_id) as store:
            past = await store.measured(project_id, snapshot["model"])
            if snapshot["model"] == OFFLINE:
                notes.append("The offline engine runs on the extractor itself: it asks no model and costs nothing.")
                return Estimate(OFFLINE, len(heads), seconds=_seconds(past, len(heads), 0.0, 1), notes=notes)
            taken = await store.taken(project_id, self.now())
            known = await store.entities_known(project_id) if chosen.only else {}
        per_word = (
            TOKENS_PER_WORD if past else await self._tokens_per_word(heads, self.counter_for(snapshot["model"]), notes)
        )
        basis = await self._basis(project_id, snapshot, past, per_word, notes)
        parts = self._parts(snapshot, heads, per_word, chosen, known, basis.entities).times(basis.factors)
        budget = snapshot.get("token_budget", 0)
        left = max(0, budget - taken.project.used) if budget else None
        notes += estimate_notes.of_budget(left, parts.total, len(heads))
        notes += estimate_notes.of_parts(parts, basis.factors)
        thinking = 0 if basis.measured else round(parts.total.calls * self._thinking(snapshot))
        made = self._estimate(snapshot["model"], len(heads), parts, basis, thinking, left, notes)
        return replace(made, seconds=_seconds(past, len(heads), parts.total.calls, self.at_once))

    def _parts(
        self,
        snapshot: Mapping[str, Any],
        heads: Sequence[DocumentHead],
        per_word: float,
        chosen: Chosen,
        known: Mapping[UUID, int],
        entities: float,
    ) -> Parts:
        """What the documents would take, those together that are asked the same of as many rows that are known."""
        alike = defaultdict[tuple[tuple[str, ...] | None, int | None], list[DocumentHead]](list)
        for head in heads:
            only = chosen.only.get(head.id)
            alike[only, None if only is None else known.get(head.id)].append(head)
        plans = {only: self._plan(snapshot, only) for only, _ in alike}
        parts = NOTHING
        for (only, rows), some in alike.items():
            sizes, many = self._sizes(snapshot, some, per_word), entities if rows is None else rows
            parts += plans[only].parts(sizes, many, known=rows is not None)
        return parts

    def _estimate(
        self, model: str, documents: int, parts: Parts, basis: Basis, thinking: int, left: int | None, notes: list[str]
    ) -> Estimate:
        load = parts.total
        usage = Usage(
            round(load.calls), round(load.tokens_in), round(load.tokens_out), round(load.tokens_in * basis.cached)
        )
        price = self.prices.of(model)
        if price is None:
            notes.append(f"The price table does not have {model}: its operator can add it (CODERAI_MODELS).")
        apart = {
            f"{part}_{number}": round(value) for part in APART for number, value in asdict(getattr(parts, part)).items()
        }
        return Estimate(
            model=model,
            documents=documents,
            calls=usage.calls,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            **apart,
            thinking_tokens=thinking,
            cost=None if price is None else price.of(usage),
            tokens_left=left,
            notes=notes,
        )

    def _plan(self, snapshot: Mapping[str, Any], only: Collection[str] | None = None) -> Plan:
        return Plan(read_codebook(snapshot), self.counter_for(snapshot["model"]), self._thinking(snapshot), only)

    def _thinking(self, snapshot: Mapping[str, Any]) -> int:
        return self.thinking_of(snapshot["model"], snapshot.get("reasoning_effort", ""))

    def _sizes(self, snapshot: Mapping[str, Any], heads: Sequence[DocumentHead], per_word: float) -> list[Size]:
        """How much there is to read; what the model takes at once is one passage."""
        model = snapshot["model"]
        most = room(read_codebook(snapshot), self.context_of(model), self.counter_for(model))
        tokens = [head.words * per_word for head in heads]
        return [Size(t, 1 if t <= most else max(1, head.chunks)) for t, head in zip(tokens, heads, strict=True)]

    async def _basis(
        self,
        project_id: UUID,
        snapshot: Mapping[str, Any],
        past: MeasuredJob | None,
        per_word: float,
        notes: list[str],
    ) -> Basis:
        """How predictions relate to what the newest completed job took; as they are when there is none."""
        multiple = read_codebook(snapshot).unit.multiple
        if past is None:
            if multiple:
                notes.append(f"It is assumed that a document has {ENTITIES} entities; after a sample its own count is.")
            notes.append(estimate_notes.of_thinking(self._thinking(snapshot), snapshot))
            return Basis()
        ids = [measured.document_id for measured in past.documents]
        heads = {head.id: head async for head in self.documents.heads(project_id, ids)}
        counted = [measured for measured in past.documents if measured.document_id in heads]
        if not counted:
            return await self._basis(project_id, snapshot, None, per_word, notes)
        entities = sum(measured.entities for measured in counted) / len(counted)
        sizes = self._sizes(past.snapshot, [heads[measured.document_id] for measured in counted], per_word)
        then, now = read_codebook(past.snapshot), read_codebook(snapshot)
        used = sum((measured.usage for measured in counted), NOTHING_USED)
        factors = _measured(counted).over(self._plan(past.snapshot).parts(sizes, entities))
        if then.verify is not now.verify:
            factors = replace(factors, judge=AS_PREDICTED)
        notes.append(estimate_notes.of_past(past, len(counted), entities if multiple else None, snapshot["hash"]))
        cached = used.tokens_cached / used.tokens_in if used.tokens_in else 0.0
        return Basis(entities, factors, measured=True, cached=cached)

    async def _tokens_per_word(self, heads: Sequence[DocumentHead], count: Count, notes: list[str]) -> float:
        """Measured on the first, the middle and the last document that is not too long to be fetched for it."""
        short = [head for head in heads if 0 < head.words <= _MEASURED_UP_TO]
        chosen = {head.id: head for head in (short[:1] + short[len(short) // 2 :][:1] + short[-1:])}
        if not chosen:
            notes.append(f"The texts are taken to have {TOKENS_PER_WORD} tokens per word.")
            return TOKENS_PER_WORD
        texts = [(await self.documents.text(document_id)).text for document_id in chosen]
        per_word = sum(map(count, texts)) / sum(head.words for head in chosen.values())
        notes.append(f"The texts are taken to have {per_word:.1f} tokens per word, as {len(chosen)} of them have.")
        return per_word


def _seconds(past: MeasuredJob | None, documents: int, calls: float, at_once: int) -> float | None:
    if past is None or past.pace is None:
        return None
    used = sum(measured.usage.calls for measured in past.documents) / max(1, len(past.documents))
    return Shown(past.pace, past.documents_total, used).seconds_for(documents, calls, at_once)


def _measured(documents: Sequence[Measured]) -> Parts:
    """What documents really took."""
    used = sum((document.usage for document in documents), NOTHING_USED)
    apart = {part: _load(sum((getattr(d, part) for d in documents), NOTHING_USED)) for part in APART}
    return Parts(_load(used) - sum(apart.values(), Load()), **apart)


def _load(used: Usage) -> Load:
    return Load(used.calls, used.tokens_in, used.tokens_out)
