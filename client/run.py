"""The main job: documents and a project file in, a dataset out; gone on with where an earlier run of it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from coderai.client.api import CoderAI
from coderai.client.coding import Coding
from coderai.client.consent import may_go_on
from coderai.client.errors import ApiError
from coderai.client.job_progress import Interrupted
from coderai.client.making import Making
from coderai.client.models import Job, JobEstimate, Project, VariableSuggestions
from coderai.client.project_spec import ProjectSpec
from coderai.client.report import show_sample
from coderai.client.run_state import RunMemory
from coderai.client.screen import Screen, counted
from coderai.client.truth import read_truth
from coderai.client.uploading import Corpus, Uploading
from coderai.client.wanted import Consent, Files, JobSettings, Sample, Wanted
from coderai.client.writing import Writing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    failed_documents: int = 0
    """Refused, not readable or not coded."""
    stopped_after_sample: bool = False
    """Whether it ended there because nobody said that it should go on."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a user wants of a run."""

    spec: ProjectSpec
    files: Files
    sample: Sample
    settings: JobSettings
    wanted: Wanted
    consent: Consent


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command against an installation."""

    api: CoderAI
    screen: Screen

    def make_dataset(self, order: Order, memory: RunMemory) -> Outcome:
        """Brings project and documents up to date, tries a sample, asks, codes what is left and writes the dataset.

        Raises:
            NothingToCode: no document could be read, or none of the sample coded.
            JobStopped: a job did not come to its end.
            Interrupted: the user pressed Ctrl-C; the message has the command that goes on.
            ModelSilent: the project's model does not answer.
            ApiError, ConnectionFailed: the API refused something, or was lost.
        """
        try:
            return _Course(self.api, self.screen, order, memory).run()
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; what is done is kept\nTo go on: {order.wanted.how_to_go_on}") from None

    def resume(self, job_id: str, wanted: Wanted, truth: Path | None) -> Outcome:
        """Goes on with a job, its failed documents included, and writes the dataset.

        Raises as make_dataset does, and TruthInvalid.
        """
        job = self.api.job(job_id)
        if truth:
            types = {variable.name: variable.type for variable in self.api.variables(job.project_id)}
            wanted = replace(wanted, truth=read_truth(truth, types))
        coding = Coding(self.api, self.screen)
        job = coding.finish(coding.go_on(job), wanted.how_to_go_on, keep_going=wanted.keep_going)
        Writing(self.api, self.screen).dataset(job.project_id, wanted, job, job.variables)
        return Outcome(job.documents_failed)

    def upload(self, project: Project, files: Files) -> Corpus:
        """Sends files into a project that has none, waits until they are read, and tells what was not.

        Raises:
            NothingToCode: nothing was.
        """
        return Uploading(self.api, self.screen).take(project, files, is_new=True)

    def suggest(self, spec: ProjectSpec, files: Files, hint: str, limit: int) -> VariableSuggestions:
        """What could be coded in the documents; the project made for it is deleted again."""
        project = self.api.create_project(**spec.request())
        try:
            self.upload(project, files)
            return self.api.suggest_variables(project.id, hint=hint, limit=limit)
        finally:
            self.api.delete_project(project.id)


@dataclass(slots=True)
class _Course:
    """The steps of one run, and what is known by then."""

    api: CoderAI
    screen: Screen
    order: Order
    memory: RunMemory

    @property
    def coding(self) -> Coding:
        return Coding(self.api, self.screen)

    def run(self) -> Outcome:
        made = Making(self.api, self.screen, self.memory).project(self.order.spec)
        corpus = Uploading(self.api, self.screen).take(made.project, self.order.files, is_new=made.is_new)
        job = self._go_on(made.project, has_more=made.is_changed or corpus.is_grown)
        if job is None:
            return self._code(made.project, corpus)
        return self._write(made.project, corpus, job)

    def _code(self, project: Project, corpus: Corpus) -> Outcome:
        """Tries the sample and codes what is left, unless nobody says that it should."""
        job, left, consent = None, self._estimate(project, corpus), self.order.consent
        if left is not None and self.order.sample.size:
            self._try_sample(project, corpus)
            left = self._estimate(project, corpus)
        if left is None:
            self.screen.done("all that is asked is in the dataset: nothing is left to code")
        elif (left.documents or consent.sample_only) and not may_go_on(left, consent, self.screen):
            return Outcome(corpus.failed, stopped_after_sample=not consent.sample_only)
        else:
            job = self._start(project, corpus)
        return self._write(project, corpus, self._finish(job) if job is not None else None)

    def _write(self, project: Project, corpus: Corpus, job: Job | None) -> Outcome:
        if self.order.consent.sample_only:
            return Outcome(corpus.failed)
        names = self.order.settings.variables
        Writing(self.api, self.screen).dataset(project.id, self.order.wanted, job, names)
        self.memory.note(is_finished=True)
        uncoded = 0 if job is None else self._not_coded(job)
        return Outcome(corpus.failed + uncoded)

    def _not_coded(self, job: Job) -> int:
        """Failed documents of a job, but those that could not be read, which are counted already."""
        unread = {document.id for document in self.api.documents(job.project_id, status="FAILED")}
        failed = self.api.tasks(job.id, status="FAILED") if job.documents_failed else ()
        return sum(task.document_id not in unread for task in failed)

    # Jobs of earlier runs

    def _go_on(self, project: Project, *, has_more: bool) -> Job | None:
        """Finishes the job that is under way; None when there is more to do than that, or none is.

        One that waits for a person gives way when the project has changed since, or documents have come.
        """
        job = self.coding.active(project.id)
        if job is None:
            return None
        if job.status == "PAUSED" and (has_more or job.kind != "FULL" or self.order.consent.sample_only):
            self.api.cancel_job(job.id)
            return None
        self.screen.note(f"going on with job {job.id}")
        done = self._finish(self.coding.go_on(job))
        return None if has_more or job.kind != "FULL" else done

    def _start(self, project: Project, corpus: Corpus) -> Job | None:
        wanted = self.order.wanted
        self.memory.note(is_finished=False, out=str(wanted.out.resolve()), formats=list(wanted.formats))
        # Whether a sample is wanted has been settled by now, and the user has seen it.
        wish = {"skip_sample": True, "leave_out_current": True, **self._what(corpus)}
        return self.coding.start(project.id, partial(self.api.start_job, project.id, "FULL", **wish))

    def _finish(self, job: Job) -> Job:
        wanted = self.order.wanted
        return self.coding.finish(job, wanted.how_to_go_on, keep_going=wanted.keep_going)

    def _estimate(self, project: Project, corpus: Corpus) -> JobEstimate | None:
        """What coding the rest would take; None when nothing is left."""
        try:
            return self.api.estimate_job(project.id, "FULL", leave_out_current=True, **self._what(corpus))
        except ApiError as error:
            if error.code != "nothing_stale":
                raise
            return None

    def _what(self, corpus: Corpus) -> dict[str, Any]:
        """What every job of this run is about."""
        files = self.order.files
        return asdict(self.order.settings) | {
            "document_ids": corpus.only,
            "leave_out_duplicates": files.leave_out_duplicates and not corpus.only,
        }

    # The sample

    def _try_sample(self, project: Project, corpus: Corpus) -> None:
        """Codes the sample's documents, as far as the dataset does not have them, and shows what it has of them."""
        documents = self._known_sample(corpus) or corpus.only[: self.order.sample.size]
        job = self.coding.start(project.id, partial(self._begin_sample, project.id, documents))
        if job is not None:
            if not documents:
                self.memory.note(sample_job_id=job.id, sample=asdict(self.order.sample))
            self.coding.try_sample(job, self.order.wanted.how_to_go_on)
            documents = documents or self._documents(job.id)
        else:
            documents = documents or self._known_sample(corpus)  # another run may just have drawn it
            of = f" of {counted(len(documents), 'document')}" if documents else ""
            self.screen.done(f"the sample{of} is coded already")
        if documents:
            show_sample(self.api, project.id, documents, self.screen)

    def _known_sample(self, corpus: Corpus) -> list[str]:
        """The documents of the sample that an earlier run drew, as far as they are there; none if another is wanted."""
        run = self.memory.refresh()
        if run is None or not run.sample_job_id or not self._is_same(run.sample):
            return []
        there = {one.id for one in corpus.documents if one.status == "READY" and one.id in (corpus.only or (one.id,))}
        return [document_id for document_id in self._documents(run.sample_job_id) if document_id in there]

    def _is_same(self, before: Mapping[str, Any]) -> bool:
        """Whether the sample that an earlier run drew is the one that is asked for; a seed that nobody names is any."""
        sample = self.order.sample
        seed = before.get("seed") if sample.seed is None else sample.seed
        return dict(before) == asdict(replace(sample, seed=seed))

    def _documents(self, job_id: str) -> list[str]:
        return [task.document_id for task in self.api.tasks(job_id)]

    def _begin_sample(self, project_id: str, documents: Sequence[str]) -> Job:
        sample, settings = self.order.sample, self.order.settings
        drawn: dict[str, Any] = {
            "sample_size": sample.size,
            "sample_seed": sample.seed,
            "first_documents": sample.first_documents,
            "leave_out_duplicates": self.order.files.leave_out_duplicates,
        }
        chosen = {"document_ids": documents} if documents else drawn
        return self.api.start_job(project_id, "SAMPLE", leave_out_current=True, **chosen, **asdict(settings))
