"""File names are kept without what could harm whoever reads or saves them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.ingest.domain.document import clean_name
from coderai.services.ingest.domain.problems import UploadInvalid


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Bericht März.docx", "Bericht März.docx"),
        ("a\0b\n\tc\u202egpj.txt", "abcgpj.txt"),
        ("  two   spaces .txt ", "two spaces .txt"),
        ("cafe\u0301.txt", "café.txt"),
        ("n" * 300 + ".pdf", "n" * 251 + ".pdf"),
        ("n" * 300, "n" * 255),
        ("报告.html", "报告.html"),
        ("folder/", "folder"),
    ],
)
def test_names_are_cleaned(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@pytest.mark.parametrize("name", ["", "  ", "..", "/", "a/..", "\u200b"])
def test_nothing_is_no_name(name: str) -> None:
    with pytest.raises(UploadInvalid):
        clean_name(name)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=600))
def test_every_kept_name_is_one_plain_name(name: str) -> None:
    try:
        kept = clean_name(name)
    except UploadInvalid:
        return
    assert 0 < len(kept) <= 255
    assert not {"/", "\\", "\0", "\n"} & set(kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert clean_name(kept) == kept
    kept.encode()
