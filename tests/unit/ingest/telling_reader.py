"""A reading process that reads nothing: run in the sandbox's place, it answers what it was asked, as a problem."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from coderai.services.ingest.adapters.reading_process import run


def load() -> Callable[..., None]:
    from coderai.services.ingest.adapters.reading_answers import answer

    return partial(answer, read=tell)


def tell(data: bytes, name: str, text_column: str, tools: Any) -> Iterator[Any]:
    """Says what is read, by which text column, and whether whole."""
    from coderai.services.ingest.domain.problems import FileDamaged

    raise FileDamaged(json.dumps([name, text_column, tools.whole]))
    yield


if __name__ == "__main__":
    run(load)
