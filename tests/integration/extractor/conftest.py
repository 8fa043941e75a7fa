"""The extractor's job engine on real Postgres and NATS, with a codebook, documents and an engine of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from coderai.codebook.reply import Answer
from coderai.deploy.embedded import EmbeddedNats
from coderai.engines.calls import Call, Engine, Reply
from coderai.kit import identity
from coderai.kit.bus import Bus
from coderai.kit.contexts import context_tokens
from coderai.kit.db import Database, Session
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.kit.llm.room import thinking_tokens
from coderai.kit.model_replies import NOTHING_USED, Account, ModelError, Usage
from coderai.kit.models import EVERY_MODEL, Price
from coderai.kit.outbox import OutboxRelay
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.adapters.measuring import QualityStore
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.adapters.tables import jobs, tasks
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.jobs.estimating import prompt_tokens, usual_reply
from coderai.services.extractor.domain.jobs.job import JobKind, TaskStatus
from coderai.services.extractor.domain.jobs.pricing import Prices
from coderai.services.extractor.domain.jobs.spending import NO_CAPS
from coderai.services.extractor.entrypoints import worker
from coderai.services.extractor.entrypoints.grpc_service import ExtractorServicer
from coderai.services.extractor.entrypoints.watch import Watch
from coderai.services.extractor.queries import jobs as job_queries
from coderai.services.extractor.usecases.choosing import Wanted
from coderai.services.extractor.usecases.estimates import Estimates
from coderai.services.extractor.usecases.jobs import Admission, Jobs
from coderai.services.extractor.usecases.ports import DocumentHead
from coderai.services.extractor.usecases.preview import Preview
from coderai.services.extractor.usecases.quality import Measuring
from coderai.services.extractor.usecases.recording import TaskRecords
from coderai.services.extractor.usecases.renewals import Renewals
from coderai.services.extractor.usecases.spending import Spending
from coderai.services.extractor.usecases.tasks import Tasks
from coderai.services.extractor.usecases.trials import Trials
from tests.support.packed_rows import unpacked
from tests.support.stack import ServiceDatabases

SOON = (timedelta(milliseconds=20),)
MODEL = "openai:test"
MOST_JOBS, MOST_WAITING = 2, 1000
USAGE = Usage(1, 100, 10)
PRICES = Prices({MODEL: Price(1.0, 10.0, 0.1)})


def codebook(*names: str) -> dict[str, Any]:
    """A codebook of TEXT variables, as kit.wire.to_plain gives it."""
    return {
        "hash": "h" * 64,
        "model": MODEL,
        "variables": [
            {
                "id": str(new_id()),
                "name": name,
                "type": "TEXT",
                "active_prompt": {"id": str(new_id()), "version": 3, "text": name, "temperature": 0, "max_tokens": 99},
            }
            for name in names
        ],
    }


@dataclass
class Stall:
    """Holds up one call, and lets the test know when it is there."""

    call: int
    """From 1."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def meet(self, call: int) -> None:
        if call == self.call:
            self.reached.set()
            await self.released.wait()


