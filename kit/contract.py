"""What the contracts declare of RPCs, fields and formats: who may call, from where, whether it may be repeated.

Declared by the options of coderai.contract.v1, in the protos and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from coderai.contract.v1 import options_pb2
from coderai.kit.errors import Forbidden
from coderai.kit.identity import Identity, Role
from coderai.kit.wire import enum_names

_ROLES = enum_names(options_pb2.Role.DESCRIPTOR)


@dataclass(frozen=True, slots=True)
class Rpc:
    """What an RPC is."""

    role: Role | None
    """The least role that may call it; nobody may when it is None."""
    is_public: bool
    """Whether it is reached from outside."""
    is_repeatable: bool
    """Whether doing it twice is the same as doing it once."""
    seconds: int = 0
    """How long a call may take; 0 for the usual deadline."""

    def must_admit(self, caller: Identity) -> None:
        """Refuses callers whose role is too small.

        Raises:
            Forbidden
        """
        if self.role is None:
            raise Forbidden("no role may call this: its contract names none")
        caller.must_be(self.role)


@cache
def rpc_of(method: MethodDescriptor) -> Rpc:
    """What the contract declares of a method."""
    declared = method.GetOptions().Extensions[options_pb2.rpc]
    role = _ROLES[declared.role]
    return Rpc(Role(role) if role else None, declared.public, declared.repeatable, declared.seconds)


@cache
def rpc_at(path: str) -> Rpc:
    """The same for a method's path, "/coderai.ingest.v1.IngestService/GetDocument".

    Raises:
        KeyError: no contract that this process knows has such a method.
    """
    method = descriptor_pool.Default().FindMethodByName(path.removeprefix("/").replace("/", "."))
    return rpc_of(method)


def methods_of(services: Iterable[str]) -> list[str]:
    """The paths of all methods of services, given by their full names. Raises KeyError as `rpc_at` does."""
    found = map(descriptor_pool.Default().FindServiceByName, services)
    return [f"/{service.full_name}/{method.name}" for service in found for method in service.methods]


def is_output_only(field: Any) -> bool:
    """Whether the server alone fills a field."""
    return bool(field.GetOptions().Extensions[options_pb2.output_only])


def may_be_absent(field: Any) -> bool:
    """Whether a field of an answer is not there at times, which is null in the API's JSON."""
    declared = field.GetOptions().Extensions[options_pb2.presence]
    if declared == options_pb2.PRESENCE_UNSPECIFIED:
        return bool(field.has_presence and field.message_type is None)
    return bool(declared == options_pb2.PRESENCE_SOMETIMES)


def is_partial(field: Any) -> bool:
    """Whether the messages in a field of an answer may lack any of their fields."""
    return bool(field.GetOptions().Extensions[options_pb2.partial])


def media_type(message: Any) -> str:
    """What a file is downloaded as whose message tells its `format`; empty when that is none, or unknown."""
    value = message.DESCRIPTOR.fields_by_name["format"].enum_type.values_by_number.get(message.format)
    return str(value.GetOptions().Extensions[options_pb2.media_type]) if value else ""
