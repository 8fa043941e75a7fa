"""The extractor as the export service sees it: jobs, and the rows of the dataset or a job spooled to local disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from tempfile import TemporaryFile
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
from coderai.services.export.domain.progress import OnProgress, unwatched

_PAGE = 50


class SpooledRows:
    """usecases.ports.Rows in an open file."""

    words = WORDS

    def __init__(self, head: pb.RowsHead, spool: IO[bytes]) -> None:
        self.job = job_from(head.job) if head.HasField("job") else None
        self.codebook = _codebook(head)
        self.documents_read = 0
        self._last = ""
        self._pages = MessageSpool(pb.RowsPage, spool)

    def add(self, page: pb.RowsPage) -> None:
        """Appends a page."""
        ids = [document.document_id for document in page.documents]
        self.documents_read += len(ids) - (ids[0] == self._last)
        self._last = ids[-1]
        self._pages.add(page)

    def documents(self) -> Iterator[Document]:
        return documents_of(self._pages)


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

    async def codebook(self, project_id: UUID, job_id: UUID | None) -> Codebook:
        async with aclosing(self._stub.StreamRows(_rows_request(project_id, job_id))) as stream:
            return _codebook((await anext(stream)).head)

    @asynccontextmanager
    async def rows(
        self,
        project_id: UUID,
        job_id: UUID | None,
        *,
        weights: bool = False,
        on_progress: OnProgress = unwatched,
    ) -> AsyncIterator[SpooledRows]:
        parts = self._stub.StreamRows(_rows_request(project_id, job_id, weights))
        with TemporaryFile(dir=self._work_folder, prefix="coderai-export-") as spool:
            async with aclosing(parts) as stream:
                head = (await anext(stream)).head
                rows = SpooledRows(head, spool)
                async for part in stream:
                    rows.add(part.page)
                    on_progress(rows.documents_read, max(head.documents, rows.documents_read))
            yield rows


def _rows_request(project_id: UUID, job_id: UUID | None, weights: bool = False) -> pb.StreamRowsRequest:
    if job_id is not None:
        return pb.StreamRowsRequest(job_id=str(job_id))
    return pb.StreamRowsRequest(project_id=str(project_id), weights=weights)


def _codebook(head: pb.RowsHead) -> Codebook:
    return read_codebook(to_plain(head.codebook))
