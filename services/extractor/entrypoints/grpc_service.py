"""The service's RPCs: each opens a tenant session, calls a use case or a query, and answers with its message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import Verify, read_codebook
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import parse_id
from coderai.kit.model_replies import Usage
from coderai.kit.paging import read_page
from coderai.kit.wire import enum_names, from_plain, to_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.extractor.adapters.cell_etags import etags_of_cells
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.adapters.texts import count_codings
from coderai.services.extractor.domain.dataset.filters import read_filters
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.entrypoints.watch import Watch
from coderai.services.extractor.queries import jobs as job_queries
from coderai.services.extractor.queries.activity import list_activity
from coderai.services.extractor.queries.dataset_extractions import (
    count_documents,
    count_rows,
    get_cell,
    list_cells,
    read_cell_place,
    stream_dataset,
)
from coderai.services.extractor.usecases.choosing import Wanted
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.estimates import Estimates
from coderai.services.extractor.usecases.jobs import Jobs
from coderai.services.extractor.usecases.ports import Projects
from coderai.services.extractor.usecases.preview import Preview
from coderai.services.extractor.usecases.quality import Measuring
from coderai.services.extractor.usecases.spending import Spending
from coderai.services.extractor.usecases.trials import Trial, Trials

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


class ExtractorServicer(extractor_service_pb2_grpc.ExtractorServiceServicer):
    """coderai.extractor.v1.ExtractorService."""

    def __init__(
        self,
        open_store: OpenStore,
        projects: Projects,
        jobs: Jobs,
        estimates: Estimates,
        preview: Preview,
        watch: Watch,
        spending: Spending,
        trials: Trials,
        measuring: Measuring,
    ) -> None:
        self._open_store = open_store
        self._projects = projects
        self._jobs = jobs
        self._estimates = estimates
        self._preview = preview
        self._watch = watch
        self._spending = spending
        self._trials = trials
        self._measuring = measuring

    def _store(self) -> AbstractAsyncContextManager[ExtractorStore]:
        return self._open_store(identity.current().workspace_id)

    async def _job(self, job_id: UUID) -> pb.Job:
        async with self._store() as store:
            job, _ = await job_queries.get_job(store, job_id)
            return job

    async def StartJob(self, request: pb.StartJobRequest, context: Any) -> pb.StartJobResponse:
        wanted = replace(_wanted(request), skip_sample=request.skip_sample)
        job_id = await self._jobs.start(identity.current(), wanted)
        return pb.StartJobResponse(job=await self._job(job_id))

    async def StartTrial(self, request: pb.StartTrialRequest, context: Any) -> pb.StartTrialResponse:
        job_id = await self._trials.start(identity.current(), _trial(request))
        return pb.StartTrialResponse(job=await self._job(job_id))

    async def EstimateTrial(self, request: pb.EstimateTrialRequest, context: Any) -> pb.EstimateTrialResponse:
        estimate = await self._trials.estimate(identity.current(), _trial(request))
        return pb.EstimateTrialResponse(estimate=from_plain(pb.EstimateJobResponse, asdict(estimate)))

    async def EstimateJob(self, request: pb.EstimateJobRequest, context: Any) -> pb.EstimateJobResponse:
        estimate = await self._estimates.job(identity.current(), _wanted(request))
        return from_plain(pb.EstimateJobResponse, asdict(estimate))

    async def ListJobs(self, request: pb.ListJobsRequest, context: Any) -> pb.ListJobsResponse:
        project_id = parse_id(request.project_id, "project")
        async with self._store() as store:
            found = await job_queries.list_jobs(store, project_id, read_page(request.page_size, request.page_token))
        if not found.items:
            await self._projects.must_exist(project_id)
        return found

    async def GetJob(self, request: pb.GetJobRequest, context: Any) -> pb.GetJobResponse:
        return pb.GetJobResponse(job=await self._job(parse_id(request.job_id, "job")))

    async def PauseJob(self, request: pb.PauseJobRequest, context: Any) -> pb.PauseJobResponse:
        job_id = parse_id(request.job_id, "job")
        await self._jobs.pause(identity.current(), job_id)
        return pb.PauseJobResponse(job=await self._job(job_id))

    async def ResumeJob(self, request: pb.ResumeJobRequest, context: Any) -> pb.ResumeJobResponse:
        job_id = parse_id(request.job_id, "job")
        await self._jobs.resume(identity.current(), job_id)
        return pb.ResumeJobResponse(job=await self._job(job_id))

    async def RetryFailed(self, request: pb.RetryFailedRequest, context: Any) -> pb.RetryFailedResponse:
        job_id = parse_id(request.job_id, "job")
        await self._jobs.retry_failed(identity.current(), job_id)
        return pb.RetryFailedResponse(job=await self._job(job_id))

    async def CancelJob(self, request: pb.CancelJobRequest, context: Any) -> pb.CancelJobResponse:
        job_id = parse_id(request.job_id, "job")
        await self._jobs.cancel(identity.current(), job_id)
        return pb.CancelJobResponse(job=await self._job(job_id))

    async def ListJobLog(self, request: pb.ListJobLogRequest, context: Any) -> pb.ListJobLogResponse:
        page = read_page(request.page_size, request.page_token)
        async with self._store() as store:
            return await job_queries.list_log(store, parse_id(request.job_id, "job"), page)

    async def GetJobStatistics(self, request: pb.GetJobStatisticsRequest, context: Any) -> pb.GetJobStatisticsResponse:
        async with self._store() as store:
            return await job_queries.statistics(store, parse_id(request.job_id, "job"))

    async def ListTasks(self, request: pb.ListTasksRequest, context: Any) -> pb.ListTasksResponse:
        status = enum_names(pb.TaskStatus.DESCRIPTOR).get(request.status, "")
        page = read_page(request.page_size, request.page_token)
        async with self._store() as store:
            return await job_queries.list_tasks(store, parse_id(request.job_id, "job"), status, page)

    async def WatchJob(self, request: pb.WatchJobRequest, context: Any) -> AsyncIterator[pb.WatchJobResponse]:
        after = request.after_sequence if request.HasField("after_sequence") else None
        async for response in self._watch.job(identity.current(), parse_id(request.job_id, "job"), after):
            yield response

    async def PreviewPrompt(self, request: pb.PreviewPromptRequest, context: Any) -> pb.PreviewPromptResponse:
        calls = await self._preview.calls(
            parse_id(request.project_id, "project"), parse_id(request.document_id, "document")
        )
        return from_plain(pb.PreviewPromptResponse, {"items": [asdict(call) for call in calls]})

    async def ListExtractions(self, request: pb.ListExtractionsRequest, context: Any) -> pb.ListExtractionsResponse:
        project_id = parse_id(request.project_id, "project")
        wanted: dict[str, Any] = {}
        if request.document_id:
            wanted["document_id"] = parse_id(request.document_id, "document")
        if request.variable:
            wanted["variable"] = request.variable
        if request.status:
            wanted["status"] = enum_names(pb.ExtractionStatus.DESCRIPTOR).get(request.status, "")
        if not request.job_id:
            return await self._list_dataset(project_id, request, wanted)
        wanted |= {"project_id": project_id, "job_id": parse_id(request.job_id, "job")}
        page = read_page(request.page_size, request.page_token)
        async with self._store() as store:
            found = await job_queries.list_extractions(store, request, wanted, page)
        if not found.items:
            await self._projects.must_exist(project_id)
        return found

    async def _list_dataset(
        self, project_id: UUID, request: pb.ListExtractionsRequest, wanted: Mapping[str, Any]
    ) -> pb.ListExtractionsResponse:
        size, after = read_page(request.page_size, "").size, read_cell_place(request.page_token)
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await list_cells(store, project_id, codebook, request, wanted, size, after)

    async def GetExtraction(self, request: pb.GetExtractionRequest, context: Any) -> pb.GetExtractionResponse:
        extraction_id = parse_id(request.extraction_id, "extraction")
        async with self._store() as store:
            found, project_id = await job_queries.get_extraction(store, extraction_id)
        if found.unit_id:
            codebook = await codebook_now(self._projects, project_id)
            async with self._store() as store:
                cell = await get_cell(store, project_id, codebook, extraction_id)
                if cell is None:
                    etags = await etags_of_cells(store, [UUID(found.unit_id)])
                    found.etag = etags.get((UUID(found.unit_id), UUID(found.variable_id)), "")
            found = cell or found
        return pb.GetExtractionResponse(extraction=found)

    async def StreamRows(self, request: pb.StreamRowsRequest, context: Any) -> AsyncIterator[pb.StreamRowsResponse]:
        if request.job_id:
            job_id = parse_id(request.job_id, "job")
            async with self._store() as store:
                job, _ = await job_queries.get_job(store, job_id)
                frozen = await store.snapshot(job_id)
            asked, count, rows = read_codebook(frozen), job.documents_total, 0
            pages = job_queries.stream_documents(
                self._store, job_id, len(asked.variables), has_entities=asked.unit.multiple
            )
        else:
            project_id = parse_id(request.project_id, "project")
            job, frozen = None, await self._projects.freeze(project_id)
            now = read_codebook(frozen)
            filters = read_filters(request.filter, now)
            weights = await self._measuring.weights(identity.current(), project_id, now) if request.weights else None
            async with self._store() as store:
                count = await count_documents(store, project_id)
                rows = await count_rows(store, project_id, now)
            pages = stream_dataset(self._store, project_id, now, weights=weights, filters=filters)
        codebook = from_plain(codebook_pb2.Codebook, frozen)
        yield pb.StreamRowsResponse(head=pb.RowsHead(job=job, codebook=codebook, documents=count, rows=rows))
        async with aclosing(pages):
            async for page in pages:
                yield pb.StreamRowsResponse(page=page)

    async def CountCodings(self, request: pb.CountCodingsRequest, context: Any) -> pb.CountCodingsResponse:
        project_id = parse_id(request.project_id, "project")
        document_ids = [parse_id(document_id, "document") for document_id in request.document_ids]
        async with self._store() as store:
            return from_plain(pb.CountCodingsResponse, asdict(await count_codings(store, project_id, document_ids)))

    async def GetModelUsage(self, request: pb.GetModelUsageRequest, context: Any) -> pb.GetModelUsageResponse:
        month, taken, tokens_a_month = await self._spending.of_month(identity.current())
        caps = self._spending.caps
        async with self._store() as store:
            items = await job_queries.list_model_usage(store, month)
        return pb.GetModelUsageResponse(
            items=items,
            tokens_of_month=taken.month.used,
            tokens_of_day=taken.day.used,
            dollars_of_day=taken.dollars,
            tokens_a_month=tokens_a_month,
            tokens_a_day=caps.tokens_a_day,
            dollars_a_day=caps.dollars_a_day,
        )

    async def ListProjectActivity(
        self, request: pb.ListProjectActivityRequest, context: Any
    ) -> pb.ListProjectActivityResponse:
        project_ids = list(dict.fromkeys(parse_id(one, "project") for one in request.project_ids))
        async with self._store() as store:
            items = await list_activity(store, project_ids, self._spending.now().date().replace(day=1))
        return pb.ListProjectActivityResponse(items=items)

    async def SetWorkspaceBudget(
        self, request: pb.SetWorkspaceBudgetRequest, context: Any
    ) -> pb.SetWorkspaceBudgetResponse:
        await self._spending.set_workspace_budget(identity.current(), request.tokens_a_month)
        return pb.SetWorkspaceBudgetResponse(tokens_a_month=request.tokens_a_month)

    async def ReserveTokens(self, request: pb.ReserveTokensRequest, context: Any) -> pb.ReserveTokensResponse:
        project_id = parse_id(request.project_id, "project")
        reservation_id = await self._spending.reserve(identity.current(), project_id, request.tokens)
        return pb.ReserveTokensResponse(reservation_id=str(reservation_id))

    async def SettleTokens(self, request: pb.SettleTokensRequest, context: Any) -> pb.SettleTokensResponse:
        reservation_id = parse_id(request.reservation_id, "reservation")
        project_id = parse_id(request.project_id, "project")
        used = Usage(request.calls, request.tokens_in, request.tokens_out, request.tokens_cached)
        await self._spending.settle(identity.current(), reservation_id, project_id, request.model, used)
        return pb.SettleTokensResponse()


def _wanted(request: pb.StartJobRequest | pb.EstimateJobRequest) -> Wanted:
    kind = enum_names(pb.JobKind.DESCRIPTOR).get(request.kind)
    if kind not in (JobKind.SAMPLE, JobKind.FULL):
        raise InvalidInput("kind must be SAMPLE or FULL", fields={"kind": "must be SAMPLE or FULL"})
    verify = enum_names(codebook_pb2.Verify.DESCRIPTOR).get(request.verify)
    return Wanted(
        project_id=parse_id(request.project_id, "project"),
        kind=JobKind(kind),
        document_ids=[parse_id(document_id, "document") for document_id in request.document_ids],
        sample_size=request.sample_size if request.HasField("sample_size") else None,
        leave_out_duplicates=request.leave_out_duplicates,
        sample_seed=request.sample_seed if request.HasField("sample_seed") else None,
        first_documents=request.first_documents,
        verify=Verify(verify) if verify else None,
        reasoning_effort=request.reasoning_effort,
        variables=list(request.variables),
        leave_out_current=request.leave_out_current,
    )


def _trial(request: pb.StartTrialRequest | pb.EstimateTrialRequest) -> Trial:
    parse_id(request.variable.id, "variable")
    parse_id(request.variable.active_prompt.id, "prompt version")
    return Trial(
        parse_id(request.project_id, "project"),
        to_plain(request.variable),
        [parse_id(document_id, "document") for document_id in request.document_ids],
    )
