"""JSON and JSON Lines: each element of the outer list, or each line, is a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.formats import File, Format
from coderai.services.ingest.adapters.parsers.tables import Row, Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged

_BEGINNING = re.compile(r'\s*(?:\{\s*["}]|\[\s*(?:[{\[\]"\d-]|true\b|false\b|null\b))')
_VALUE = "value"
"""The column of rows that are not objects."""


class JsonInvalid(FileDamaged):
    """The file is no valid JSON (RFC 8259)."""


def parse(data: bytes, _: Tools) -> Table:
    """An object that holds nothing but one list of objects is taken for that list; any other is one row.

    Raises:
        JsonInvalid: says where it is not JSON.
    """
    decoded = decode(data)
    try:
        rows = _rows_of(_load(decoded.text))
    except JsonInvalid:
        if not _is_json_lines(decoded.text):
            raise
        return Table("json lines", _lines(decoded.text), decoded.encoding, list(decoded.warnings))
    return Table("json", iter(rows), decoded.encoding, list(decoded.warnings))


def _is_likely(file: File) -> bool:
    """Whether a text begins as JSON or JSON Lines does, and is it all through."""
    if not _BEGINNING.match(file.head):
        return False
    text = decode(file.data).text
    try:
        _load(text)
    except JsonInvalid:
        return _is_json_lines(text)
    return True


def _load(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reason = "it nests too deep" if isinstance(error, RecursionError) else error
        raise JsonInvalid(f"the file is no valid JSON ({reason}): export it again") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _rows_of(value: Any) -> Sequence[Row]:
    if isinstance(value, Mapping):
        lists = [item for item in value.values() if isinstance(item, list)]
        if len(value) == 1 and lists and lists[0] and all(isinstance(item, Mapping) for item in lists[0]):
            return [_row(item) for item in lists[0]]
        return [value]
    return [_row(item) for item in value] if isinstance(value, list) else [_row(value)]


def _row(value: Any) -> Row:
    if isinstance(value, Mapping):
        return value
    return {_VALUE: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}


def _is_json_lines(text: str) -> bool:
    """Whether at least the first two lines, and most of the first hundred, are JSON objects or lists."""
    good = [_is_structure(line) for _, line in islice(_filled_lines(text), 100)]
    return len(good) > 1 and all(good[:2]) and 2 * sum(good) > len(good)


def _is_structure(line: str) -> bool:
    try:
        return isinstance(_load(line), dict | list)
    except JsonInvalid:
        return False


def _lines(text: str) -> Iterator[Row]:
    for number, line in _filled_lines(text):
        try:
            yield _row(_load(line))
        except JsonInvalid as error:
            yield JsonInvalid(f"line {number}: {error.message}")


def _filled_lines(text: str) -> Iterator[tuple[int, str]]:
    # Only LF and CR end a line here: str.splitlines would also cut at characters that JSON strings may have.
    for number, line in enumerate(text.replace("\r", "\n").split("\n"), 1):
        if line.strip():
            yield number, line


def _is_certain(file: File) -> bool:
    """Asked only of a file that is named otherwise: the whole of it is read for an answer."""
    return file.ending not in _ENDINGS and _is_likely(file)


_ENDINGS = (".json", ".jsonl", ".ndjson")
FORMAT = Format("JSON", parse, _ENDINGS, _is_certain)
