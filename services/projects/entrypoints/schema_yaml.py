"""Reads the YAML of a schema that a caller sends, and holds it to what the same fields may be in other requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from google.protobuf.message import Message

from coderai.codebook.project_reading import ProjectYamlInvalid, read_project
from coderai.kit.errors import InvalidInput
from coderai.kit.message_checks import check_message
from coderai.kit.sizes import check_sizes
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.projects.v1.projects_service_pb2 import CreateProjectRequest, GeneratePromptRequest

M = TypeVar("M", bound=Message)
_OF_A_RUN = ("variables", "sample_size", "truth", "formats")


def read_schema_yaml(yaml: str) -> dict[str, Any]:
    """The fields of POST projects, and `variables` with their `prompt`, as requests give them; may take seconds.

    Raises:
        ProjectYamlInvalid: it cannot be read.
        InputTooLarge, InvalidInput: a field holds what no request may.
    """
    plain = read_project(yaml, needed=())
    context = {name: value for name, value in plain.items() if name not in _OF_A_RUN}
    variables = [_variable(one) for one in plain.get("variables", ())]
    return {**_checked(CreateProjectRequest, context, ""), "variables": variables}


def _variable(plain: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in plain.items() if name != "prompt"}
    found = _checked(Variable, fields, f"{plain['name']}.")
    own = plain.get("prompt")
    return found | ({"prompt": _checked(GeneratePromptRequest, own, f"{plain['name']}.prompt.")} if own else {})


def _checked(kind: type[M], plain: Mapping[str, Any], part: str) -> dict[str, Any]:
    """The fields as a message of this kind has them; `part` stands before their names in errors."""
    try:
        message = from_plain(kind, plain)
    except (ValueError, TypeError) as error:
        raise ProjectYamlInvalid([f"{part.removesuffix('.') or 'the project'}: {error}"]) from None
    try:
        check_message(message)
        check_sizes(message)
    except InvalidInput as error:
        fields = {f"{part}{name}": what for name, what in error.fields.items()}
        told = "; ".join(f"{name} {what}" for name, what in fields.items())
        raise type(error)(told, fields=fields) from None
    return to_plain(message)
