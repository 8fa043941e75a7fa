"""The client reads fields that the contract has."""

import pytest
from google.protobuf.message import Message

from coderai.client import models
from coderai.copilot.v1.copilot_service_pb2 import VariableSuggestion
from coderai.export.v1.export_service_pb2 import Export
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.ingest.v1.ingest_service_pb2 import Document, ListDocumentsResponse, ReadingReport
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.projects.v1.projects_service_pb2 import Project


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (models.Project, Project),
        (models.Variable, Variable),
        (models.VariableSuggestion, VariableSuggestion),
        (models.Document, Document),
        (models.ReadingReport, ReadingReport),
        (models.Corpus, ListDocumentsResponse),
        (models.Job, extractor.Job),
        (models.JobEvent, extractor.JobEvent),
        (models.JobUpdate, extractor.WatchJobResponse),
        (models.Task, extractor.Task),
        (models.VariableStatistics, extractor.VariableStatistics),
        (models.Evidence, extractor.Evidence),
        (models.Extraction, extractor.Extraction),
        (models.Export, Export),
    ],
)
def test_every_field_is_one_of_the_contract(model: type[models.Answer], message: type[Message]) -> None:
    assert model.model_fields.keys() <= set(message.DESCRIPTOR.fields_by_name)
