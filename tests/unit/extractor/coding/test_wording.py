"""The fingerprint of wording is another one once a call would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from coderai.engines.prompting import extracting, identifying
from coderai.services.extractor.domain.coding import planning
from coderai.services.extractor.domain.coding.wording import wording


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    wording.cache_clear()
    yield
    wording.cache_clear()


def test_it_is_the_same_each_time() -> None:
    first = wording()
    wording.cache_clear()
    assert (wording(), len(first)) == (first, 16)


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (extracting, "RULES", "Be brief."),
        (extracting, "_EXAMPLES", "Examples follow."),
        (extracting, "_ASK_OF_ENTITY", "Of this one."),
        (identifying, "_EARLIER", "Seen before."),
        (identifying, "MOST_TOKENS", 99),
        (planning, "MOST_TOGETHER", 7),
        (planning, "waves", lambda passages: [passages]),
    ],
)
def test_it_tells_what_has_changed(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, value: Any) -> None:
    before = wording()
    wording.cache_clear()
    monkeypatch.setattr(module, name, value)
    assert wording() != before
