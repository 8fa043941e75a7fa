"""The part of the API that is about feedback, the two queues and drawn samples; methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from coderai.client.calls import Calls
from coderai.client.models import Feedback, FeedbackBatch, ReviewItem, ReviewPage, ReviewSample
from coderai.client.session import only_if
from coderai.messages.requests import CellFeedback, MissingReason, ReviewQueue, SampleDesign, Verdict


class ReviewCalls(Calls):
    """What people say of the dataset's cells, and the two queues in which they look at them."""

    def give_feedback(
        self,
        extraction_id: str,
        verdict: Verdict,
        *,
        corrected_value: Any = None,
        missing_reason: MissingReason | None = None,
        quote: str = "",
        note: str = "",
        is_final: bool = False,
        sample_id: str = "",
        if_match: str | None = None,
    ) -> Feedback:
        """Says whether what the model said is right, and what is right where it is not.

        `missing_reason`: why the right answer is that there is no value. `quote`: the words of the document that state
        the right value. `is_final`: decides between people who differ. `sample_id`: the drawn sample that showed the
        cell; only such feedback measures. `if_match`: the `etag` of the extraction or the cell; said only while nothing
        newer stands there, else ApiError says 412, cell_changed.
        """
        given = {
            "corrected_value": corrected_value,
            "missing_reason": missing_reason,
            "quote": quote or None,
            "note": note or None,
            "is_final": is_final or None,
            "sample_id": sample_id or None,
        }
        body = {"verdict": verdict} | {name: value for name, value in given.items() if value is not None}
        path, headers = f"extractions/{extraction_id}/feedback", only_if(if_match)
        return Feedback.model_validate(self._session.request("POST", path, json=body, headers=headers).json())

    def give_feedback_batch(self, project_id: str, items: Sequence[CellFeedback]) -> FeedbackBatch:
        """The same for up to 1,000 cells; the outcomes are in their order, and one that is refused stops no other."""
        body = {"items": [item.request() for item in items]}
        return FeedbackBatch.model_validate(self._session.post(f"projects/{project_id}/feedback", body))

    def accept_all(
        self, project_id: str, variables: Sequence[str], *, filter: Sequence[str] = (), note: str = ""
    ) -> int:
        """Accepts every cell of these variables, in rows under the filter, that has an answer and no feedback yet.

        Returns how many.
        """
        accept = {"variables": list(variables), "filter": list(filter), "note": note}
        answer = self._session.post(f"projects/{project_id}/feedback", {"accept": accept})
        return FeedbackBatch.model_validate(answer).kept

    def cell_feedback(self, extraction_id: str) -> Iterator[Feedback]:
        """What people have said of the cell of an extraction, newest first."""
        return self._items(Feedback, f"extractions/{extraction_id}/feedback")

    def feedback(
        self,
        project_id: str,
        *,
        variable: str = "",
        document_id: str = "",
        author: str = "",
        verdict: Verdict | None = None,
        split: str = "",
        standing: bool = False,
    ) -> Iterator[Feedback]:
        """What people have said of the project's cells, newest first.

        `author`: the id of a user; `split`: DEV or TEST; `standing`: only what is not taken back and not replaced.
        """
        return self._items(
            Feedback,
            f"projects/{project_id}/feedback",
            variable=variable,
            document_id=document_id,
            author=author,
            verdict=verdict,
            split=split,
            standing=standing or None,
        )

    def undo_feedback(self, feedback_id: str, *, if_match: str | None = None) -> Feedback:
        """Takes feedback back; what its author said of the cell before stands again.

        `if_match`: as in give_feedback.
        """
        answer = self._session.request("DELETE", f"feedback/{feedback_id}", headers=only_if(if_match))
        return Feedback.model_validate(answer.json())

    def review_queue(
        self,
        project_id: str,
        queue: ReviewQueue,
        *,
        sample_id: str = "",
        variable: str = "",
        disputed: bool = False,
        judged: bool = False,
    ) -> Iterator[ReviewItem]:
        """The next cells to look at: REPAIR, the least certain first, or MEASURE, those of a drawn sample.

        `sample_id`, `judged` (also cells that the caller has judged): for MEASURE. `variable`, `disputed` (also judged
        cells on which people differ): for REPAIR.
        """
        filters = _queue(queue, sample_id, variable, disputed, judged)
        return self._items(ReviewItem, f"projects/{project_id}/review", **filters)

    def review_page(
        self, project_id: str, queue: ReviewQueue, *, sample_id: str = "", variable: str = "", size: int = 50
    ) -> ReviewPage:
        """The first of them, with how many cells are left."""
        filters = _queue(queue, sample_id, variable, disputed=False, judged=False)
        return ReviewPage.model_validate(self._session.get(f"projects/{project_id}/review", page_size=size, **filters))

    def draw_review_sample(
        self,
        project_id: str,
        size: int,
        *,
        design: SampleDesign | None = None,
        variables: Sequence[str] = (),
        blind: bool = False,
        seed: int | None = None,
    ) -> ReviewSample:
        """Draws cells at random to measure by; each keeps the probability with which it was drawn.

        `blind`: reviewers do not see what the model said until they have judged. `seed`: draws again what it drew
        before from the same dataset.
        """
        given = {"design": design, "variables": list(variables) or None, "blind": blind or None, "seed": seed}
        body = {"size": size} | {name: value for name, value in given.items() if value is not None}
        return ReviewSample.model_validate(self._session.post(f"projects/{project_id}/review-samples", body))

    def review_samples(self, project_id: str) -> Iterator[ReviewSample]:
        """The drawn samples, newest first, with how far they are judged."""
        return self._items(ReviewSample, f"projects/{project_id}/review-samples")


def _queue(queue: ReviewQueue, sample_id: str, variable: str, disputed: bool, judged: bool) -> dict[str, Any]:
    return {
        "queue": queue,
        "sample_id": sample_id,
        "variable": variable,
        "disputed": disputed or None,
        "judged": judged or None,
    }
