"""If-Match as RFC 9110 has it: tags in quotation marks, or any."""

from __future__ import annotations

import pytest

from coderai.gateway.http.etags import IfMatchUnreadable, read_if_match
from coderai.kit.errors import Changed
from coderai.kit.etags import etag_of, must_match


@pytest.mark.parametrize(
    ("lines", "tags"),
    [
        ([], []),
        (["*"], ["*"]),
        ([' "a" '], ['"a"']),
        (['"a", "b"'], ['"a"', '"b"']),
        (['"a"', '"b"'], ['"a"', '"b"']),
        ([', "a" ,, "b",'], ['"a"', '"b"']),
        (['W/"a"'], ['W/"a"']),
        (['"*"'], ['"*"']),
        (['"a,b"'], ['"a,b"']),
        (['""'], ['""']),
    ],
)
def test_the_tags_of_the_header(lines: list[str], tags: list[str]) -> None:
    assert read_if_match(lines) == tags


@pytest.mark.parametrize("line", ["", "abc", '"a', "'a'", '*, "a"', '"a" b', 'w/"a"', '"a b"'])
def test_what_is_no_tag_is_refused(line: str) -> None:
    with pytest.raises(IfMatchUnreadable) as caught:
        read_if_match([line])
    assert set(caught.value.fields) == {"If-Match"}


@pytest.mark.parametrize("expected", [[], ["*"], ['"a"'], ['"x"', '"a"']])
def test_what_is_as_expected_may_be_changed(expected: list[str]) -> None:
    must_match(expected, '"a"', Changed)


@pytest.mark.parametrize("expected", [['"b"'], ['W/"a"'], ['"*"'], ["a"]])
def test_what_is_not_as_expected_may_not(expected: list[str]) -> None:
    with pytest.raises(Changed):
        must_match(expected, '"a"', Changed)


def test_a_tag_tells_states_apart_and_not_the_order_of_their_fields() -> None:
    assert etag_of({"a": 1, "b": "é"}) == etag_of({"b": "é", "a": 1}) != etag_of({"a": 1, "b": "e"})
    assert read_if_match([etag_of({})]) == [etag_of({})]
