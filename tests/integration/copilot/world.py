"""One project as the co-pilot's peers know it, and the small services that do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from coderai.codebook.definition import define
from coderai.codebook.plain import write
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.extractor.v1 import extractor_service_pb2_grpc, quality_service_pb2_grpc, review_service_pb2_grpc
from coderai.extractor.v1 import quality_service_pb2 as quality_pb
from coderai.extractor.v1 import review_service_pb2 as review_pb
from coderai.ingest.v1 import ingest_service_pb2 as ingest_pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit.errors import CoderAIError, Conflict, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain
from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.projects.v1.codebook_pb2 import Variable


@dataclass
class World:
    """One project with its variables and documents; what is asked beyond reading them is UNIMPLEMENTED."""

    project_id: UUID = field(default_factory=new_id)
    project: dict[str, Any] = field(default_factory=lambda: {"name": "Events", "model": "offline"})
    variables: list[str | dict[str, Any]] = field(default_factory=list)
    """Their definitions, or the names of TEXT variables."""
    texts: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    """Names of documents that are not READY."""
    read: list[str] = field(default_factory=list)
    """Names of documents whose text was asked for."""
    budget: int = 10**9
    """Tokens that may be set aside at a time."""
    reserved: dict[str, int] = field(default_factory=dict)
    """Tokens set aside, by reservation, and not settled yet."""
    settled: list[extractor_pb.SettleTokensRequest] = field(default_factory=list)
    refined: Variable = field(default_factory=Variable)
    """The variable that GetVariable knows."""
    refinements: dict[str, projects_pb.RefineVariableRequest] = field(default_factory=dict)
    """What RefineVariable was asked for, by refinement."""
    refuses: CoderAIError | None = None
    """What RefineVariable answers, after it has done what it was asked for if that passes."""
    feedback: list[dict[str, Any]] = field(default_factory=list)
    """Of the variable, as ListFeedback sends it."""
    extractions: list[dict[str, Any]] = field(default_factory=list)
    """Cells of the dataset."""
    trials: list[extractor_pb.StartTrialRequest] = field(default_factory=list)
    gold: list[str] = field(default_factory=list)
    """Names of documents with an imported right value in DEV."""
    compared: quality_pb.CompareTrialResponse | None = None
    """What trials show; nothing can be said of them without it."""

    def defined(self) -> list[Variable]:
        """The variables as the projects service has them."""
        plain = [{"name": one, "type": "TEXT"} if isinstance(one, str) else one for one in self.variables]
        made = [define(str(UUID(int=9_000 + n)), str(self.project_id), one, n) for n, one in enumerate(plain)]
        return [from_plain(Variable, write(one)) for one in made]

    def ids(self) -> dict[str, str]:
        return {name: str(UUID(int=number)) for number, name in enumerate([*self.unread, *self.texts], start=1)}


class ProjectsServicer(projects_service_pb2_grpc.ProjectsServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def GetProject(self, request: Any, context: Any) -> projects_pb.GetProjectResponse:
        if request.project_id != str(self.world.project_id):
            raise NotFound("there is no such project")
        return projects_pb.GetProjectResponse(project=from_plain(projects_pb.Project, self.world.project))

    async def ListVariables(self, request: Any, context: Any) -> projects_pb.ListVariablesResponse:
        return projects_pb.ListVariablesResponse(items=self.world.defined())

    async def GetVariable(self, request: Any, context: Any) -> projects_pb.GetVariableResponse:
        known = {one.id: one for one in (*self.world.defined(), self.world.refined)}
        if request.variable_id not in known:
            raise NotFound("there is no such variable", code="variable_not_found")
        return projects_pb.GetVariableResponse(variable=known[request.variable_id])

    async def RefineVariable(self, request: Any, context: Any) -> projects_pb.RefineVariableResponse:
        """As the projects service does it, but that it checks no definition."""
        world, variable = self.world, self.world.refined
        if world.refuses is not None and not world.refuses.retryable:
            raise world.refuses
        if request.refinement_id not in world.refinements:
            if request.based_on_prompt_id != variable.active_prompt.id:
                raise Conflict("another prompt is active", code="prompt_replaced")
            world.refinements[request.refinement_id] = request
            del variable.golden_examples[:]
            variable.golden_examples.extend(request.golden_examples)
            active = variable.active_prompt
            active.id, active.text, active.refinement_id = str(new_id()), request.text, request.refinement_id
        elif world.refinements[request.refinement_id].text != request.text:
            raise Conflict("another option was applied", code="refinement_used")
        if world.refuses is not None:
            raise world.refuses
        return projects_pb.RefineVariableResponse(variable=variable)


class IngestServicer(ingest_service_pb2_grpc.IngestServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def StreamDocumentHeads(
        self, request: Any, context: Any
    ) -> AsyncIterator[ingest_pb.StreamDocumentHeadsResponse]:
        for name, document_id in self.world.ids().items():
            status = "FAILED" if name in self.world.unread else "READY"
            head = {"document_id": document_id, "name": name, "status": status}
            yield from_plain(ingest_pb.StreamDocumentHeadsResponse, {"items": [head]})

    async def GetDocumentText(self, request: Any, context: Any) -> ingest_pb.GetDocumentTextResponse:
        name = next(name for name, document_id in self.world.ids().items() if document_id == request.document_id)
        self.world.read.append(name)
        return ingest_pb.GetDocumentTextResponse(name=name, text=self.world.texts[name])


class ExtractorServicer(extractor_service_pb2_grpc.ExtractorServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def ReserveTokens(self, request: Any, context: Any) -> extractor_pb.ReserveTokensResponse:
        assert request.project_id == str(self.world.project_id)
        if request.tokens > self.world.budget:
            raise Conflict("the budget is used up", code="budget_used_up")
        self.world.reserved[reservation_id := str(new_id())] = request.tokens
        return extractor_pb.ReserveTokensResponse(reservation_id=reservation_id)

    async def SettleTokens(self, request: Any, context: Any) -> extractor_pb.SettleTokensResponse:
        del self.world.reserved[request.reservation_id]
        self.world.settled.append(request)
        return extractor_pb.SettleTokensResponse()

    async def ListExtractions(self, request: Any, context: Any) -> extractor_pb.ListExtractionsResponse:
        assert not request.job_id  # the dataset's
        found = [one for one in self.world.extractions if one["document_id"] == request.document_id]
        return from_plain(extractor_pb.ListExtractionsResponse, {"items": found})

    async def EstimateTrial(self, request: Any, context: Any) -> extractor_pb.EstimateTrialResponse:
        estimate = extractor_pb.EstimateJobResponse(documents=len(request.document_ids))
        return extractor_pb.EstimateTrialResponse(estimate=estimate)

    async def StartTrial(self, request: Any, context: Any) -> extractor_pb.StartTrialResponse:
        self.world.trials.append(request)
        job = extractor_pb.Job(id=str(new_id()), kind=extractor_pb.JOB_KIND_TRIAL)
        return extractor_pb.StartTrialResponse(job=job)


class ReviewServicer(review_service_pb2_grpc.ReviewServiceServicer):
    """Pages of two, so that whoever reads one page misses something."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def ListFeedback(self, request: Any, context: Any) -> review_pb.ListFeedbackResponse:
        assert (request.variable, request.split, request.standing) == (self.world.refined.name, "DEV", True)
        begin = int(request.page_token or 0)
        page, rest = self.world.feedback[begin : begin + 2], self.world.feedback[begin + 2 :]
        token = str(begin + 2) if rest else ""
        return from_plain(review_pb.ListFeedbackResponse, {"items": page, "next_page_token": token})


