"""What the client reads is what the contracts declare, in whatever a newer or older API answers."""

from datetime import UTC, datetime

import pytest
from google.protobuf.message import Message

from coderai.client import models
from coderai.copilot.v1.copilot_service_pb2 import Refinement
from coderai.export.v1.export_service_pb2 import Export
from coderai.extractor.v1 import dataset_service_pb2 as dataset
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import quality_service_pb2 as quality
from coderai.extractor.v1 import review_service_pb2 as review
from coderai.ingest.v1.ingest_service_pb2 import Document, ListDocumentsResponse
from coderai.messages.requests import CreateVariableRequest
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.projects.v1.projects_service_pb2 import Project


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (models.Project, Project),
        (models.Variable, Variable),
        (models.Document, Document),
        (models.Corpus, ListDocumentsResponse),
        (models.Job, extractor.Job),
        (models.JobUpdate, extractor.WatchJobResponse),
        (models.Extraction, extractor.Extraction),
        (models.Export, Export),
        (models.DatasetPage, dataset.ListDatasetRowsResponse),
        (models.Staleness, dataset.GetStalenessResponse),
        (models.ReviewItem, review.ReviewItem),
        (models.Feedback, review.Feedback),
        (models.Quality, quality.GetQualityResponse),
        (models.Refinement, Refinement),
    ],
)
def test_the_fields_are_those_of_the_contract(model: type[models.Answer], message: type[Message]) -> None:
    assert set(model.model_fields) == set(message.DESCRIPTOR.fields_by_name)


def test_what_an_api_of_another_version_answers_is_read() -> None:
    answer = {"id": "j", "status": "NEW_STATUS", "documents_total": "12", "cost": None, "of_tomorrow": {"a": 1}}

    job = models.Job.model_validate(answer)

    assert (job.id, job.status, job.documents_total, job.cost, job.kind, job.ended) == (
        "j",
        "NEW_STATUS",
        12,
        None,
        "",
        False,
    )


def test_null_is_the_absent_value() -> None:
    extraction = models.Extraction.model_validate({"id": "e", "evidence": None, "flags": None, "missing_reason": None})

    assert (extraction.evidence.quote, extraction.flags, extraction.missing_reason) == ("", [], "")
    assert models.JobUpdate.model_validate({"sequence": 3, "event": None, "job": {"id": "j"}}).event is None


def test_a_time_is_a_time() -> None:
    document = models.Project.model_validate({"id": "p", "created_at": "2026-03-01T10:00:00Z"})

    assert document.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert models.Project.model_validate({"id": "p", "created_at": None}).created_at is None


def test_only_what_is_given_is_requested() -> None:
    given = {"name": "a", "type": "CATEGORY", "categories": [{"value": "x"}]}

    assert CreateVariableRequest.model_validate(given).request() == given


def test_a_field_whose_name_is_a_word_of_python_is_read_by_its_own_name() -> None:
    answer = {"items": [{"variable": "size", "histogram": [{"from": 1.0, "to": 2.0, "count": 3}]}]}
    (bin_,) = models.Facets.model_validate(answer).items[0].histogram
    assert (bin_.from_, bin_.to, bin_.count) == (1.0, 2.0, 3)
    assert bin_.model_dump(by_alias=True) == {"from": 1.0, "to": 2.0, "count": 3}
