"""Writes a project's dataset into files, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from coderai.client.api import CoderAI
from coderai.client.exporting import Exporting, ExportOrder
from coderai.client.models import ExportSettings, Job
from coderai.client.report import show_comparison, show_dataset
from coderai.client.screen import Screen
from coderai.client.wanted import Wanted

_NAME = "dataset"
"""What the files are called before their endings, so that each run puts them in place of those before."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The part of a run that is about its files."""

    api: CoderAI
    screen: Screen

    def dataset(self, project_id: str, wanted: Wanted, job: Job | None, variables: Sequence[str]) -> None:
        """Exports the dataset, shows it, and compares it with the truth, if that is known.

        `job` is the one that was just run, of which checks are told; `variables` are the only ones to compare.

        Raises:
            ExportFailed: a file could not be written.
        """
        self._export(project_id, wanted)
        tasks = self.api.tasks(job.id, status="DONE") if job is not None else ()
        receipts = [task.receipt for task in tasks if task.receipt]
        show_dataset(self.api, project_id, receipts, self.screen)
        if wanted.truth:
            show_comparison(self.api, project_id, wanted.truth, variables, self.screen)

    def _export(self, project_id: str, wanted: Wanted) -> None:
        settings = cast(ExportSettings, {**wanted.columns, "name": _NAME})
        order = ExportOrder(wanted.formats, settings)
        Exporting(self.api, self.screen, wanted.out, wanted.how_to_go_on).make(project_id, order)
