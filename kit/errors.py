"""Named errors, and the one place where they become gRPC statuses and come back from them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

_DETAILS_KEY = "grpc-status-details-bin"
_DOMAIN = "coderai"


class CoderAIError(Exception):
    """Base of all named errors; its message says what is wrong and what to do."""

    status: ClassVar[grpc.StatusCode] = grpc.StatusCode.INTERNAL
    retryable: ClassVar[bool] = False
    """Whether the same attempt may succeed later."""

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None, code: str | None = None) -> None:
        """`fields` says per field of the request what is wrong with it; `code` defaults to the class's name."""
        super().__init__(message or (type(self).__doc__ or "").split("\n")[0])
        self.fields = dict(fields or {})
        self.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def message(self) -> str:
        """The sentence for the person who has to act on it."""
        return str(self.args[0])


class InvalidInput(CoderAIError):
    """The request does not make sense as it stands."""

    status = grpc.StatusCode.INVALID_ARGUMENT


class Unauthenticated(CoderAIError):
    """Nobody is signed in: send a valid token."""

    status = grpc.StatusCode.UNAUTHENTICATED


class Forbidden(CoderAIError):
    """Your role in this workspace does not allow this."""

    status = grpc.StatusCode.PERMISSION_DENIED


class NotFound(CoderAIError):
    """There is no such thing in this workspace."""

    status = grpc.StatusCode.NOT_FOUND


class AlreadyExists(CoderAIError):
    """Something with this name exists already."""

    status = grpc.StatusCode.ALREADY_EXISTS


class Conflict(CoderAIError):
    """The state of things does not allow this now."""

    status = grpc.StatusCode.FAILED_PRECONDITION


class TooLarge(CoderAIError):
    """What was sent is larger than the limit."""

    status = grpc.StatusCode.OUT_OF_RANGE


class LimitReached(CoderAIError):
    """A limit is reached; try again later."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    retryable = True


class Unavailable(CoderAIError):
    """Something that is needed cannot be reached now."""

    status = grpc.StatusCode.UNAVAILABLE
    retryable = True


class TimedOut(CoderAIError):
    """Something that is needed did not answer in time."""

    status = grpc.StatusCode.DEADLINE_EXCEEDED
    retryable = True


class Internal(CoderAIError):
    """Something went wrong on our side; the correlation id finds it in the logs."""


_KINDS: tuple[type[CoderAIError], ...] = (
    InvalidInput,
    Unauthenticated,
    Forbidden,
    NotFound,
    AlreadyExists,
    Conflict,
    TooLarge,
    LimitReached,
    Unavailable,
    TimedOut,
)
_BY_STATUS = {kind.status: kind for kind in _KINDS}


def status_details(error: CoderAIError) -> tuple[tuple[str, bytes], ...]:
    """The trailing metadata that carries an error's code and fields (google.rpc.Status)."""
    info = error_details_pb2.ErrorInfo(reason=error.code, domain=_DOMAIN)
    bad = error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field=field, description=text)
            for field, text in error.fields.items()
        ]
    )
    status = status_pb2.Status(code=error.status.value[0], message=error.message)
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
