"""The extractor as the export service sees it: jobs, and the rows of the dataset or a job spooled to local disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from itertools import count
from tempfile import TemporaryFile
from threading import Condition
from typing import IO, Any
from uuid import UUID

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.extractor.v1.extractor_service_pb2_grpc import ExtractorServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import to_plain
from coderai.services.export.adapters.message_spool import MessageSpool
from coderai.services.export.adapters.messages import WORDS, job_from
from coderai.services.export.adapters.packed_rows import documents_of
from coderai.services.export.domain.coded import Document, Job
from coderai.services.export.domain.stages import Stopped

_PAGE = 50


class SpooledRows:
    """usecases.ports.Rows in an open file, to which pages are still added while documents are taken from it."""

    words = WORDS

    def __init__(self, head: pb.RowsHead, spool: IO[bytes]) -> None:
        self.job = job_from(head.job) if head.HasField("job") else None
        self.codebook = _codebook(head)
        self.document_count = head.documents
        self.rows_in_all = head.rows
        self._pages = MessageSpool(pb.RowsPage, spool)
        self._spool = spool
        self._added = 0
        self._is_whole = False
        self._error: Exception | None = None
        self._changed = Condition()

    async def fill(self, parts: AsyncIterator[pb.StreamRowsResponse]) -> None:
        """Adds all pages that come; what ends that too early is raised to whoever takes documents, too."""
        try:
            async for part in parts:
                self._pages.add(part.page)
                self._spool.flush()
                with self._changed:
                    self._added += 1
                    self._changed.notify_all()
        except BaseException as error:
            self.stop(error if isinstance(error, Exception) else None)
            raise
        with self._changed:
            self._is_whole = True
            self._changed.notify_all()

    def stop(self, error: Exception | None = None) -> None:
        """Has whoever waits for documents get an error."""
        with self._changed:
            self._error = self._error or error or Stopped()
            self._changed.notify_all()

    def documents(self) -> Iterator[Document]:
        return documents_of(self._as_they_come())

    def _as_they_come(self) -> Iterator[pb.RowsPage]:
        pages = iter(self._pages)
        for number in count(1):
            with self._changed:
                while self._added < number and not self._is_whole and self._error is None:
                    self._changed.wait()
                if self._error is not None:
                    raise self._error
                if self._added < number:
                    return
            yield next(pages)


_JOBS_AT_A_TIME = 20
"""So many are looked through for one that is no trial."""


class ExtractorClient:
    """usecases.ports.Jobs and RowSource over the extractor's RPCs."""

    def __init__(self, channel: PeerChannel, work_folder: str) -> None:
        """Rows are spooled to nameless files in `work_folder`."""
        self._stub: Any = ExtractorServiceStub(channel)
        self._work_folder = work_folder

    async def job(self, job_id: str) -> Job:
        return job_from((await self._stub.GetJob(pb.GetJobRequest(job_id=job_id))).job)

    async def jobs(self, project_id: UUID) -> AsyncIterator[Job]:
        token = ""
        while True:
            request = pb.ListJobsRequest(project_id=str(project_id), page_size=_PAGE, page_token=token)
            page = await self._stub.ListJobs(request)
            for job in page.items:
                yield job_from(job)
            token = page.next_page_token
            if not token:
                return

    async def codebook(self, project_id: UUID, job_id: UUID | None, filter: Sequence[str] = ()) -> Codebook:
        async with aclosing(self._stub.StreamRows(_rows_request(project_id, job_id, filter=filter))) as stream:
            return _codebook((await anext(stream)).head)

    @asynccontextmanager
    async def rows(
        self, project_id: UUID, job_id: UUID | None, *, weights: bool = False, filter: Sequence[str] = ()
    ) -> AsyncIterator[SpooledRows]:
        parts = self._stub.StreamRows(_rows_request(project_id, job_id, weights, filter))
        with TemporaryFile(dir=self._work_folder, prefix="coderai-export-") as spool:
            async with aclosing(parts) as stream:
                rows = SpooledRows((await anext(stream)).head, spool)
                filling = asyncio.create_task(rows.fill(stream))
                try:
                    yield rows
                finally:
                    filling.cancel()
                    rows.stop()  # a task that is cancelled before it begins tells nobody
                    await asyncio.gather(filling, return_exceptions=True)


def _rows_request(
    project_id: UUID, job_id: UUID | None, weights: bool = False, filter: Sequence[str] = ()
) -> pb.StreamRowsRequest:
    if job_id is not None:
        return pb.StreamRowsRequest(job_id=str(job_id))
    return pb.StreamRowsRequest(project_id=str(project_id), weights=weights, filter=filter)


def _codebook(head: pb.RowsHead) -> Codebook:
    return read_codebook(to_plain(head.codebook))
