"""The main job: documents and a project file in, a dataset out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from pathlib import Path

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, ClientError
from coderai.client.job_progress import Interrupted, JobStopped, cancel_quietly, follow, pause_quietly
from coderai.client.models import ExportColumns, Job, Project, VariableSuggestion
from coderai.client.project_spec import ProjectSpec
from coderai.client.report import show_comparison, show_dataset, show_sample
from coderai.client.screen import Screen, counted
from coderai.client.truth import TruthRow, read_truth
from coderai.client.uploads import Upload
from coderai.messages.requests import ExportFormat, Verify

OFFLINE = "offline"
JOB = "{job}"
"""Stands for a job's id in Wanted.how_to_resume."""
_MOST_FAILURES_SHOWN = 10
_MOST_TABLES_SHOWN = 10


class ModelSilent(ClientError):
    """The project's model does not answer; nothing was uploaded."""


class NothingToCode(ClientError):
    """No document could be read, or none of the sample coded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come out of a job, and where."""

    out: Path
    formats: Sequence[ExportFormat]
    columns: ExportColumns
    truth: Sequence[TruthRow] = ()
    keep_going: bool = False
    """Whether to go on by itself when the job pauses."""
    how_to_resume: str = ""
    """The command that goes on with a job; JOB stands for its id."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is to be uploaded, and which of it is coded."""

    paths: Sequence[Path]
    text_column: str = ""
    """Of tables: the column that holds each row's text; guessed when empty."""
    leave_out_duplicates: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Which documents are tried first."""

    size: int | None
    """0 for none; None for the project file's, or 5."""
    seed: int | None = None
    """Draws the sample that it drew before."""
    first_documents: bool = False
    """Whether they are the first ones, in place of random ones."""


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What the jobs have in place of the project's settings; what is empty is the project's."""

    verify: Verify | None = None
    reasoning_effort: str = ""
    variables: Sequence[str] = ()
    """Names of the only ones to ask, with those that depend on them; all when there is none."""


DEFAULT_SAMPLE, PROJECTS_OWN = Sample(None), JobSettings()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command against an installation."""

    api: CoderAI
    screen: Screen

    def make_dataset(
        self, spec: ProjectSpec, files: Files, sample: Sample, wanted: Wanted, settings: JobSettings
    ) -> int:
        """Makes a project, uploads, tries a sample, codes everything and writes the dataset.

        Returns how many documents failed: refused, not readable or not coded.

        Raises:
            NothingToCode: no document could be read, or none of the sample coded.
            JobStopped: a job did not come to its end.
            Interrupted: the user pressed Ctrl-C while a job ran.
            ModelSilent: the project's model does not answer.
            ApiError, ConnectionFailed: the API refused something, or was lost.
        """
        project = self.make_project(spec)
        self.check_model(project)
        unread = self.upload(project, files)
        start = partial(
            self.api.start_job,
            project.id,
            leave_out_duplicates=files.leave_out_duplicates,
            verify=settings.verify,
            reasoning_effort=settings.reasoning_effort,
            variables=settings.variables,
        )
        if sample.size:
            tried = partial(start, sample_size=sample.size, first_documents=sample.first_documents)
            self._try_sample(tried("SAMPLE", sample_seed=sample.seed))
        job = start("FULL", skip_sample=not sample.size)
        return unread + self.finish(job, wanted)

    def resume(self, job_id: str, wanted: Wanted, truth: Path | None) -> int:
        """Goes on with a job, its failed documents included, and writes its dataset; returns how many failed again.

        Raises as make_dataset does, and TruthInvalid.
        """
        job = self.api.job(job_id)
        if truth:
            types = {variable.name: variable.type for variable in self.api.variables(job.project_id)}
            wanted = replace(wanted, truth=read_truth(truth, types))
        if job.documents_failed:
            job = self.api.retry_failed(job_id)
        elif job.status == "PAUSED":
            job = self.api.resume_job(job_id)
        return self.finish(job, wanted)

    def suggest(self, spec: ProjectSpec, files: Files, hint: str, limit: int) -> list[VariableSuggestion]:
        """What could be coded in the documents; the project made for it is deleted again."""
        project = self.api.create_project(**spec.request())
        try:
            self.upload(project, files)
            return self.api.suggest_variables(project.id, hint=hint, limit=limit)
        finally:
            self.api.delete_project(project.id)

    def make_project(self, spec: ProjectSpec) -> Project:
        """Makes the project and its variables; nothing is left of it when the API refuses one.

        Raises:
            ApiError: the API refuses what the file says; a note names the variable.
        """
        project = self.api.create_project(**spec.request())
        for variable in spec.variables:
            try:
                made = self.api.create_variable(project.id, **variable.request())
                if variable.prompt:
                    self.api.write_prompt(made.id, **variable.prompt.request())
            except ApiError as error:
                self.api.delete_project(project.id)
                error.add_note(f"that is what the API says of the variable {variable.name!r}")
                raise
        columns = counted(len(spec.variables), "variable")
        self.screen.done(f"made the project {project.name!r} with {columns} (id {project.id})")
        return project

    def check_model(self, project: Project) -> None:
        """Sees whether the project's model answers, before anything is uploaded for it; if not, the project goes.

        Raises:
            ModelSilent: the model is not reachable, its key refused ...
            ApiError: the budget is used up.
        """
        if project.model == OFFLINE:
            return
        try:
            checked = self.api.check_model(project.id)
            if checked.problem:
                raise ModelSilent(checked.problem)
        except (ApiError, ModelSilent):
            self.api.delete_project(project.id)
            raise
        self.screen.detail(f"{project.model} answers, within {checked.seconds:.1f} s")

    def upload(self, project: Project, files: Files) -> int:
        """Uploads the documents and waits until they are read; returns how many could not be.

        What was guessed from them is told: the tables' text columns, and the project's language if it has none.

        Raises:
            NothingToCode: none could be.
        """
        uploads = self._send(project, files)
        with self.screen.progress("reading") as show:
            counts = self.api.wait_until_read(project.id, on_counts=lambda counts: show(*_read(counts), ""))
        ready, failed = counts.get("READY", 0), counts.get("FAILED", 0)
        if ready:
            self.screen.done(f"read {counted(ready, 'document')}")
        refused = [upload for upload in uploads if upload.document is None]
        unread = islice(self.api.documents(project.id, status="FAILED"), _MOST_FAILURES_SHOWN if failed else 0)
        problems = [(u.path.name, u.error) for u in refused] + [(d.name, d.error_message) for d in unread]
        self._warn("could not be read", problems, len(refused) + failed)
        if not ready:
            raise NothingToCode("no document could be read, so that there is nothing to code")
        self._tell_guesses(project, files)
        return len(refused) + failed

    def finish(self, job: Job, wanted: Wanted) -> int:
        """Follows a job to its end, then writes and shows the dataset; returns how many documents failed.

        Raises:
            JobStopped: the job did not come to its end.
            Interrupted: the user pressed Ctrl-C; a job that was running is paused.
        """
        how_to_resume = f"To go on: {wanted.how_to_resume.replace(JOB, job.id)}"
        try:
            self.screen.note(f"coding {counted(job.documents_total, 'document')} (job {job.id})")
            job = follow(self.api, job, self.screen, keep_going=wanted.keep_going)
            self._tell(job)
            self._export(job, wanted)
            show_dataset(self.api, job, self.screen)
            if wanted.truth:
                show_comparison(self.api, job, wanted.truth, self.screen)
        except KeyboardInterrupt:
            pause_quietly(self.api, job)
            raise Interrupted(f"interrupted; what is coded is kept\n{how_to_resume}") from None
        except JobStopped as stopped:
            self._tell_failures(stopped.job)
            if stopped.job.status == "PAUSED":
                self.screen.note(how_to_resume)
            raise
        return job.documents_failed

    def _send(self, project: Project, files: Files) -> list[Upload]:
        sent = count(1)
        with self.screen.progress("uploading") as show:
            uploads = self.api.upload(
                project.id,
                files.paths,
                on_upload=lambda upload: show(next(sent), len(files.paths), ""),
                text_column=files.text_column,
            )
        stored = [upload for upload in uploads if upload.document is not None]
        repeated = len(stored) - sum(upload.created for upload in stored)
        repeats = f"; {repeated} of them repeat another" if repeated else ""
        self.screen.done(f"uploaded {counted(len(stored), 'file')}{repeats}")
        return uploads

    def _tell_guesses(self, project: Project, files: Files) -> None:
        tables = islice(self.api.documents(project.id, sources=True), _MOST_TABLES_SHOWN)
        for name, warning in ((table.name, warning) for table in tables for warning in table.report.warnings):
            self.screen.warn(f"{name}: {warning}")
        corpus = self.api.corpus(project.id)
        if corpus.duplicate_count:
            what = "left out" if files.leave_out_duplicates else "coded too, unless you say --leave-out-duplicates"
            self.screen.note(f"{counted(corpus.duplicate_count, 'document')} repeat another: {what}")
        if corpus.suggested_language and not project.language:
            self.api.update_project(project.id, language=corpus.suggested_language)
            why = "the project file names no language; it is that of the documents"
            self.screen.note(f"language: {corpus.suggested_language} ({why})")

    def _try_sample(self, job: Job) -> None:
        try:
            job = follow(self.api, job, self.screen)
        except KeyboardInterrupt:
            cancel_quietly(self.api, job)
            raise
        self._tell_failures(job)
        if job.documents_failed == job.documents_total:
            raise NothingToCode("no document of the sample could be coded, so that the others were not tried")
        drawn = "" if job.sample_seed is None else f" (--sample-seed {job.sample_seed} draws the same again)"
        self.screen.done(f"tried a sample of {counted(job.documents_total, 'document')} with {job.model}{drawn}")
        show_sample(self.api, job, self.screen)

    def _tell(self, job: Job) -> None:
        self.screen.done(f"coded {counted(job.documents_coded, 'document')} with {job.model}{_spent(job)}")
        self._tell_failures(job)

    def _tell_failures(self, job: Job) -> None:
        tasks = islice(self.api.tasks(job.id, status="FAILED"), _MOST_FAILURES_SHOWN if job.documents_failed else 0)
        self._warn("could not be coded", [(task.document_name, task.error) for task in tasks], job.documents_failed)

    def _export(self, job: Job, wanted: Wanted) -> None:
        columns = wanted.columns
        started = [self.api.create_export(job.project_id, f, job_id=job.id, **columns) for f in wanted.formats]
        for format_, export in zip(wanted.formats, started, strict=True):
            export = self.api.wait_for_export(export.id)
            path = wanted.out / f"dataset.{format_.lower()}"
            self.api.download_export(export.id, path)
            self.screen.done(f"wrote {path} ({counted(export.row_count, 'row')})")
            if export.codebook_file_name:
                codebook = wanted.out / f"dataset.codebook{Path(export.codebook_file_name).suffix}"
                self.api.download_export(export.id, codebook, codebook=True)
                self.screen.done(f"wrote {codebook}")

    def _warn(self, what: str, problems: Sequence[tuple[str, str]], number: int) -> None:
        if number:
            self.screen.warn(f"{counted(number, 'document')} {what}:")
            for name, problem in problems[:_MOST_FAILURES_SHOWN]:
                self.screen.detail(f"{name}: {problem}")
            if number > _MOST_FAILURES_SHOWN:
                self.screen.detail(f"... and {number - _MOST_FAILURES_SHOWN} more")


def _read(counts: Mapping[str, int]) -> tuple[int, int]:
    return counts.get("READY", 0) + counts.get("FAILED", 0), sum(counts.values())


def _spent(job: Job) -> str:
    tokens = job.tokens_in + job.tokens_out
    cost = f", ${job.cost:,.2f}" if job.cost else ""
    return f" ({counted(tokens, 'token')}{cost})" if tokens else ""
