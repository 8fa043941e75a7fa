"""The RPCs of QualityService."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from coderai.extractor.v1 import quality_service_pb2 as pb
from coderai.extractor.v1 import quality_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.db import Session
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import enum_names, from_plain
from coderai.measuring.comparing import is_missing
from coderai.services.extractor.domain.quality.splits import Split
from coderai.services.extractor.domain.quality.trials import TrialOutcome, Tried
from coderai.services.extractor.queries.gold import list_gold
from coderai.services.extractor.queries.quality import quality_message
from coderai.services.extractor.usecases.gold import Gold, GoldAmbiguous
from coderai.services.extractor.usecases.quality import Measuring

OpenSession = Callable[[UUID], AbstractAsyncContextManager[Session]]


class QualityServicer(quality_service_pb2_grpc.QualityServiceServicer):
    """coderai.extractor.v1.QualityService."""

    def __init__(self, open_store: OpenSession, gold: Gold, measuring: Measuring) -> None:
        self._open_store = open_store
        self._gold = gold
        self._measuring = measuring

    async def GetQuality(self, request: pb.GetQualityRequest, context: Any) -> pb.GetQualityResponse:
        project_id = parse_id(request.project_id, "project")
        found, notes = await self._measuring.quality(identity.current(), project_id, request.variables)
        return pb.GetQualityResponse(items=[quality_message(one) for one in found], notes=notes)

    async def ImportGold(self, request: pb.ImportGoldRequest, context: Any) -> pb.ImportGoldResponse:
        project_id = parse_id(request.project_id, "project")
        if bool(request.csv) == request.from_review:
            raise GoldAmbiguous()
        who, split = identity.current(), _split(request.split)
        if request.from_review:
            taken = await self._gold.take_from_review(who, project_id, split)
        else:
            taken = await self._gold.take_csv(who, project_id, request.csv, split)
        return from_plain(pb.ImportGoldResponse, asdict(taken))

    async def ListGold(self, request: pb.ListGoldRequest, context: Any) -> pb.ListGoldResponse:
        project_id = parse_id(request.project_id, "project")
        names = await self._gold.names(project_id)
        page = read_page(request.page_size, request.page_token)
        async with self._open_store(identity.current().workspace_id) as store:
            return await list_gold(store, project_id, _split(request.split), request.variable, names, page)

    async def ScoreAgainstGold(self, request: pb.ScoreAgainstGoldRequest, context: Any) -> pb.ScoreAgainstGoldResponse:
        split = _split(request.split)
        if split is None:
            raise InvalidInput("split must be DEV or TEST", fields={"split": "must be DEV or TEST"})
        job_id = parse_id(request.job_id, "job") if request.job_id else None
        project_id = parse_id(request.project_id, "project")
        scores = await self._gold.score(identity.current(), project_id, split, job_id)
        return from_plain(pb.ScoreAgainstGoldResponse, asdict(scores))

    async def CompareTrial(self, request: pb.CompareTrialRequest, context: Any) -> pb.CompareTrialResponse:
        job, compared = await self._gold.compare_trial(identity.current(), parse_id(request.job_id, "job"))
        counts = {outcome.lower(): compared.count(outcome) for outcome in TrialOutcome}
        told = {"status": job.status, "p_value": compared.p_value, "more_cells": compared.more_cells, **counts}
        return from_plain(pb.CompareTrialResponse, told | {"cells": [_trial_cell(*cell) for cell in compared.cells]})


def _split(number: int) -> Split | None:
    name = enum_names(pb.GoldSplit.DESCRIPTOR).get(number)
    return Split(name) if name else None


def _trial_cell(outcome: TrialOutcome, one: Tried) -> dict[str, Any]:
    right: Any = one.right[0] if len(one.right) == 1 else list(one.right) or None
    return {
        "document_id": one.document_id,
        "document_name": one.document_name,
        "unit_id": one.unit_id,
        "entity_text": one.entity_text,
        "outcome": outcome,
        "right_value": right,
        "before": None if is_missing(one.before) else one.before.value,
        "after": None if is_missing(one.after) else one.after.value,
        "quote": one.quote,
    }
