"""The RPCs of ReviewService."""

from __future__ import annotations

from typing import Any

from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.extractor.v1 import review_service_pb2_grpc


class ReviewServicer(review_service_pb2_grpc.ReviewServiceServicer):
    """coderai.extractor.v1.ReviewService."""

    async def GiveFeedback(self, request: pb.GiveFeedbackRequest, context: Any) -> pb.GiveFeedbackResponse:
        raise NotImplementedError

    async def GiveFeedbackBatch(
        self, request: pb.GiveFeedbackBatchRequest, context: Any
    ) -> pb.GiveFeedbackBatchResponse:
        raise NotImplementedError

    async def ListCellFeedback(self, request: pb.ListCellFeedbackRequest, context: Any) -> pb.ListCellFeedbackResponse:
        raise NotImplementedError

    async def ListFeedback(self, request: pb.ListFeedbackRequest, context: Any) -> pb.ListFeedbackResponse:
        raise NotImplementedError

    async def UndoFeedback(self, request: pb.UndoFeedbackRequest, context: Any) -> pb.UndoFeedbackResponse:
        raise NotImplementedError

    async def GetReviewQueue(self, request: pb.GetReviewQueueRequest, context: Any) -> pb.GetReviewQueueResponse:
        raise NotImplementedError

    async def DrawReviewSample(self, request: pb.DrawReviewSampleRequest, context: Any) -> pb.DrawReviewSampleResponse:
        raise NotImplementedError

    async def ListReviewSamples(
        self, request: pb.ListReviewSamplesRequest, context: Any
    ) -> pb.ListReviewSamplesResponse:
        raise NotImplementedError
