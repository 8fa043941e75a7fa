"""Uploads files in batches, streamed from disk, with an outcome for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from coderai.client.errors import ApiError
from coderai.client.models import Document
from coderai.client.session import PASSING, Session

_FILES_PER_REQUEST = 200
_BYTES_PER_REQUEST = 25_000_000
_ABOUT_THE_FILES = frozenset({400, 409, 413, 415, 422})
"""HTTP statuses that speak about what was sent, so that other files may fare better."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of one file."""

    path: Path
    document: Document | None
    """None when it was refused."""
    created: bool = False
    """False when the project had these bytes already: `document` is the one it had."""
    error: str = ""
    reread: bool = False
    """Whether `document` is a table that the project had, which is now read again by the text column named."""
    code: str = ""
    """The error's, such as codings_would_be_lost."""


def upload(
    session: Session,
    project_id: str,
    paths: Sequence[Path],
    on_upload: Callable[[Upload], None],
    text_column: str,
    *,
    replace: bool = False,
) -> list[Upload]:
    """Uploads files; one that cannot be read or is refused does not stop the others.

    `text_column`: of tables the column that holds each row's text; guessed when empty. `replace`: a table that the
    project has is read again by another column also where that costs what was extracted from it.

    Raises:
        ApiError: the project is unknown, or the caller may not upload to it.
        ConnectionFailed: nothing answered.
    """
    outcomes = []
    given = {"text_column": text_column} if text_column else {}
    given |= {"replace": "true"} if replace else {}
    target = f"projects/{project_id}/documents" + (f"?{urlencode(given)}" if given else "")
    for batch in _batches(paths):
        for outcome in _upload_batch(session, target, batch):
            on_upload(outcome)
            outcomes.append(outcome)
    return outcomes


def _batches(paths: Sequence[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    size = 0
    for path in paths:
        bytes_ = path.stat().st_size if path.is_file() else 0
        if batch and (len(batch) == _FILES_PER_REQUEST or size + bytes_ > _BYTES_PER_REQUEST):
            yield batch
            batch, size = [], 0
        batch.append(path)
        size += bytes_
    if batch:
        yield batch


def _upload_batch(session: Session, target: str, batch: Sequence[Path]) -> list[Upload]:
    try:
        return _post(session, target, batch)
    except (OSError, ApiError) as error:
        if isinstance(error, ApiError) and error.status not in _ABOUT_THE_FILES:
            raise
        if len(batch) == 1:
            code = error.code if isinstance(error, ApiError) else ""
            return [Upload(batch[0], None, error=str(error), code=code)]
    return [outcome for path in batch for outcome in _upload_batch(session, target, [path])]


def _post(session: Session, target: str, batch: Sequence[Path]) -> list[Upload]:
    with ExitStack() as opened:
        files = [("files", (path.name, opened.enter_context(path.open("rb")))) for path in batch]
        answer = session.request("POST", target, files=files).json()
    problems = {error["index"]: error["problem"] for error in answer["errors"]}
    stored = iter(answer["items"])
    outcomes = []
    for index, path in enumerate(batch):
        problem = problems.get(index)
        if problem is None:
            item = next(stored)
            outcomes.append(
                Upload(path, Document.model_validate(item), item["created"], reread=item.get("reread", False))
            )
        elif problem["status"] in PASSING:
            outcomes += _post(session, target, [path])
        else:
            outcomes.append(Upload(path, None, error=problem["detail"], code=problem.get("code", "")))
    return outcomes
