"""Reads what the protos say about their messages, fields, enums and RPCs."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet


def comment_on(full_name: str) -> str:
    """The comment above a declaration ("coderai.projects.v1.Project.name"); empty when there is none."""
    return _comments().get(full_name, "")


@cache
def _comments() -> dict[str, str]:
    try:
        data = resources.files("coderai").joinpath("descriptors.binpb").read_bytes()
    except FileNotFoundError:
        # Made beside the generated code; without it the API works, and its document lacks the descriptions.
        return {}
    return {
        _declaration(file, location.path): " ".join(location.leading_comments.split())
        for file in FileDescriptorSet.FromString(data).file
        for location in file.source_code_info.location
        if location.leading_comments
    }


def _declaration(file: FileDescriptorProto, path: Any) -> str:
    """The full name at a source location's path: pairs of (field number, index), as descriptor.proto explains."""
    names, node = [file.package], file
    for number, index in zip(path[::2], path[1::2], strict=False):
        node = getattr(node, node.DESCRIPTOR.fields_by_number[number].name)[index]
        names.append(node.name)
    return ".".join(names)
