"""Text is decoded as it was meant, and never guessed without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.domain.problems import UnknownFormat

SENTENCES = [
    ("Les dockers ont cessé le travail à Noël, dès l'aube.", "cp1252"),
    ("Os estivadores não irão trabalhar amanhã: a situação é crítica.", "iso8859_1"),
    ("Zażółć gęślą jaźń, powiedział stoczniowiec.", "iso8859_2"),
    ("Zażółć gęślą jaźń, powiedział stoczniowiec.", "cp1250"),
    ("Příliš žluťoučký kůň úpěl ďábelské ódy.", "cp1250"),
    ("Příliš žluťoučký kůň úpěl ďábelské ódy.", "iso8859_2"),
    ("Işçiler liman önünde çağrı yaptı, grev sürüyor.", "cp1254"),
    ("Докеры порта начали забастовку в понедельник утром.", "cp1251"),
    ("Докеры порта начали забастовку в понедельник утром.", "koi8_r"),
    ("港湾労働者は月曜日にストライキを始めた。", "cp932"),
    ("港湾労働者は月曜日にストライキを始めた。", "euc_jp"),
    ("港湾労働者は月曜日にストライキを始めた。", "iso2022_jp"),
    ("码头工人周一开始罢工，要求提高工资。", "gb18030"),
    ("항만 노동자들이 월요일에 파업에 들어갔다.", "cp949"),
    ("بدأ عمال الميناء إضرابا يوم الاثنين.", "cp1256"),
    ("Οι λιμενεργάτες ξεκίνησαν απεργία τη Δευτέρα.", "iso8859_7"),
]


@pytest.mark.parametrize(("text", "encoding"), SENTENCES, ids=[encoding for _, encoding in SENTENCES])
def test_text_in_an_old_encoding_is_read_and_the_guess_is_reported(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoding in ("iso2022_jp",) or "guessed" in decoded.warnings[0]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_utf_8_and_marked_utf_16_and_32_are_certain(text: str) -> None:
    text = text.removeprefix("\ufeff")
    for data in (text.encode(), text.encode("utf-8-sig"), ("\ufeff" + text).encode("utf-16-be"), text.encode("utf-32")):
        assert (decode(data).text, decode(data).warnings) == (text, ())


def test_utf_16_without_a_mark_is_told() -> None:
    text = "The dockers of the harbour went on strike on Monday."
    assert decode(text.encode("utf-16-le")).text == text
    assert decode(text.encode("utf-16-be")).text == text


def test_a_few_damaged_bytes_do_not_make_utf_8_something_else() -> None:
    data = "Grève à Noël, grève à Pâques. ".encode() * 50
    decoded = decode(data[:700] + b"\xff" + data[700:])
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1
    assert decoded.warnings == ("it is not utf-8 in 1 places, which read as \ufffd",)


def test_what_a_page_declares_is_believed_when_it_fits() -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><body>“Grève” à Noël</body></html>'
    assert decode(page.encode("cp1252"), may_declare=True).text == page
    assert decode(page.encode(), may_declare=True).encoding == "utf-8"


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x00\x01\x02" * 50, b"a\0b\0\xff\xfe\x80" * 1000])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnknownFormat):
        decode(data)
