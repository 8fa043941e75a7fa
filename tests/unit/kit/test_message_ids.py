"""The ids of a request are those that are ids; what else stands in their place could be anything."""

from __future__ import annotations

from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.kit.message_ids import as_ids, ids_of

ID = "0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11"


def test_ids_are_found_in_a_message_and_in_those_that_it_holds() -> None:
    wanted = extractor.ListExtractionsRequest(project_id=ID.upper(), job_id="Ada Byron", variable="Ada", document_id=ID)
    assert ids_of(wanted) == {"project_id": ID, "document_id": ID}
    head = ingest.UploadDocumentHead(project_id=ID, name="Ada.txt")
    assert ids_of(ingest.UploadDocumentRequest(head=head)) == {"project_id": ID}
    assert ids_of(ingest.UploadDocumentRequest(data=b"Ada")) == {}


def test_who_calls_is_not_for_a_request_to_say() -> None:
    assert as_ids({"workspace_id": ID, "job_id": ID, "id": ID, "page_token": ID, "text_id": 7}) == {"job_id": ID}