@dataclass
class World:
    """What surrounds the extractor: one project's codebook and documents, and an engine that tests can break."""

    plain: dict[str, Any] = field(default_factory=lambda: codebook("first", "second"))
    heads_: list[DocumentHead] = field(default_factory=list)
    texts: dict[UUID, str] = field(default_factory=dict)
    unread_pages: tuple[int, ...] = ()
    """Of each document."""
    unsure_pages: Mapping[int, float] = field(default_factory=dict)
    """Of each document; page 1 holds its text."""
    chunks: tuple[Span, ...] = ()
    """Of each document."""
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    """By document name: what its next calls raise."""
    silent: set[str] = field(default_factory=set)
    """Names of documents of which the replies hold nothing."""
    gone: set[str] = field(default_factory=set)
    """Names of documents that were deleted since their job began."""
    text_versions: dict[UUID, int] = field(default_factory=dict)
    """Of documents whose texts have changed."""
    hold: asyncio.Event | None = None
    stalls: Stall | None = None
    """Met by each call before it is answered."""
    calls: list[str] = field(default_factory=list)
    token_budget_: int = 0
    unknown: set[UUID] = field(default_factory=set)
    """Projects that there are not."""
    waiting_: int = 0
    usage: Usage = USAGE

    def add(self, count: int, status: str = "READY", error: str = "") -> None:
        start = len(self.heads_)
        self.heads_ += [DocumentHead(new_id(), f"d{start + n}", status, error, 9, 1) for n in range(count)]

    def add_repeats(self, count: int) -> None:
        """Adds documents that repeat others."""
        self.add(count)
        self.heads_[-count:] = [replace(head, repeats=True) for head in self.heads_[-count:]]

    def add_texts(self, *texts: str) -> None:
        """Adds documents with texts of their own."""
        for text in texts:
            head = DocumentHead(new_id(), f"d{len(self.heads_)}", "READY", "", len(text.split()), 1)
            self.heads_.append(head)
            self.texts[head.id] = text

    async def freeze(self, project_id: UUID) -> Mapping[str, Any]:
        await self.must_exist(project_id)
        return self.plain

    async def must_exist(self, project_id: UUID) -> None:
        if project_id in self.unknown:
            raise NotFound("there is no such project", code="project_not_found")

    async def token_budget(self, project_id: UUID) -> int:
        return self.token_budget_

    async def waiting(self) -> int:
        return self.waiting_

    async def heads(self, project_id: UUID, document_ids: Sequence[UUID]) -> AsyncIterator[DocumentHead]:
        for head in self.heads_:
            if not document_ids or head.id in document_ids:
                yield head

    async def text(self, document_id: UUID) -> Document:
        name = next(head.name for head in self.heads_ if head.id == document_id)
        if name in self.gone:
            raise NotFound(f"there is no document {name}")
        text = self.texts.get(document_id, f"{name} says first is one and second is two.")
        version = self.text_versions.get(document_id, 0)
        pages = self.unread_pages
        document = Document(str(document_id), name, text, chunks=self.chunks, unread_pages=pages, text_version=version)
        return replace(document, unsure_pages=self.unsure_pages)

    async def ask(self, call: Call) -> Reply:
        name = call.passage.text.split()[0]
        self.calls.append(name)
        if self.stalls is not None:
            await self.stalls.meet(len(self.calls))
        if self.hold is not None:
            await self.hold.wait()
        if self.faults.get(name):
            raise self.faults[name].pop(0)
        answers = {
            "first": (Answer("one", "first is one", 0.9),),
            "second": (Answer("two", "second is two", 0.9),),
        }
        asked = [v.name for v in call.variables if name not in self.silent]
        return Reply({variable: answers[variable] for variable in asked}, usage=self.usage)

    async def open(self, model: str, account: Account) -> Engine:
        return Paid(self, account)


@dataclass(frozen=True)
class Paid:
    """The world's answers, at the cost of an account."""

    world: World
    account: Account

    async def ask(self, call: Call) -> Reply:
        tokens, used = call_tokens(call), NOTHING_USED
        await self.account.before(tokens)
        try:
            reply = await self.world.ask(call)
            used = reply.usage
        except ModelError as error:
            used = error.usage
            raise
        finally:
            await self.account.after(tokens, used)
        return reply


def call_tokens(call: Call) -> int:
    """What is set aside for a call."""
    return prompt_tokens(call, estimate_tokens) + usual_reply(call)


