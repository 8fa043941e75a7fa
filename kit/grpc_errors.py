"""The one place where named errors become gRPC statuses and come back from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from coderai.kit.errors import (
    AlreadyExists,
    Changed,
    CoderAIError,
    Conflict,
    Forbidden,
    Internal,
    InvalidInput,
    LimitReached,
    NotFound,
    TimedOut,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

_DETAILS_KEY = "grpc-status-details-bin"
_DOMAIN = "coderai"
_STATUSES: dict[type[CoderAIError], grpc.StatusCode] = {
    InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    Forbidden: grpc.StatusCode.PERMISSION_DENIED,
    NotFound: grpc.StatusCode.NOT_FOUND,
    AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    Conflict: grpc.StatusCode.FAILED_PRECONDITION,
    Changed: grpc.StatusCode.ABORTED,
    TooLarge: grpc.StatusCode.OUT_OF_RANGE,
    LimitReached: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
    TimedOut: grpc.StatusCode.DEADLINE_EXCEEDED,
}
STATUS_NAMES = (
    "OK",
    grpc.StatusCode.INTERNAL.name,
    *(status.name for status in _STATUSES.values()),
)
"""What a call of ours ends with."""
_BY_STATUS = {status: kind for kind, status in _STATUSES.items()}


def status_of(error: CoderAIError) -> grpc.StatusCode:
    """The gRPC status of an error: that of the nearest kind it is of, INTERNAL when it is of none."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), grpc.StatusCode.INTERNAL)


def status_details(error: CoderAIError) -> tuple[tuple[str, bytes], ...]:
    """The trailing metadata that carries an error's code and fields (google.rpc.Status)."""
    info = error_details_pb2.ErrorInfo(reason=error.code, domain=_DOMAIN)
    bad = error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field=field, description=text)
            for field, text in error.fields.items()
        ]
    )
    status = status_pb2.Status(code=status_of(error).value[0], message=error.message)
    for detail in (info, bad) if error.fields else (info,):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return ((_DETAILS_KEY, status.SerializeToString()),)


def from_rpc(rpc: grpc.aio.AioRpcError) -> CoderAIError:
    """The named error that a peer raised: same kind, code, message and fields."""
    kind = _BY_STATUS.get(rpc.code(), Internal)
    code, fields = _read_details(rpc.trailing_metadata() or ())
    return kind(rpc.details() or "", fields=fields, code=code)


def _read_details(trailing: Sequence[Any] | grpc.aio.Metadata) -> tuple[str | None, dict[str, str]]:
    code: str | None = None
    fields: dict[str, str] = {}
    for key, value in trailing:
        if key != _DETAILS_KEY:
            continue
        for detail in status_pb2.Status.FromString(value).details:
            info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
            if detail.Unpack(info):
                code = info.reason
            elif detail.Unpack(bad):
                fields = {violation.field: violation.description for violation in bad.field_violations}
    return code, fields
