"""Builds the co-pilot's concrete things and wires them; the only place that does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from coderai.copilot.v1 import copilot_service_pb2, copilot_service_pb2_grpc
from coderai.kit import telemetry, tracing
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.identity import TokenKey
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.models import ModelList
from coderai.kit.process import until_stopped
from coderai.services.copilot.adapters.engines import Engines
from coderai.services.copilot.adapters.peers import IngestPeer, ProjectsPeer
from coderai.services.copilot.entrypoints.grpc_service import CopilotServicer
from coderai.services.copilot.settings import CopilotSettings
from coderai.services.copilot.usecases.check_model import CheckModel
from coderai.services.copilot.usecases.suggest_variables import SuggestVariables

SERVICE = "copilot"
_NAME = copilot_service_pb2.DESCRIPTOR.services_by_name["CopilotService"].full_name


async def serve() -> None:
    """Serves gRPC until stopped."""
    settings = CopilotSettings.from_env(SERVICE)
    telemetry.configure(SERVICE, settings.log_level, settings.log_format, settings.metrics_listen)
    key = TokenKey(settings.internal_token_key)
    llm = LLMSettings.from_env(SERVICE)
    allowed = llm.model_list()
    async with (
        tracing.sending(SERVICE),
        _models(llm, allowed) as models,
        PeerChannel("projects", settings.projects_address, key) as projects,
        PeerChannel("ingest", settings.ingest_address, key) as ingest,
        PeerChannel("extractor", settings.extractor_address, key) as extractor,
    ):
        engines = Engines(models, extractor)
        suggest = SuggestVariables(ProjectsPeer(projects), IngestPeer(ingest), engines)
        check = CheckModel(ProjectsPeer(projects), engines, time.monotonic)
        servicer = CopilotServicer(suggest, check, allowed)
        register = partial(copilot_service_pb2_grpc.add_CopilotServiceServicer_to_server, servicer)
        async with serving(SERVICE, settings.listen, key, register, [_NAME], settings.grpc_reflection):
            await until_stopped()


@asynccontextmanager
async def _models(settings: LLMSettings, allowed: ModelList) -> AsyncIterator[ChatModels]:
    models = ChatModels(settings, allowed)
    try:
        yield models
    finally:
        await models.close()
