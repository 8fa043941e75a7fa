"""What the scripted API has of two documents, and the project file that the command's tests code them with."""

from collections.abc import Callable

from scripted_api import Json
from typer.testing import Result

PROJECT = """\
name: Protests
sample_size: 1
variables:
  - {name: place, type: TEXT}
  - {name: size, type: NUMBER}
"""

Command = Callable[..., Result]
"""Runs the command with these arguments, and environment variables by name."""


def extraction(document: str, variable: str, value: object, quote: str = "", **fields: object) -> Json:
    found = {"status": "EXTRACTED", "missing_reason": None, "confidence": 0.61}
    missing = {"status": "EXTRACTED", "missing_reason": "NOT_STATED", "confidence": 0.0}
    return {
        "id": f"{document}-{variable}",
        "document_id": document,
        "document_name": document,
        "variable": variable,
        "value": value,
        "evidence": {"quote": quote, "match": "EXACT"} if quote else None,
        **(missing if value is None else found),
        **fields,
    }


def two_rows() -> list[Json]:
    return [
        extraction("a.txt", "place", "Ayr", "in the town of Ayr"),
        extraction("a.txt", "size", 24, "some two dozen people", status="FLAGGED"),
        extraction("b.txt", "place", None),
        extraction("b.txt", "size", 300, "about \x1b[31m300\x07 people"),
    ]
