"""If-Match and ETag: a change that is made only of what its caller has seen (RFC 9110, section 13.1.1).

What an RPC answers is answered with the header where it, or the reply that holds it, has a field `etag`. An RPC whose
request has a field `expected_etags` takes If-Match: the service compares, in the transaction that changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header

from coderai.kit.errors import InvalidInput
from coderai.kit.etags import ANY

EXPECTED = "expected_etags"
"""The field of requests that If-Match fills."""
FIELD = "etag"
"""The field of answers that the header ETag tells."""
IF_MATCH = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="An ETag, or several: it is done only while one of them is the current one, else 412. `*` stands"
        " for all, and weak ones (`W/`) match nothing.",
    ),
]
"""The header, for the OpenAPI document."""
TOLD = "What If-Match takes: of a project or a variable, as its field `etag` has it; of feedback, that of the cell."
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


class IfMatchUnreadable(InvalidInput):
    """If-Match takes ETags in their quotation marks, with commas between them, or *."""


def has_etag(message: Any) -> bool:
    """Whether messages of a type have an ETag."""
    return FIELD in message.fields_by_name


def read_if_match(lines: Sequence[str]) -> list[str]:
    """The ETags that the header's lines name, quotation marks and all, or `*`; none without a line.

    Raises:
        IfMatchUnreadable
    """
    header = ",".join(lines).strip()
    if not lines or header == ANY:
        return [ANY] if lines else []
    tags = _TAG.findall(header)
    if not tags or _TAG.sub("", header).strip(", \t"):
        raise IfMatchUnreadable(fields={"If-Match": "must be ETags in quotation marks, or *"})
    return tags


def etag_header(shown: Any) -> dict[str, str]:
    """The header of an answer, if the message that it shows has an ETag."""
    tag = getattr(shown, FIELD, "")
    return {"ETag": tag} if tag else {}
