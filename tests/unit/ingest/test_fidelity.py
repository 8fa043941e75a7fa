"""What reading loses and adds is told by the words of a file's documents and of the text expected of it."""

from __future__ import annotations

import pytest

from coderai.services.ingest.fidelity import fidelity, words_expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# A title\n\n- **one** *item* of_words", ["A", "title", "one", "item", "of_words"]),
        ("| a | b |\n|---|---|\n| 1 | 2\\_3 |", ["a", "b", "1", "2_3"]),
        ('![a picture](p.png) [a [nested] link](http://x.org/a_(b) "its title") &amp; more', None),
        ("<!-- image -->\n```\ncode\n```", ["code"]),
        ("- [x] Orange juice\n- [ ] Tea", ["Orange", "juice", "Tea"]),
    ],
)
def test_marks_of_markdown_are_no_words(markdown: str, expected: list[str] | None) -> None:
    assert words_expected(markdown) == (expected or ["a", "picture", "a", "nested", "link", "more"])


def test_a_word_counts_as_often_as_it_stands_there() -> None:
    found = fidelity(["One", "two", "two", "menu"], ["one", "two", "two", "two"])

    assert (found.recall, found.precision) == (0.75, 0.75)
    assert (found.lost, found.added) == (["two"], ["menu"])


def test_nothing_expected_and_nothing_read_is_no_loss() -> None:
    assert fidelity([], []).recall == fidelity([], []).precision == 1
