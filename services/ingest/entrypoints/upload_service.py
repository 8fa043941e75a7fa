"""The RPCs of uploads that go on after a break."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from coderai.ingest.v1 import upload_service_pb2 as pb
from coderai.ingest.v1 import upload_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.ids import new_id, parse_id
from coderai.kit.wire import rfc3339
from coderai.services.ingest.domain.problems import UploadInvalid
from coderai.services.ingest.domain.resumable import ResumableUpload, UploadState
from coderai.services.ingest.usecases.resumable import Beginning, ResumableUploads

_STATES = {
    UploadState.RECEIVING: pb.UPLOAD_STATE_RECEIVING,
    UploadState.STORED: pb.UPLOAD_STATE_STORED,
    UploadState.REFUSED: pb.UPLOAD_STATE_REFUSED,
}


class UploadServicer(upload_service_pb2_grpc.UploadServiceServicer):
    """coderai.ingest.v1.UploadService."""

    def __init__(self, uploads: ResumableUploads) -> None:
        self._uploads = uploads

    async def BeginUpload(self, request: pb.BeginUploadRequest, context: Any) -> pb.BeginUploadResponse:
        project_id = parse_id(request.project_id, "project")
        file = Beginning(project_id, request.name, request.length, request.text_column, request.replace, request.note)
        return pb.BeginUploadResponse(upload=_shown(await self._uploads.begin(identity.current(), new_id(), file)))

    async def ContinueUpload(
        self, requests: AsyncIterator[pb.ContinueUploadRequest], context: Any
    ) -> pb.ContinueUploadResponse:
        head = await _head(requests)
        upload_id = parse_id(head.upload_id, "upload")
        upload = await self._uploads.receive(identity.current(), upload_id, head.offset, _data(requests))
        return pb.ContinueUploadResponse(upload=_shown(upload))

    async def ResumeUpload(self, request: pb.ResumeUploadRequest, context: Any) -> pb.ResumeUploadResponse:
        upload = await self._uploads.resume(identity.current(), parse_id(request.upload_id, "upload"))
        return pb.ResumeUploadResponse(upload=_shown(upload))

    async def GetUpload(self, request: pb.GetUploadRequest, context: Any) -> pb.GetUploadResponse:
        upload = await self._uploads.get(identity.current(), parse_id(request.upload_id, "upload"))
        return pb.GetUploadResponse(upload=_shown(upload))

    async def DeleteUpload(self, request: pb.DeleteUploadRequest, context: Any) -> pb.DeleteUploadResponse:
        await self._uploads.delete(identity.current(), parse_id(request.upload_id, "upload"))
        return pb.DeleteUploadResponse()


def _shown(upload: ResumableUpload) -> pb.Upload:
    refusal = upload.refusal
    return pb.Upload(
        id=str(upload.id),
        project_id=str(upload.project_id),
        name=upload.name,
        length=upload.length,
        offset=upload.offset,
        state=pb.UPLOAD_STATE_STORING if upload.is_whole else _STATES[upload.state],
        document_id=str(upload.document_id or ""),
        created=upload.created,
        reread=upload.reread,
        error=None if refusal is None else pb.UploadError(code=refusal.code, detail=refusal.message),
        text_column=upload.text_column,
        note=upload.note,
        created_at=rfc3339(upload.created_at),
        expires_at=rfc3339(upload.expires_at),
    )


async def _head(requests: AsyncIterator[pb.ContinueUploadRequest]) -> pb.ContinueUploadHead:
    async for request in requests:
        if request.WhichOneof("part") == "head":
            return request.head
        break
    raise UploadInvalid("going on with an upload begins with a head: which upload, and at which byte")


async def _data(requests: AsyncIterator[pb.ContinueUploadRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if request.WhichOneof("part") != "data":
            raise UploadInvalid("after the head there is only data")
        yield request.data
