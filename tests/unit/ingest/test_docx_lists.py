"""Headings and list items of Word files are read with the numbers that Word shows before them."""

import pytest

from coderai.services.ingest.adapters.parsers.word_number_formats import written
from tests.unit.ingest.files import docx, read_one


def _level(at: int, text: str, format: str = "decimal", more: str = "") -> str:
    start = '<w:start w:val="1"/>'
    return f'<w:lvl w:ilvl="{at}">{start}<w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def _abstract(id: int, *levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{id}">{more}{"".join(levels)}</w:abstractNum>'


def _num(id: int, abstract: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{id}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'


def _item(text: str, num: int | None = None, level: int | None = None, style: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    at = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    numbered = "" if num is None else f'<w:numPr>{at}<w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}{numbered}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _read(body: str, numbering: str, styles: str = "") -> list[str]:
    parts = {
        "word/numbering.xml": f"<w:numbering>{numbering}</w:numbering>",
        "word/styles.xml": f"<w:styles>{styles}</w:styles>",
    }
    return read_one(docx(body, parts), "a.docx").text.split("\n\n")


_OUTLINE = _abstract(
    0, _level(0, "%1."), _level(1, "%1.%2"), _level(2, "(%3)", "lowerLetter"), _level(3, "o", "bullet")
)


def test_levels_start_anew_below_a_higher_one_and_a_list_goes_on_after_other_text() -> None:
    levels = (0, 1, 1, 2, 2, 0, 1, 2, 3)
    items = [_item(f"x{n}", 1, level) for n, level in enumerate(levels)]
    read = _read("".join([*items[:4], _item("Between"), *items[4:]]), _OUTLINE + _num(1, 0))
    labels = [text.partition(" ")[0] for text in read]
    assert labels == ["1.", "1.1", "1.2", "(a)", "Between", "(b)", "2.", "2.1", "(a)", "-"]


def test_lists_of_one_definition_count_on_unless_one_starts_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = _OUTLINE + _num(1, 0) + _num(2, 0) + _num(3, 0, anew)
    body = "".join(_item("x", num, 0) for num in (1, 2, 3, 3, 1))
    assert _read(body, numbering) == ["1. x", "2. x", "5. x", "6. x", "7. x"]


def test_a_level_that_is_passed_over_counts_as_begun() -> None:
    body = _item("a", 1, 1) + _item("b", 1, 0) + _item("c", 1, 1)
    assert _read(body, _OUTLINE + _num(1, 0)) == ["1.1 a", "2. b", "2.1 c"]


def test_legal_levels_write_digits_and_a_level_may_never_start_anew() -> None:
    legal = _level(1, "%1.%2", "lowerLetter", "<w:isLgl/>")
    going_on = _level(2, "%3)", "decimal", '<w:lvlRestart w:val="0"/>')
    body = "".join(_item("x", 1, level) for level in (0, 1, 2, 0, 2))
    read = _read(body, _abstract(0, _level(0, "Article %1", "upperRoman"), legal, going_on) + _num(1, 0))
    assert read == ["Article I x", "1.1 x", "1) x", "Article II x", "2) x"]


def test_styles_number_their_paragraphs_and_those_based_on_them() -> None:
    linked = [_level(at, text, more=f'<w:pStyle w:val="H{at + 1}"/>') for at, text in enumerate(("%1", "%1.%2"))]
    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = f"""<w:style w:styleId="H1">{number}</w:style><w:style w:styleId="H2">{number}</w:style>
    <w:style w:styleId="Own"><w:basedOn w:val="H2"/></w:style>"""
    body = _item("a", style="H1") + _item("b", style="H2") + _item("c", style="Own") + _item("d", 0, style="H1")
    assert _read(body, _abstract(0, *linked) + _num(1, 0), styles) == ["1 a", "1.1 b", "1.2 c", "d"]


def test_what_is_deleted_is_not_counted() -> None:
    gone = """<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>
    <w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"""
    assert _read(_item("a", 1, 0) + gone + _item("b", 1, 0), _OUTLINE + _num(1, 0)) == ["1. a", "2. b"]


def test_an_empty_item_shows_its_number_but_no_bullet() -> None:
    assert _read(_item("", 1, 0) + _item("", 1, 3) + _item("b", 1, 0), _OUTLINE + _num(1, 0)) == ["1.", "2. b"]


@pytest.mark.parametrize(
    ("format", "number", "said"),
    [
        ("lowerLetter", 28, "bb"),
        ("upperRoman", 1994, "MCMXCIV"),
        ("arabicAbjad", 3, "ج"),
        ("arabicAlpha", 3, "ت"),
        ("hebrew1", 16, "טז"),
        ("russianUpper", 2, "Б"),
        ("chineseCountingThousand", 105, "一百零五"),
        ("japaneseCounting", 21, "二十一"),
        ("thaiNumbers", 12, "๑๒"),
        ("decimalZero", 7, "07"),
        ("decimalEnclosedCircle", 3, "③"),
        ("ordinal", 12, "12th"),
        ("ordinalText", 21, "Twenty-first"),
        ("lowerLetter", 2**31, "2147483648"),
        ("unheard-of", 4, "4"),
    ],
)
def test_numbers_are_written_as_their_format_says(format: str, number: int, said: str) -> None:
    assert written(number, format) == said