class QualityServicer(quality_service_pb2_grpc.QualityServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def ListGold(self, request: Any, context: Any) -> quality_pb.ListGoldResponse:
        """Pages of two, as of feedback."""
        assert (request.variable, request.split) == (self.world.refined.name, quality_pb.GOLD_SPLIT_DEV)
        begin, ids = int(request.page_token or 0), self.world.ids()
        page = [{"document_id": ids[name], "split": "DEV"} for name in self.world.gold[begin : begin + 2]]
        token = str(begin + 2) if self.world.gold[begin + 2 :] else ""
        return from_plain(quality_pb.ListGoldResponse, {"items": page, "next_page_token": token})

    async def CompareTrial(self, request: Any, context: Any) -> quality_pb.CompareTrialResponse:
        if self.world.compared is None:
            raise NotFound("there is no such job")
        return self.world.compared


PROMPT = "Which form did it take?\nExactly one of: march | rally"
TEXTS = {
    "a.txt": "A cold day. Hundreds walked to the square. They left early.",
    "b.txt": "The speeches went on.",
    "c.txt": "A march.",
    "d.txt": "Nothing happened at the rally ground.",
    "e.txt": "A rally.",
}


def feedback(world: World, name: str, verdict: str = "CORRECT", **fields: Any) -> dict[str, Any]:
    document_id = world.ids()[name]
    return {
        "id": str(new_id()),
        "document_id": document_id,
        "document_name": name,
        "unit_id": f"unit of {name}",
        "variable": "form",
        "verdict": verdict,
        "model_value": "rally",
        "split": "DEV",
        **fields,
    }


def corrected(world: World, name: str, right: str | None, quote: str = "", **fields: Any) -> dict[str, Any]:
    start = TEXTS[name].find(quote)
    evidence = {"quote": quote, "start": start, "end": start + len(quote)} if quote else None
    correction = {"has_correction": True, "corrected_value": right, "evidence": evidence}
    return feedback(world, name, "INCORRECT", **correction, **fields)


def cell(world: World, name: str, **fields: Any) -> dict[str, Any]:
    return {"document_id": world.ids()[name], "unit_id": f"unit of {name}", "variable": "form", **fields}
