"""Builds the co-pilot's concrete things and wires them; the only place that does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from grpc.aio import Server

from coderai.copilot.v1 import (
    conversation_service_pb2,
    conversation_service_pb2_grpc,
    copilot_service_pb2,
    copilot_service_pb2_grpc,
    proposal_service_pb2,
    proposal_service_pb2_grpc,
    setup_service_pb2,
    setup_service_pb2_grpc,
)
from coderai.kit import identity
from coderai.kit.audit_service import AUDIT_SERVICE, add_audit
from coderai.kit.bus import Bus
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.models import ModelList
from coderai.kit.process import running, until_stopped
from coderai.kit.tokens import estimate_tokens
from coderai.services.copilot.adapters.conversants import Conversants
from coderai.services.copilot.adapters.engines import Engines
from coderai.services.copilot.adapters.peers import IngestPeer, ProjectsPeer
from coderai.services.copilot.adapters.progress import ProgressPeer
from coderai.services.copilot.adapters.reviews import ReviewsPeer, TrialsPeer
from coderai.services.copilot.adapters.setup_peers import SetupPeers
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.copilot.entrypoints import consumer
from coderai.services.copilot.entrypoints.conversation_service import ConversationServicer
from coderai.services.copilot.entrypoints.grpc_service import CopilotServicer, OpenStore, Suggestions
from coderai.services.copilot.entrypoints.proposal_service import ProposalServicer
from coderai.services.copilot.entrypoints.setup_service import SetupServicer
from coderai.services.copilot.entrypoints.watch_message import WatchMessage
from coderai.services.copilot.settings import CopilotSettings
from coderai.services.copilot.usecases.check_model import CheckModel
from coderai.services.copilot.usecases.conversing.converse import Converse
from coderai.services.copilot.usecases.conversing.gather_talk import GatherTalk
from coderai.services.copilot.usecases.conversing.write_replies import WriteReplies
from coderai.services.copilot.usecases.create_refinement import CreateRefinement
from coderai.services.copilot.usecases.decide_proposal import DecideProposal
from coderai.services.copilot.usecases.decide_refinement import DecideRefinement
from coderai.services.copilot.usecases.proposing import Proposing
from coderai.services.copilot.usecases.review_schema import ReviewSchema
from coderai.services.copilot.usecases.sampling import Sampling
from coderai.services.copilot.usecases.setup.defaults import MakeDefault
from coderai.services.copilot.usecases.setup.walk import GuidedSetup
from coderai.services.copilot.usecases.suggest_categories import SuggestCategories
from coderai.services.copilot.usecases.suggest_instructions import SuggestInstructions
from coderai.services.copilot.usecases.suggest_unit import SuggestUnit
from coderai.services.copilot.usecases.suggest_variables import SuggestVariables
from coderai.services.copilot.usecases.suggesting import Suggesting

SERVICE = "copilot"
_FILES = (copilot_service_pb2, conversation_service_pb2, proposal_service_pb2, setup_service_pb2)
OpenActingStore = Callable[[], AbstractAsyncContextManager[CopilotStore]]
_OWN = [service.full_name for file in _FILES for service in file.DESCRIPTOR.services_by_name.values()]
_NAMES = [*_OWN, AUDIT_SERVICE]


async def serve() -> None:
    """Serves gRPC and hears events until stopped."""
    settings = CopilotSettings.from_env(SERVICE)
    llm = LLMSettings.from_env(SERVICE)
    allowed = llm.model_list()
    async with (
        running(SERVICE, settings) as process,
        _models(llm, allowed) as models,
        PeerChannel("projects", settings.projects_address, process.key) as projects,
        PeerChannel("ingest", settings.ingest_address, process.key) as ingest,
        PeerChannel("extractor", settings.extractor_address, process.key) as extractor,
    ):
        open_store = partial(process.db.session, kind=CopilotStore)
        servicer = build(open_store, projects, ingest, extractor, models, allowed)
        conversation, replies = build_conversation(open_store, process.bus, projects, ingest, extractor, models)
        proposals = build_proposals(open_store, projects)
        setup = build_setup(open_store, projects, ingest, extractor, models)

        def register(server: Server) -> None:
            copilot_service_pb2_grpc.add_CopilotServiceServicer_to_server(servicer, server)
            conversation_service_pb2_grpc.add_ConversationServiceServicer_to_server(conversation, server)
            proposal_service_pb2_grpc.add_ProposalServiceServicer_to_server(proposals, server)
            setup_service_pb2_grpc.add_SetupServiceServicer_to_server(setup, server)
            add_audit(server, process.db)

        async with serving(SERVICE, settings.listen, process.key, register, _NAMES, settings.grpc_reflection):
            await until_stopped(partial(process.bus.consume, consumer.project_deleted(open_store)), replies.run)


def build(
    open_store: OpenStore,
    projects: PeerChannel,
    ingest: PeerChannel,
    extractor: PeerChannel,
    models: ChatModels,
    allowed: ModelList,
) -> CopilotServicer:
    """The RPCs between their peers; `allowed`: the models that may be asked."""
    acting_store = _acting(open_store)
    engines = Engines(models, extractor)
    known, documents, trials = ProjectsPeer(projects), IngestPeer(ingest), TrialsPeer(extractor)
    return CopilotServicer(
        open_store,
        build_suggestions(acting_store, known, documents, engines),
        CheckModel(known, engines, time.monotonic),
        CreateRefinement(acting_store, known, ReviewsPeer(extractor), documents, engines),
        DecideRefinement(acting_store, known, trials, partial(datetime.now, UTC)),
        allowed,
    )


def build_suggestions(
    acting_store: OpenActingStore, known: ProjectsPeer, documents: IngestPeer, engines: Engines
) -> Suggestions:
    """The use cases that suggest."""
    suggesting = _suggesting(acting_store, known, documents, engines)
    return Suggestions(
        SuggestVariables(suggesting),
        SuggestUnit(suggesting),
        SuggestCategories(suggesting),
        SuggestInstructions(suggesting),
        ReviewSchema(suggesting),
    )


def build_proposals(open_store: OpenStore, projects: PeerChannel) -> ProposalServicer:
    """The RPCs of proposals."""
    known, now = ProjectsPeer(projects), partial(datetime.now, UTC)
    return ProposalServicer(open_store, DecideProposal(_acting(open_store), known, now))


def build_setup(
    open_store: OpenStore, projects: PeerChannel, ingest: PeerChannel, extractor: PeerChannel, models: ChatModels
) -> SetupServicer:
    """The RPCs of the guided setup."""
    acting_store, known, peers = _acting(open_store), ProjectsPeer(projects), SetupPeers(projects, ingest, extractor)
    suggesting = _suggesting(acting_store, known, IngestPeer(ingest), Engines(models, extractor))
    make_default = MakeDefault(
        peers, suggesting, SuggestUnit(suggesting), SuggestVariables(suggesting), ReviewSchema(suggesting)
    )
    decide = DecideProposal(acting_store, known, partial(datetime.now, UTC))
    return SetupServicer(open_store, GuidedSetup(acting_store, peers, make_default, decide))


def _suggesting(
    acting_store: OpenActingStore, known: ProjectsPeer, documents: IngestPeer, engines: Engines
) -> Suggesting:
    proposing = Proposing(acting_store, known, new_id)
    return Suggesting(known, Sampling(documents, estimate_tokens), engines, proposing)


def build_conversation(
    open_store: OpenStore,
    bus: Bus,
    projects: PeerChannel,
    ingest: PeerChannel,
    extractor: PeerChannel,
    models: ChatModels,
) -> tuple[ConversationServicer, WriteReplies]:
    """The RPCs of the conversation, and what writes its replies, which has to run beside them."""
    acting_store, known = _acting(open_store), ProjectsPeer(projects)
    sampling, progress = Sampling(IngestPeer(ingest), estimate_tokens), ProgressPeer(ingest, extractor)
    gather, proposing = GatherTalk(acting_store, known, sampling, progress), Proposing(acting_store, known, new_id)
    replies = WriteReplies(acting_store, gather, Conversants(models, extractor), proposing)
    converse = Converse(acting_store, known, replies, new_id)
    return ConversationServicer(open_store, converse, WatchMessage(bus, open_store)), replies


def _acting(open_store: OpenStore) -> OpenActingStore:
    """Opens transactions in the workspace of whoever acts."""
    return lambda: open_store(identity.current().workspace_id)


@asynccontextmanager
async def _models(settings: LLMSettings, allowed: ModelList) -> AsyncIterator[ChatModels]:
    models = ChatModels(settings, allowed)
    try:
        yield models
    finally:
        await models.close()
