"""Writes a project's dataset into files, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coderai.client.api import CoderAI
from coderai.client.models import Job
from coderai.client.report import show_comparison, show_dataset
from coderai.client.screen import Screen, counted
from coderai.client.wanted import Wanted


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
        started = [self.api.create_export(project_id, format_, **wanted.columns) for format_ in wanted.formats]
        for format_, export in zip(wanted.formats, started, strict=True):
            export = self.api.wait_for_export(export.id)
            path = wanted.out / f"dataset.{format_.lower()}"
            self.api.download_export(export.id, path)
            self.screen.done(f"wrote {path} ({counted(export.row_count, 'row')})")
            if export.codebook_file_name:
                codebook = wanted.out / f"dataset.codebook{Path(export.codebook_file_name).suffix}"
                self.api.download_export(export.id, codebook, codebook=True)
                self.screen.done(f"wrote {codebook}")
