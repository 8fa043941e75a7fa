"""Small files of one upload go on together, and none is forgotten."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from coderai.gateway.http.small_files import Gathered, Result, SmallFiles, Stop
from coderai.gateway.peers import Peers
from coderai.ingest.v1 import ingest_service_pb2 as pb

HEAD = pb.UploadDocumentHead(project_id="p1", name="a.txt")


class Ingest:
    """Answers all calls in the same moment."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.calls = 0

    async def call(self, service: str, rpc: str, request: Any, timeout: float) -> Any:
        self.calls += 1
        await self.answers.wait()
        stored = pb.UploadDocumentResponse(document=pb.Document(name="a.txt"))
        return pb.UploadSmallDocumentsResponse(files=[stored] * len(request.files))


async def alone(file: Gathered) -> Result:
    raise AssertionError("all are taken together")


async def test_a_file_that_comes_in_the_moment_in_which_all_calls_end_is_sent() -> None:
    ingest = Ingest()
    files = SmallFiles(cast(Peers, ingest), alone, Stop())
    results = []
    for call in (1, 2):
        results.append(await files.add(HEAD, b"a"))
        while ingest.calls < call:  # noqa: ASYNC110 - it takes no time
            await asyncio.sleep(0)

    async def last() -> asyncio.Future[Result]:
        await ingest.answers.wait()
        return await files.add(HEAD, b"a")

    adding = asyncio.create_task(last())
    await asyncio.sleep(0)
    ingest.answers.set()
    async with asyncio.timeout(20):
        results.append(await adding)
        for result in results:
            assert isinstance(await result, pb.UploadDocumentResponse)
