"""The RPCs of ReviewService."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.extractor.v1 import review_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.errors import CoderAIError, InvalidInput
from coderai.kit.ids import parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import enum_names, from_value
from coderai.measuring.design import SampleDesign
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.domain.quality.splits import Split
from coderai.services.extractor.queries import feedback as reads
from coderai.services.extractor.queries import review_queue, samples
from coderai.services.extractor.usecases.accepting import Accepting
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.feedback import Reviews
from coderai.services.extractor.usecases.feedback_ports import Outcome, Said
from coderai.services.extractor.usecases.ports import Projects
from coderai.services.extractor.usecases.reviewing import Sampling, Wanted, variables_named

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]
_VERDICTS = enum_names(extractor.Verdict.DESCRIPTOR)
_DESIGNS = enum_names(pb.SampleDesign.DESCRIPTOR)
_REASONS = enum_names(extractor.MissingReason.DESCRIPTOR)


class ReviewServicer(review_service_pb2_grpc.ReviewServiceServicer):
    """coderai.extractor.v1.ReviewService."""

    def __init__(
        self, *, open_store: OpenStore, projects: Projects, reviews: Reviews, accepting: Accepting, sampling: Sampling
    ) -> None:
        self._open_store = open_store
        self._projects = projects
        self._reviews = reviews
        self._accepting = accepting
        self._sampling = sampling

    def _store(self) -> AbstractAsyncContextManager[ExtractorStore]:
        return self._open_store(identity.current().workspace_id)

    async def _feedback(self, project_id: UUID, ids: Sequence[UUID]) -> dict[UUID | None, pb.Feedback]:
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await reads.of_ids(store, codebook, ids)

    async def _one(self, feedback_id: UUID) -> pb.Feedback:
        async with self._store() as store:
            project_id = (await store.feedback_place(feedback_id)).project_id
        return (await self._feedback(project_id, [feedback_id]))[feedback_id]

    async def GiveFeedback(self, request: pb.GiveFeedbackRequest, context: Any) -> pb.GiveFeedbackResponse:
        kept = await self._reviews.give(identity.current(), _said(request))
        assert kept.feedback_id is not None
        return pb.GiveFeedbackResponse(feedback=await self._one(kept.feedback_id), etag=kept.etag)

    async def GiveFeedbackBatch(
        self, request: pb.GiveFeedbackBatchRequest, context: Any
    ) -> pb.GiveFeedbackBatchResponse:
        project_id = parse_id(request.project_id, "project")
        if request.HasField("accept") == bool(request.items):
            message = "must come without accept, and accept without items"
            raise InvalidInput("send either items or accept", fields={"items": message})
        if request.HasField("accept"):
            accept = request.accept
            kept = await self._accepting.accept(
                identity.current(), project_id, list(accept.filter), list(accept.variables), accept.note
            )
            return pb.GiveFeedbackBatchResponse(kept=kept)
        return await self._batch(project_id, request.items)

    async def _batch(self, project_id: UUID, items: Sequence[pb.CellFeedback]) -> pb.GiveFeedbackBatchResponse:
        read = [_read(item) for item in items]
        whole = [one for one in read if isinstance(one, Said)]
        given = iter(await self._reviews.give_many(identity.current(), project_id, whole))
        outcomes = [next(given) if isinstance(one, Said) else Outcome(error=one) for one in read]
        kept = await self._feedback(project_id, [one.feedback_id for one in outcomes if one.feedback_id])
        shown = [
            pb.FeedbackOutcome(error=one.error.message, code=one.error.code)
            if one.error
            else pb.FeedbackOutcome(feedback=kept[one.feedback_id], etag=one.etag)
            for one in outcomes
        ]
        refused = sum(bool(one.error) for one in shown)
        return pb.GiveFeedbackBatchResponse(items=shown, kept=len(shown) - refused, refused=refused)

    async def ListCellFeedback(self, request: pb.ListCellFeedbackRequest, context: Any) -> pb.ListCellFeedbackResponse:
        page = read_page(request.page_size, request.page_token)
        async with self._store() as store:
            place = await reads.cell_of(store, parse_id(request.extraction_id, "extraction"))
        codebook = await codebook_now(self._projects, place.project_id)
        async with self._store() as store:
            return await reads.of_cell(store, codebook, place, page)

    async def ListFeedback(self, request: pb.ListFeedbackRequest, context: Any) -> pb.ListFeedbackResponse:
        project_id = parse_id(request.project_id, "project")
        page = read_page(request.page_size, request.page_token)
        codebook = await codebook_now(self._projects, project_id)
        wanted = _wanted(request, codebook)
        async with self._store() as store:
            return await reads.of_project(store, codebook, project_id, wanted, request.standing, page)

    async def UndoFeedback(self, request: pb.UndoFeedbackRequest, context: Any) -> pb.UndoFeedbackResponse:
        feedback_id = parse_id(request.feedback_id, "feedback")
        etag = await self._reviews.undo(identity.current(), feedback_id, request.expected_etags)
        return pb.UndoFeedbackResponse(feedback=await self._one(feedback_id), etag=etag)

    async def GetReviewQueue(self, request: pb.GetReviewQueueRequest, context: Any) -> pb.GetReviewQueueResponse:
        project_id = parse_id(request.project_id, "project")
        page = read_page(request.page_size, request.page_token)
        codebook = await codebook_now(self._projects, project_id)
        names = variables_named(codebook, [request.variable] if request.variable else [])
        async with self._store() as store:
            if request.queue == pb.REVIEW_QUEUE_MEASURE:
                sample_id = parse_id(request.sample_id, "sample") if request.sample_id else None
                caller = identity.current().user_id
                asked = (project_id, codebook, sample_id, caller, page)
                return await review_queue.measure_queue(store, *asked, judged=request.judged)
            return await review_queue.repair_queue(store, project_id, list(names), page, disputed=request.disputed)

    async def DrawReviewSample(self, request: pb.DrawReviewSampleRequest, context: Any) -> pb.DrawReviewSampleResponse:
        wanted = _sample(request)
        sample_id = await self._sampling.draw(identity.current(), wanted)
        codebook = await codebook_now(self._projects, wanted.project_id)
        async with self._store() as store:
            return pb.DrawReviewSampleResponse(sample=await samples.get_sample(store, sample_id, codebook))

    async def ListReviewSamples(
        self, request: pb.ListReviewSamplesRequest, context: Any
    ) -> pb.ListReviewSamplesResponse:
        project_id = parse_id(request.project_id, "project")
        page = read_page(request.page_size, request.page_token)
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await samples.list_samples(store, project_id, codebook, page)


def _sample(request: pb.DrawReviewSampleRequest) -> Wanted:
    design = _DESIGNS.get(request.design)
    return Wanted(
        project_id=parse_id(request.project_id, "project"),
        size=request.size if request.HasField("size") else None,
        design=SampleDesign(design) if design else SampleDesign.STRATIFIED,
        variables=tuple(request.variables),
        blind=request.blind,
        seed=request.seed if request.HasField("seed") else None,
    )


def _read(item: pb.CellFeedback) -> Said | CoderAIError:
    """An item of a batch, or why it is refused: one that cannot be read refuses no other."""
    try:
        return _said(item)
    except CoderAIError as error:
        return error


def _said(request: pb.GiveFeedbackRequest | pb.CellFeedback) -> Said:
    verdict = _VERDICTS.get(request.verdict)
    said = Said(
        verdict=Verdict(verdict) if verdict else None,
        value=from_value(request.corrected_value) if request.HasField("corrected_value") else None,
        missing_reason=_REASONS.get(request.missing_reason, ""),
        quote=request.quote,
        note=request.note,
        is_final=request.is_final,
        sample_id=parse_id(request.sample_id, "sample") if request.sample_id else None,
        expected=tuple(request.expected_etags),
    )
    if isinstance(request, pb.CellFeedback) and not request.extraction_id:
        return replace(said, unit_id=parse_id(request.unit_id, "unit"), variable=request.variable)
    return replace(said, extraction_id=parse_id(request.extraction_id, "extraction"))


def _wanted(request: pb.ListFeedbackRequest, codebook: Codebook) -> dict[str, Any]:
    """What a list asks for, by column. Raises InvalidInput."""
    wanted: dict[str, Any] = {}
    if request.variable:
        named = next((v for v in codebook.variables if v.name == request.variable), None)
        if named is None:
            problem = f"{request.variable!r} is no variable of the project"
            raise InvalidInput(problem, fields={"variable": problem})
        wanted["variable_id"] = UUID(named.id)
    if request.document_id:
        wanted["document_id"] = parse_id(request.document_id, "document")
    if request.author:
        wanted["author"] = parse_id(request.author, "user")
    if request.verdict:
        wanted["verdict"] = _VERDICTS[request.verdict]
    if request.split:
        if request.split not in list(Split):
            allowed = f"must be one of {', '.join(Split)}"
            raise InvalidInput(f"split {allowed}", fields={"split": allowed})
        wanted["split"] = request.split
    return wanted