class Extractor:
    """The extractor's use cases wired to the world, in one workspace."""

    def __init__(self, db: Database, bus: Bus, world: World) -> None:
        self.db, self.bus, self.world = db, bus, world
        self.relay = OutboxRelay(db, bus)
        self.who = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "test")
        self.project_id = new_id()
        self.open_store = partial(db.session, kind=ExtractorStore)
        self.now: Callable[[], datetime] = partial(datetime.now, UTC)
        self.prices = PRICES
        self.open_engine = world.open
        self.models = EVERY_MODEL
        self.caps = NO_CAPS
        self.watch = Watch(bus, partial(db.session, kind=Session))

    @property
    def jobs(self) -> Jobs:
        admission = Admission(MOST_JOBS, MOST_WAITING, self.world.waiting)
        parts = (self.open_store, self.world, self.world, self.prices, admission)
        return Jobs(*parts, window=4, new_id=new_id, now=self.now, models=self.models, caps=self.caps)

    @property
    def spending(self) -> Spending:
        return Spending(self.open_store, self.world, self.prices, self.now, self.caps)

    @property
    def estimates(self) -> Estimates:
        return Estimates(
            self.open_store,
            self.world,
            self.world,
            self.prices,
            lambda model: estimate_tokens,
            context_tokens,
            thinking_tokens,
            self.now,
        )

    @property
    def servicer(self) -> ExtractorServicer:
        preview = Preview(self.estimates.projects, self.estimates.documents, self.estimates.counter_for, context_tokens)
        measuring = Measuring(partial(self.db.session, kind=QualityStore), self.world)
        parts = (self.jobs, self.estimates, preview, self.watch, self.spending, self.trials, measuring)
        return ExtractorServicer(self.open_store, self.world, *parts)

    @property
    def trials(self) -> Trials:
        return Trials(self.jobs, self.estimates)

    @property
    def renewals(self) -> Renewals:
        return Renewals(self.jobs, self.estimates)

    @property
    def tasks(self) -> Tasks:
        async def open_engine(model: str, account: Account) -> Engine:
            return await self.open_engine(model, account)

        records = TaskRecords(self.open_store, self.prices, 4, self.now, self.caps)
        return Tasks(records, self.world, open_engine, lambda model: estimate_tokens, context_tokens)

    def wanted(self, kind: JobKind = JobKind.FULL, **fields: Any) -> Wanted:
        return Wanted(self.project_id, kind, **{"skip_sample": True, **fields})

    async def start(self, kind: JobKind = JobKind.FULL, **fields: Any) -> UUID:
        with identity.acting_as(self.who):
            return await self.jobs.start(self.who, self.wanted(kind, **fields))

    @asynccontextmanager
    async def working(self, workers: int = 2) -> AsyncIterator[None]:
        """Runs workers and the relay while the block lasts."""
        quick = replace(worker.extract_document(self.tasks, 2), retry_delays=SOON, patience=6)
        running = [
            asyncio.create_task(self.relay.run()),
            *(asyncio.create_task(self.bus.consume(quick)) for _ in range(workers)),
        ]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def events(self, job_id: UUID, after: int | None = None) -> list[Any]:
        """Follows a job to its end; the responses of its stream."""
        async with asyncio.timeout(30):
            return [response async for response in self.watch.job(self.who, job_id, after)]

    async def until(self, job_id: UUID, event: int) -> Any:
        """Follows a job until an event of this type, which it returns."""
        async with asyncio.timeout(30):
            async for response in self.watch.job(self.who, job_id, 0):
                if response.event.event == event:
                    return response.event
        raise AssertionError("the job ended")

    async def job(self, job_id: UUID) -> Any:
        async with self.db.session(self.who.workspace_id, Session) as session:
            return (await job_queries.get_job(session, job_id))[0]

    async def resume(self, job_id: UUID) -> None:
        with identity.acting_as(self.who):
            await self.jobs.resume(self.who, job_id)

    async def queued(self, job_id: UUID) -> list[UUID]:
        """The job's tasks in the queue, in order."""
        async with self.db.sweep() as connection:
            wanted = select(tasks.c.id).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.QUEUED)
            return list((await connection.execute(wanted.order_by(tasks.c.position))).scalars())

    async def run(self, task_id: UUID) -> None:
        """Works on a task as a worker does that got its message."""
        with identity.acting_as(self.who):
            await self.tasks.run(self.who.workspace_id, task_id)

    async def remove_jobs(self) -> None:
        """Leaves nothing that the workers of other tests would take up."""
        async with self.db.session(self.who.workspace_id, ExtractorStore) as store:
            await store.execute(delete(jobs))
            await store.commit()

    async def rows(self, job_id: UUID) -> list[Any]:
        open_session = partial(self.db.session, self.who.workspace_id, Session)
        pages = [page async for page in job_queries.stream_documents(open_session, job_id, variables=2)]
        return [document for page in pages for document in unpacked(page)]


@pytest.fixture
async def extractor(service_dsns: ServiceDatabases, nats: EmbeddedNats) -> AsyncIterator[Extractor]:
    db = Database(service_dsns["extractor"].application, "extractor")
    bus = await Bus.connect(nats.url, "tests")
    test = Extractor(db, bus, World())
    yield test
    await test.remove_jobs()
    await bus.close()
    await db.close()
