"""Which fields of a message an update changes."""

from __future__ import annotations

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from coderai.kit.errors import InvalidInput
from coderai.kit.wire import to_plain


def masked(message: Message, mask: FieldMask) -> dict[str, Any]:
    """The message's fields that the mask names; named but absent ones are None or empty."""
    plain = to_plain(message)
    unknown = [name for name in mask.paths if name not in message.DESCRIPTOR.fields_by_name]
    if unknown:
        raise InvalidInput(f"update_mask names unknown fields: {', '.join(unknown)}")
    return {name: plain.get(name) for name in mask.paths}
