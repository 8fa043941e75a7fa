"""RTF: what its program shows, in reading order; and nothing that a file is made of takes long."""

from tests.unit.ingest.files import read_one

FONTS = rb"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Cyrillic;}{\f2\fcharset128 Mincho;}}"


def text(body: bytes) -> str:
    """What an RTF file with this body says."""
    head = rb"{\rtf1\ansi\ansicpg1252\deff0" + FONTS + rb"{\*\generator X;}\pard\plain "
    return read_one(head + body + b"}", "a.rtf").text


def test_characters_are_those_of_their_fonts_and_of_unicode() -> None:
    assert text(rb"caf\'e9 {\f1 \'cf\'f0\'e8} {\f2 \'83e\'83\\} x") == "café При テソ x"
    assert text(rb"it\u8217\'92s \u-10179?\u-8704? {\uc2 \u233ab\u234 cde}\emdash\~\{\}") == "it’s 😀 éêe— {}"
    assert text(rb"{\upr{ansi}{\*\ud{\u20320?}}}") == "你"


def test_hidden_and_deleted_text_is_left_out() -> None:
    assert text(rb"a {\v hidden}{\deleted gone}\v no\v0 b") == "a b"
    assert text(rb"a{\*\unknown bad}{\pict 00ff}{\object{\*\objdata 01}{\result b}}") == "ab"


def test_tables_notes_headers_and_pages_stand_at_their_place() -> None:
    body = rb"""{\header Head}{\footer Foot}Strike{\super\chftn}{\footnote{\super\chftn} A note.} began.\par
\trowd\cellx1\cellx2\pard\intbl a\cell b\par c\cell\row
\trowd\pard\intbl 1\cell 2\cell\row
\pard After{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In a box\par}}{\shprslt old}}.\page
{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}} {\listtext 1.\tab}item\line more"""
    expected = "Head\n\nStrike began.\n\nA note.\n\na | b c\n1 | 2\n\nAfter.\n\nIn a box\nlink 1. item\nmore\n\nFoot"
    assert text(body) == expected


def test_metadata_and_comments() -> None:
    reading = read_one(
        rb"{\rtf1\ansi{\info{\title A \'e9t\'e9}{\author Me}{\subject no}}x{\*\annotation{\*\atnid 1} why}}", "a.rtf"
    )
    assert (reading.text, reading.metadata) == ("x", {"title": "A été", "author": "Me"})
    assert reading.report.warnings == ("1 comments were left out",)


def test_a_million_braces_and_numbers_that_lie_end() -> None:
    assert text(b"{" * 500_000 + b"deep" + b"}" * 500_000) == "deep"
    assert text(rb"a\u9999999999?\uc-5 \u66?\bin9999999999 x") == text(rb"a\u58367?\uc0 B?")
