"""How values came about, as the extractor tells it: spooled to local disk, and read as the export's values."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager
from tempfile import TemporaryFile
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message

from coderai.extractor.v1 import provenance_service_pb2 as pb
from coderai.extractor.v1.provenance_service_pb2_grpc import ProvenanceServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import to_plain
from coderai.services.export.adapters.message_spool import MessageSpool
from coderai.services.export.domain.provenance import (
    CodedDocument,
    DrawnCell,
    DrawnSample,
    Plain,
    Prompt,
    PromptCall,
    Run,
)

T = TypeVar("T")

_SPOOLS: Mapping[str, tuple[str, ...]] = {
    "runs": ("run",),
    "prompts": ("prompt",),
    "documents": ("document",),
    "feedback": ("feedback",),
    "samples": ("sample", "drawn"),
}
"""The parts of a response that are kept together, in the order in which they come."""
_OF_RUNNING = ("progress", "eta_seconds", "consecutive_failures")
"""Fields of a job that tell how far it is, and change by themselves."""


class SpooledProvenance:
    """domain.provenance.Provenance in open files, one for each kind of part."""

    def __init__(self, spools: Mapping[str, MessageSpool[pb.StreamProvenanceResponse]]) -> None:
        self._spools = spools
        self._spool_of = {part: spools[name] for name, parts in _SPOOLS.items() for part in parts}
        self._people: dict[str, None] = {}

    def add(self, response: pb.StreamProvenanceResponse) -> None:
        """Appends a part; one that this version does not know is left out."""
        part = response.WhichOneof("part")
        if part is None:
            return
        self._spool_of[part].add(response)
        for author in _authors(response):
            self._people.setdefault(author)

    @property
    def people(self) -> Sequence[str]:
        return tuple(self._people)

    def runs(self) -> Iterator[Run]:
        for response in self._spools["runs"]:
            plain = _plain(response.run)
            job = {name: value for name, value in plain["job"].items() if name not in _OF_RUNNING}
            yield Run(job, plain["codebook"], plain["no_prompts"], tuple(plain["about_answers"]))

    def prompts(self) -> Iterator[Prompt]:
        for response in self._spools["prompts"]:
            plain = _plain(response.prompt)
            yield _read(Prompt, {"reply_schema": {}, **plain})

    def documents(self) -> Iterator[CodedDocument]:
        for response in self._spools["documents"]:
            plain = _plain(response.document)
            yield _read(CodedDocument, plain | {"calls": [_read(PromptCall, call) for call in plain["calls"]]})

    def feedback(self) -> Iterator[Plain]:
        return (_plain(response.feedback) for response in self._spools["feedback"])

    def samples(self) -> Iterator[DrawnSample | DrawnCell]:
        for response in self._spools["samples"]:
            if response.WhichOneof("part") == "drawn":
                yield _read(DrawnCell, _plain(response.drawn))
            else:
                plain = _plain(response.sample)
                strata = [{"has_value": None, **stratum} for stratum in plain["strata"]]
                yield _read(DrawnSample, plain["sample"] | {"strata": strata})


class ProvenanceClient:
    """usecases.ports.ProvenanceSource over the extractor's RPC."""

    def __init__(self, channel: PeerChannel, work_folder: str) -> None:
        """What is read is spooled to nameless files in `work_folder`."""
        self._stub: Any = ProvenanceServiceStub(channel)
        self._work_folder = work_folder

    @asynccontextmanager
    async def provenance(self, project_id: UUID, job_id: UUID | None) -> AsyncIterator[SpooledProvenance]:
        request = pb.StreamProvenanceRequest(project_id=str(project_id), job_id=str(job_id or ""))
        with ExitStack() as stack:
            spools = dict[str, MessageSpool[pb.StreamProvenanceResponse]]()
            for name in _SPOOLS:
                file = stack.enter_context(TemporaryFile(dir=self._work_folder, prefix="coderai-export-"))
                spools[name] = MessageSpool(pb.StreamProvenanceResponse, file)
            spooled = SpooledProvenance(spools)
            async with aclosing(self._stub.StreamProvenance(request)) as stream:
                async for response in stream:
                    spooled.add(response)
            yield spooled


def _authors(response: pb.StreamProvenanceResponse) -> Iterator[str]:
    """Who wrote, said or drew what a part tells."""
    written = (variable.active_prompt.author for variable in response.run.codebook.variables)
    yield from filter(None, (*written, response.feedback.author, response.sample.sample.author))


def _plain(message: Message) -> dict[str, Any]:
    """A message's fields; the order of an object's keys is the same each time, which a message does not keep."""
    plain: dict[str, Any] = json.loads(json.dumps(to_plain(message), sort_keys=True))
    return plain


def _read(kind: type[T], plain: Mapping[str, Any]) -> T:
    """A named tuple from the fields of the same names; None where one is absent, tuples for lists."""
    fields: Sequence[str] = kind._fields  # type: ignore[attr-defined]
    values = (plain.get(name) for name in fields)
    return kind(*(tuple(value) if isinstance(value, list) else value for value in values))
