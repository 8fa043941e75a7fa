"""Builds the extractor's concrete things and wires them; the only place that does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from grpc.aio import Server

from coderai.extractor.v1 import (
    dataset_service_pb2,
    dataset_service_pb2_grpc,
    extractor_service_pb2,
    extractor_service_pb2_grpc,
    provenance_service_pb2,
    provenance_service_pb2_grpc,
    quality_service_pb2,
    quality_service_pb2_grpc,
    review_service_pb2,
    review_service_pb2_grpc,
)
from coderai.kit.audit_service import AUDIT_SERVICE, add_audit
from coderai.kit.db import Session
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.llm import ChatModels
from coderai.kit.llm.room import thinking_tokens
from coderai.kit.models import ModelList
from coderai.kit.outbox import sweep_forever
from coderai.kit.process import Process, running, until_stopped
from coderai.kit.telemetry import MEASURE_EVERY
from coderai.kit.tokens import token_counter
from coderai.services.extractor.adapters import metrics
from coderai.services.extractor.adapters.engines import Engines
from coderai.services.extractor.adapters.gold import GoldStore
from coderai.services.extractor.adapters.measuring import QualityStore
from coderai.services.extractor.adapters.peers import IngestPeer, ProjectsPeer
from coderai.services.extractor.adapters.prices import read_prices
from coderai.services.extractor.adapters.rate_limit import SharedRateLimit
from coderai.services.extractor.adapters.reviewing import SampleStore
from coderai.services.extractor.adapters.store import ExtractorStore, documents_waiting
from coderai.services.extractor.entrypoints import consumer, worker
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from coderai.services.extractor.entrypoints.grpc_service import ExtractorServicer
from coderai.services.extractor.entrypoints.provenance_service import ProvenanceServicer
from coderai.services.extractor.entrypoints.quality_service import QualityServicer
from coderai.services.extractor.entrypoints.review_service import ReviewServicer
from coderai.services.extractor.entrypoints.watch import Watch
from coderai.services.extractor.settings import ExtractorSettings
from coderai.services.extractor.usecases.accepting import Accepting
from coderai.services.extractor.usecases.applying import Codebooks
from coderai.services.extractor.usecases.estimates import Estimates
from coderai.services.extractor.usecases.feedback import Reviews
from coderai.services.extractor.usecases.gold import Gold
from coderai.services.extractor.usecases.jobs import Admission, Jobs
from coderai.services.extractor.usecases.preview import Preview
from coderai.services.extractor.usecases.provenance import Retelling
from coderai.services.extractor.usecases.quality import Measuring
from coderai.services.extractor.usecases.recording import TaskRecords
from coderai.services.extractor.usecases.renewals import Renewals
from coderai.services.extractor.usecases.reviewing import Sampling
from coderai.services.extractor.usecases.spending import Spending
from coderai.services.extractor.usecases.tasks import Tasks
from coderai.services.extractor.usecases.trials import Trials
from coderai.services.extractor.usecases.units import Units

SERVICE = "extractor"
APPLY_EVERY = timedelta(minutes=1)
"""Between two looks for codebooks whose change was not heard of."""
_FILES = (
    extractor_service_pb2,
    dataset_service_pb2,
    review_service_pb2,
    quality_service_pb2,
    provenance_service_pb2,
)
_OWN = [service.full_name for file in _FILES for service in file.DESCRIPTOR.services_by_name.values()]
_NAMES = [*_OWN, AUDIT_SERVICE]

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


async def serve() -> None:
    """Serves gRPC, hears events and queues lost tasks again, until stopped."""
    settings = ExtractorSettings.from_env(SERVICE)
    async with running(SERVICE, settings) as process:
        models = settings.model_list()
        open_store = _open_store(process, models)
        projects = ProjectsPeer(PeerChannel("projects", settings.projects_address, process.key))
        documents = _documents(settings, process)
        prices, contexts = read_prices(models), models.context_tokens
        jobs = Jobs(
            open_store=open_store,
            projects=projects,
            documents=documents,
            prices=prices,
            admission=Admission(
                settings.most_jobs, settings.most_documents_waiting, partial(documents_waiting, process.db)
            ),
            window=settings.window,
            new_id=new_id,
            now=_now,
            models=models,
            caps=settings.caps,
        )
        codebooks = Codebooks(open_store, projects, _now)
        missed = partial(consumer.apply_missed_changes, codebooks, process.db)
        spending = Spending(open_store, projects, prices, _now, settings.caps)
        estimates = Estimates(
            open_store=open_store,
            projects=projects,
            documents=documents,
            prices=prices,
            counter_for=token_counter,
            context_of=contexts,
            thinking_of=thinking_tokens,
            now=_now,
            at_once=settings.concurrency,
        )
        watch = Watch(process.bus, partial(process.db.session, kind=Session))
        preview = Preview(projects, documents, token_counter, contexts)
        reviews = Reviews(open_store, projects, documents, new_id, _now)
        ledger = Units(open_store, projects, documents, new_id, _now)
        accepting = Accepting(open_store, projects, new_id, _now)
        sampling = Sampling(partial(process.db.session, kind=SampleStore), projects, new_id)
        review = ReviewServicer(
            open_store=open_store, projects=projects, reviews=reviews, accepting=accepting, sampling=sampling
        )
        trials, renewals = Trials(jobs, estimates), Renewals(jobs, estimates)
        measuring = Measuring(partial(process.db.session, kind=QualityStore), projects)
        servicer = ExtractorServicer(open_store, projects, jobs, estimates, preview, watch, spending, trials, measuring)
        dataset = DatasetServicer(open_store=open_store, projects=projects, renewals=renewals, ledger=ledger)

        gold = Gold(partial(process.db.session, kind=GoldStore), projects, documents)
        quality = QualityServicer(partial(process.db.session, kind=Session), gold, measuring)
        retelling = Retelling(documents, token_counter, contexts)
        provenance = ProvenanceServicer(open_store, projects, retelling)

        def register(server: Server) -> None:
            extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server(servicer, server)
            dataset_service_pb2_grpc.add_DatasetServiceServicer_to_server(dataset, server)
            review_service_pb2_grpc.add_ReviewServiceServicer_to_server(review, server)
            quality_service_pb2_grpc.add_QualityServiceServicer_to_server(quality, server)
            provenance_service_pb2_grpc.add_ProvenanceServiceServicer_to_server(provenance, server)
            add_audit(server, process.db)

        async with serving(SERVICE, settings.listen, process.key, register, _NAMES, settings.grpc_reflection):
            await until_stopped(
                partial(process.bus.consume, consumer.project_deleted(open_store)),
                partial(process.bus.consume, consumer.documents_deleted(open_store)),
                partial(process.bus.consume, consumer.documents_reread(open_store, _now)),
                partial(process.bus.consume, consumer.codebook_changed(codebooks)),
                partial(sweep_forever, missed, APPLY_EVERY, "codebooks"),
                worker.lost_tasks(process.db, open_store).sweep_forever,
                partial(sweep_forever, partial(metrics.measure_jobs, process.db), MEASURE_EVERY, "jobs"),
            )


async def work() -> None:
    """Codes documents off the queue until stopped; replicas share nothing but Postgres and NATS."""
    settings = ExtractorSettings.from_env(SERVICE)
    allowed = settings.model_list()
    async with running(SERVICE, settings, works=True) as process, _models(settings, allowed, process) as models:
        open_store = _open_store(process, allowed)
        records = TaskRecords(open_store, read_prices(allowed), settings.window, _now, settings.caps)
        documents = _documents(settings, process)
        tasks = Tasks(records, documents, Engines(models).open, token_counter, allowed.context_tokens)
        await models.warm_up()
        await until_stopped(partial(process.bus.consume, worker.extract_document(tasks, settings.concurrency)))


@asynccontextmanager
async def _models(settings: ExtractorSettings, allowed: ModelList, process: Process) -> AsyncIterator[ChatModels]:
    models = ChatModels(settings, allowed, SharedRateLimit(process.db, allowed))
    try:
        yield models
    finally:
        await models.close()


def _open_store(process: Process, models: ModelList) -> OpenStore:
    metrics.expect(models)
    return partial(process.db.session, kind=partial(ExtractorStore, models=models))


def _documents(settings: ExtractorSettings, process: Process) -> IngestPeer:
    return IngestPeer(PeerChannel("ingest", settings.ingest_address, process.key))


def _now() -> datetime:
    return datetime.now(UTC)
