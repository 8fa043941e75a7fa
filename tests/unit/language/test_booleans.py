"""A yes or a no is read in many languages, and nothing else is."""

from __future__ import annotations

import pytest

from coderai.language.booleans import parse_boolean


@pytest.mark.parametrize("text", ["Yes", " true ", "YES.", "1", "да", "نعم", "はい", "sí", "Yes, it does", "✓"])
def test_reads_a_yes(text: str) -> None:
    assert parse_boolean(text) is True


@pytest.mark.parametrize("text", ["no", "FALSE", "0", "нет", "لا", "いいえ", "não", "No, it was denied", "✗"])
def test_reads_a_no(text: str) -> None:
    assert parse_boolean(text) is False


@pytest.mark.parametrize("text", ["", "unknown", "no information", "not applicable", "yesterday", "2", "north"])
def test_leaves_the_rest(text: str) -> None:
    assert parse_boolean(text) is None
