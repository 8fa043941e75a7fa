"""Long documents are cut by the tokens of the model that their project has when they are read."""

import pytest

from coderai.ingest.v1.ingest_service_pb2 import GetDocumentTextRequest
from coderai.kit.tokens import token_counter
from coderai.projects.v1.projects_service_pb2 import CreateProjectRequest
from tests.integration.ingest.conftest import Ingest

TEXT = "Правительство выделило 2,5 миллиарда рублей на ремонт дорог. The dockers went on strike.\n\n" * 700


@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "openai:gpt-4", "offline"])
async def test_chunks_have_the_promised_sizes_in_tokens_of_the_projects_model(ingest: Ingest, model: str) -> None:
    created = await ingest.projects.CreateProject(CreateProjectRequest(name="Roads", model=model))
    document = await ingest.read(created.project.id, "roads.txt", TEXT.encode())
    answer = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))
    count = token_counter(model)
    counts = [count(answer.text[chunk.start : chunk.end]) for chunk in answer.chunks]
    assert [chunk.token_count for chunk in answer.chunks] == counts
    assert len(counts) > 2
    assert all(2000 <= size <= 3000 for size in counts[:-1])
    assert counts[-1] <= 3000
