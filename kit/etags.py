"""Entity tags (RFC 9110, section 8.8.3): they tell states of a thing apart, so that nobody changes one unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from coderai.kit.errors import Changed

ANY = "*"
"""Stands for whatever there is."""


def etag_of(content: Mapping[str, Any]) -> str:
    """The tag of some content, which is plain JSON; in quotation marks, as headers have it."""
    written = json.dumps(content, sort_keys=True).encode()
    return f'"{hashlib.sha256(written).hexdigest()[:32]}"'


def must_match(expected: Sequence[str], current: str, changed: type[Changed]) -> None:
    """Refuses a change of what is not as expected; to be asked under the lock of the change. None expected: all goes.

    Tags are compared as If-Match has it: a weak one (`W/"..."`) matches nothing.

    Raises:
        Changed: as the class that was given.
    """
    if expected and ANY not in expected and current not in expected:
        raise changed()
