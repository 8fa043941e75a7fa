"""Texts are split where sentences and lines end, and nowhere else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.language.sentences import split_sentences


def split(text: str) -> list[str]:
    return [text[slice(*span)] for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed!", ["He left.", "She stayed!"]),
        (
            "Mr. Smith of Acme Inc. paid 3.5 million. Then he left.",
            ["Mr. Smith of Acme Inc. paid 3.5 million.", "Then he left."],
        ),
        ("共23人受伤。三十五人死亡！", ["共23人受伤。", "三十五人死亡！"]),
        ("هل مات؟ نعم.", ["هل مات؟", "نعم."]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("TOTAL\nRM 5.00\nCASH", ["TOTAL", "RM 5.00", "CASH"]),
        (
            "This line is long enough to have been wrapped by\nits writer. Short line.",
            ["This line is long enough to have been wrapped by\nits writer.", "Short line."],
        ),
        (
            "The tanker was empty, as they said of her. No oil was\nspilled by either. So they said.",
            ["The tanker was empty, as they said of her.", "No oil was\nspilled by either.", "So they said."],
        ),
    ],
)
def test_splits_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text())
def test_no_word_is_lost_and_none_is_doubled(text: str) -> None:
    spans = split_sentences(text)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_a_text_without_stops_is_still_cut() -> None:
    assert all(span.end - span.start <= 600 for span in split_sentences("ก" * 5_000))
