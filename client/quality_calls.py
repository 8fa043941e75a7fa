"""The part of the API that tells how good the dataset is, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coderai.client.calls import Calls
from coderai.client.models import Gold, GoldCell, GoldImport, GoldScores, Quality
from coderai.messages.requests import GoldSplit


class QualityCalls(Calls):
    """Estimates from drawn samples, and comparisons with known answers."""

    def quality(self, project_id: str, *, variables: Sequence[str] = ()) -> Quality:
        """Per variable, estimates with intervals of 95 %, from what was judged in drawn samples alone."""
        return Quality.model_validate(self._session.get(f"projects/{project_id}/quality", variables=list(variables)))

    def import_gold(self, project_id: str, csv: str, *, split: GoldSplit | None = None) -> GoldImport:
        """Takes known answers from the text of a CSV, as QualityService.ImportGold describes it.

        `split`: the part that documents without one go to; drawn by halves when None.
        """
        body = {"csv": csv} | ({"split": split} if split else {})
        return GoldImport.model_validate(self._session.post(f"projects/{project_id}/gold", body))

    def gold_from_review(self, project_id: str, *, split: GoldSplit | None = None) -> GoldImport:
        """Takes the cells on which people agree, or that were adjudicated."""
        body = {"from_review": True} | ({"split": split} if split else {})
        return GoldImport.model_validate(self._session.post(f"projects/{project_id}/gold", body))

    def gold(self, project_id: str, *, split: GoldSplit | None = None, variable: str = "") -> Iterator[GoldCell]:
        """Known answers."""
        return self._items(GoldCell, f"projects/{project_id}/gold", split=split, variable=variable)

    def gold_counts(self, project_id: str) -> Gold:
        """How many documents are for which use, and how often TEST was looked at."""
        return Gold.model_validate(self._session.get(f"projects/{project_id}/gold", page_size=1))

    def score_against_gold(self, project_id: str, split: GoldSplit, *, job_id: str = "") -> GoldScores:
        """Holds the model's values of the dataset, or of one job, against the gold of one part.

        Each look at TEST is counted.
        """
        body = {"split": split} | ({"job_id": job_id} if job_id else {})
        return GoldScores.model_validate(self._session.post(f"projects/{project_id}/gold/score", body))
