"""Tests of the whole stack take no answer that is not as the OpenAPI document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.documented import check


@pytest.fixture(scope="module", autouse=True)
def answers_are_as_documented() -> Iterator[None]:
    """Has every HTTP client that is made here, that of the Python client too, look at what it gets."""
    plain = httpx.Client.__init__

    def make(self: httpx.Client, *arguments: Any, **options: Any) -> None:
        plain(self, *arguments, **{"event_hooks": {"response": [check]}} | options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "__init__", make)
        yield
