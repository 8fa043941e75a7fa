"""Every RPC says what it is, and the gateway offers what is public and nothing else."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import MethodDescriptor

from coderai.audit.v1 import audit_service_pb2
from coderai.export.v1.export_service_pb2 import Export, ExportFormat
from coderai.extractor.v1 import provenance_service_pb2
from coderai.gateway.http.routes import ROUTES
from coderai.gateway.peers import SERVICES
from coderai.ingest.v1.ingest_service_pb2 import Document, DocumentFormat
from coderai.kit.contract import media_type, rpc_of
from coderai.kit.identity import Role

INTERNAL = [
    audit_service_pb2.DESCRIPTOR.services_by_name["AuditService"],
    provenance_service_pb2.DESCRIPTOR.services_by_name["ProvenanceService"],
]
"""Services that other services call and nobody else."""
METHODS = [method for service in [*SERVICES.values(), *INTERNAL] for method in service.methods]
OWN_ROUTES = {
    *("BeginUpload", "ContinueUpload", "ResumeUpload", "DeleteUpload"),
    *("DrawPage", "UploadDocument", "WatchJob", "WatchMessage"),
}
"""What HTTP offers by routes not in the table: files in multipart/form-data or by tus, pictures, server-sent events."""


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name)
def test_every_rpc_says_who_may_call_it(method: MethodDescriptor) -> None:
    assert rpc_of(method).role is not None, f"{method.full_name} lacks the option coderai.contract.v1.rpc"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name)
def test_what_viewers_may_call_changes_nothing_but_what_is_their_own(method: MethodDescriptor) -> None:
    is_own = method.containing_service.name == "PersonalService"
    assert rpc_of(method).is_repeatable or rpc_of(method).role is not Role.VIEWER or is_own


def test_http_offers_every_public_rpc_and_no_other() -> None:
    public = {method.full_name for method in METHODS if rpc_of(method).is_public}
    internal = {method.name for method in METHODS if not rpc_of(method).is_public}
    routed = {f"{SERVICES[route.service].full_name}.{route.rpc}" for route in ROUTES}

    assert {"StreamRows", "StreamDocumentHeads", "FreezeCodebook", "StreamProvenance"} <= internal
    assert {name for name in public if name.rpartition(".")[2] not in OWN_ROUTES} == routed


def test_get_routes_change_nothing() -> None:
    for route in ROUTES:
        rpc = rpc_of(SERVICES[route.service].methods_by_name[route.rpc])
        assert rpc.is_repeatable or route.method != "GET", route


def test_every_format_says_what_it_is_downloaded_as() -> None:
    files = [Document(format=format) for format in DocumentFormat.values()]
    files += [Export(format=format) for format in ExportFormat.values()]
    for file in files:
        assert ("/" in media_type(file)) == (file.format != 0), file
    assert media_type(Export(format=99)) == ""
