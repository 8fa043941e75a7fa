"""The extractor, as refinements see it: what people say of cells, what the model says of them now, and trials."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from coderai.codebook.definition import definition
from coderai.codebook.plain import write
from coderai.codebook.variable import Variable
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1.extractor_service_pb2_grpc import ExtractorServiceStub
from coderai.extractor.v1.quality_service_pb2 import (
    GOLD_SPLIT_DEV,
    CompareTrialRequest,
    CompareTrialResponse,
    ListGoldRequest,
)
from coderai.extractor.v1.quality_service_pb2_grpc import QualityServiceStub
from coderai.extractor.v1.review_service_pb2 import ListFeedbackRequest
from coderai.extractor.v1.review_service_pb2_grpc import ReviewServiceStub
from coderai.kit.errors import NotFound
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.paging import MOST
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.copilot.domain.refining.feedback import Answer, Feedback, Now, Place

log = structlog.get_logger()

DEV = "DEV"


class ReviewsPeer:
    """usecases.ports.Reviews."""

    def __init__(self, channel: PeerChannel) -> None:
        self._reviews: Any = ReviewServiceStub(channel)
        self._extractor: Any = ExtractorServiceStub(channel)
        self._quality: Any = QualityServiceStub(channel)

    async def feedback(self, project_id: UUID, variable: str) -> AsyncIterator[Feedback]:
        request = ListFeedbackRequest(
            project_id=str(project_id), variable=variable, split=DEV, standing=True, page_size=MOST
        )
        while True:
            page = await self._reviews.ListFeedback(request)
            for one in page.items:
                if one.split == DEV:  # what TEST documents say is for measuring alone, whatever is sent
                    yield _feedback(to_plain(one))
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def gold(self, project_id: UUID, variable: str) -> AsyncIterator[str]:
        request = ListGoldRequest(project_id=str(project_id), variable=variable, split=GOLD_SPLIT_DEV, page_size=MOST)
        while True:
            page = await self._quality.ListGold(request)
            for one in page.items:
                if one.split == GOLD_SPLIT_DEV:
                    yield one.document_id
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def now(self, project_id: UUID, variable: str, document_id: str) -> Mapping[str, Now]:
        request = extractor.ListExtractionsRequest(
            project_id=str(project_id), variable=variable, document_id=document_id, page_size=MOST
        )
        found: dict[str, Now] = {}
        while True:
            page = await self._extractor.ListExtractions(request)
            found |= {one.unit_id: _now(to_plain(one)) for one in page.items}
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token


class TrialsPeer:
    """usecases.ports.Trials."""

    def __init__(self, channel: PeerChannel) -> None:
        self._extractor: Any = ExtractorServiceStub(channel)
        self._quality: Any = QualityServiceStub(channel)

    async def estimate(self, variable: Variable, document_ids: Sequence[str]) -> extractor.EstimateJobResponse:
        request = extractor.EstimateTrialRequest(
            project_id=variable.project_id, variable=_message(variable), document_ids=document_ids
        )
        reply: extractor.EstimateTrialResponse = await self._extractor.EstimateTrial(request)
        return reply.estimate

    async def start(self, variable: Variable, document_ids: Sequence[str]) -> extractor.Job:
        request = extractor.StartTrialRequest(
            project_id=variable.project_id, variable=_message(variable), document_ids=document_ids
        )
        reply: extractor.StartTrialResponse = await self._extractor.StartTrial(request)
        return reply.job

    async def compared(self, job_id: str) -> CompareTrialResponse | None:
        try:
            found: CompareTrialResponse = await self._quality.CompareTrial(CompareTrialRequest(job_id=job_id))
        except NotFound as error:
            log.warning("trial_not_compared", job_id=job_id, error=error)
            return None
        return found


def _feedback(plain: Mapping[str, Any]) -> Feedback:
    correction = Answer(plain.get("corrected_value"), plain["missing_reason"]) if plain["has_correction"] else None
    return Feedback(
        id=plain["id"],
        document_id=plain["document_id"],
        document_name=plain["document_name"],
        unit_id=plain["unit_id"],
        verdict=plain["verdict"],
        judged=Answer(plain.get("model_value"), plain["model_missing_reason"]),
        correction=correction,
        place=_place(plain.get("evidence")),
        note=plain["note"],
        entity_text=plain["entity_text"],
        is_final=plain["is_final"],
    )


def _now(plain: Mapping[str, Any]) -> Now:
    """What the model says, also where the cell shows a person's value."""
    is_persons = bool(plain["corrected_by"])
    answer = Answer(plain.get("model_value" if is_persons else "value"), "" if is_persons else plain["missing_reason"])
    return Now(answer, _place(plain.get("evidence")))


def _place(evidence: Mapping[str, Any] | None) -> Place:
    if not evidence:
        return Place()
    return Place(evidence["quote"], evidence.get("start", 0), evidence.get("end", 0))


def _message(variable: Variable) -> codebook_pb2.Variable:
    plain = {
        **definition(variable),
        "id": variable.id,
        "project_id": variable.project_id,
        "position": variable.position,
        "active_prompt": write(variable.active_prompt),
    }
    return from_plain(codebook_pb2.Variable, plain)
