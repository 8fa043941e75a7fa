"""The RPC of ProvenanceService."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.extractor.v1 import provenance_service_pb2 as pb
from coderai.extractor.v1 import provenance_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.ids import parse_id
from coderai.kit.models import OFFLINE
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.queries import jobs as job_queries
from coderai.services.extractor.queries import provenance
from coderai.services.extractor.queries.feedback import said_after
from coderai.services.extractor.queries.samples import list_samples
from coderai.services.extractor.usecases.asking import together
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.jobs import JobNotFound
from coderai.services.extractor.usecases.ports import Projects
from coderai.services.extractor.usecases.provenance import NO_PROMPTS, Prompt, Prompts, Retelling, SentCall, Told

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]
Parts = AsyncIterator[pb.StreamProvenanceResponse]
FIRST = UUID(int=0)
"""Before every id."""
_TASKS, _SAID, _DRAWN, _SAMPLES = 50, 500, 200, 50
"""Of one page, each of one transaction."""
_AT_ONCE = 4
"""Documents whose texts are in memory."""


class ProvenanceServicer(provenance_service_pb2_grpc.ProvenanceServiceServicer):
    """coderai.extractor.v1.ProvenanceService."""

    def __init__(self, open_store: OpenStore, projects: Projects, retelling: Retelling) -> None:
        self._open_store = open_store
        self._projects = projects
        self._retelling = retelling

    def _store(self) -> AbstractAsyncContextManager[ExtractorStore]:
        return self._open_store(identity.current().workspace_id)

    async def StreamProvenance(self, request: pb.StreamProvenanceRequest, context: Any) -> Parts:
        project_id = parse_id(request.project_id, "project") if request.project_id else None
        if request.job_id:
            job_id = parse_id(request.job_id, "job")
            project_id = await self._project_of(job_id, project_id)
            runs = [job_id]
        else:
            job_id, project_id = None, parse_id(request.project_id, "project")
        now = await codebook_now(self._projects, project_id)
        if job_id is None:
            async with self._store() as store:
                runs = await provenance.jobs_of_dataset(store, project_id)
        names, told = dict[str, str](), set[str]()
        for run_id in runs:
            async for part in self._run(run_id, names, told, of_dataset=job_id is None):
                yield part
        names |= _names(now)
        async for part in self._said(project_id, job_id, names):
            yield part
        if job_id is None:
            async for part in self._samples(project_id, now, names):
                yield part

    async def _project_of(self, job_id: UUID, project_id: UUID | None) -> UUID:
        """Raises JobNotFound, also where the job is another project's than the one named."""
        async with self._store() as store:
            job, _ = await job_queries.get_job(store, job_id)
        if project_id is not None and job.project_id != str(project_id):
            raise JobNotFound()
        return UUID(job.project_id)

    async def _run(self, job_id: UUID, names: dict[str, str], told: set[str], *, of_dataset: bool) -> Parts:
        """A job, and its documents; `names` gets those of its variables, `told` has ids of prompts that went out."""
        async with self._store() as store:
            job, _ = await job_queries.get_job(store, job_id)
            frozen = await store.snapshot(job_id)
        codebook = read_codebook(frozen)
        names |= _names(codebook)
        prompts = Prompts(codebook)
        about_answers = [] if codebook.model == OFFLINE else prompts.about_answers()
        run = pb.Run(job=job, codebook=from_plain(codebook_pb2.Codebook, frozen))
        run.no_prompts = NO_PROMPTS if codebook.model == OFFLINE else ""
        run.about_answers.extend(prompt.id for prompt in about_answers)
        yield pb.StreamProvenanceResponse(run=run)
        for part in _new(about_answers, told):
            yield part
        async for page in self._pages(job_id, codebook, of_dataset):
            for start in range(0, len(page), _AT_ONCE):
                some = page[start : start + _AT_ONCE]
                for one, calls in zip(some, await self._told(prompts, some), strict=True):
                    for part in _document(one, calls, told):
                        yield part

    async def _told(self, prompts: Prompts, some: Sequence[provenance.CodedTask]) -> list[Told]:
        """What is known of the calls about documents, whose texts are fetched at once."""
        calls = self._retelling.calls
        return await together(calls(prompts, one.document_id, one.text_version, one.coding) for one in some)

    async def _pages(
        self, job_id: UUID, codebook: Codebook, of_dataset: bool
    ) -> AsyncIterator[Sequence[provenance.CodedTask]]:
        after: UUID | None = FIRST
        has_conditions = any(variable.depends_on for variable in codebook.variables)
        while after is not None:
            async with self._store() as store:
                page, after = await provenance.tasks_after(
                    store, job_id, after, _TASKS, of_dataset=of_dataset, has_conditions=has_conditions
                )
            yield page

    async def _said(self, project_id: UUID, job_id: UUID | None, names: Mapping[str, str]) -> Parts:
        after = FIRST
        while True:
            async with self._store() as store:
                page = await said_after(store, names, project_id, job_id, after, _SAID)
            for one in page:
                yield pb.StreamProvenanceResponse(feedback=one)
            if len(page) < _SAID:
                return
            after = UUID(page[-1].id)

    async def _samples(self, project_id: UUID, now: Codebook, names: Mapping[str, str]) -> Parts:
        variables = {variable.id: variable for variable in now.variables}
        for sample in await self._drawn(project_id, now):
            sample_id, after = UUID(sample.id), -1
            async with self._store() as store:
                strata = await provenance.drawn_strata(store, sample_id, names)
            told = from_plain(pb.DrawnSample, {"sample": sample, "strata": strata})
            yield pb.StreamProvenanceResponse(sample=told)
            while True:
                async with self._store() as store:
                    page = await provenance.drawn_after(store, sample_id, variables, after, _DRAWN)
                for cell in page:
                    yield pb.StreamProvenanceResponse(drawn=cell)
                if len(page) < _DRAWN:
                    break
                after = page[-1].position

    async def _drawn(self, project_id: UUID, now: Codebook) -> list[Any]:
        """The project's samples, the oldest first."""
        found, token = list[Any](), ""
        while True:
            async with self._store() as store:
                page = await list_samples(store, project_id, now, Page(_SAMPLES, UUID(token) if token else None))
            found += page.items
            token = page.next_page_token
            if not token:
                return found[::-1]


def _names(codebook: Codebook) -> dict[str, str]:
    return {variable.id: variable.name for variable in codebook.variables}


def _new(prompts: Iterable[Prompt], told: set[str]) -> Iterable[pb.StreamProvenanceResponse]:
    """The prompts that did not go out before; notes that they do now."""
    for prompt in prompts:
        if prompt.id not in told:
            told.add(prompt.id)
            yield pb.StreamProvenanceResponse(prompt=from_plain(pb.Prompt, asdict(prompt)))


def _document(one: provenance.CodedTask, calls: Told, told: set[str]) -> Iterable[pb.StreamProvenanceResponse]:
    """A document, after those of its prompts that did not go out before."""
    yield from _new((call.prompt for call in calls.calls), told)
    one.message.calls.extend(map(_call, calls.calls))
    one.message.no_calls = calls.no_calls
    yield pb.StreamProvenanceResponse(document=one.message)


def _call(call: SentCall) -> pb.PromptCall:
    told = {name: getattr(call, name) for name in pb.PromptCall.DESCRIPTOR.fields_by_name if name != "prompt_id"}
    return from_plain(pb.PromptCall, {**told, "prompt_id": call.prompt.id})
