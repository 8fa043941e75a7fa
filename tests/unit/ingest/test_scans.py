"""Scanned pages are read where tesseract is installed, and nothing of them is left out without a word."""

import asyncio
import os
import re
import shutil
import textwrap
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import psutil
import pypdfium2  # type: ignore[import-untyped]
import pytest
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.answers import check_reading
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.parsers.ocr import LanguageMissing, Ocr, usable_languages
from coderai.services.ingest.adapters.parsers.pdf import parse
from coderai.services.ingest.adapters.parsers.scans import page_list
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.domain.document import Project
from coderai.services.ingest.domain.problems import NoText
from coderai.services.ingest.domain.reading import Reading, RecognisedPage
from coderai.services.ingest.domain.scanned_words import Line, Seen, pack, placed, unpack
from coderai.services.ingest.domain.text import Page
from tests.unit.ingest.files import read_one, zipped

HEADINGS = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\\t")
SENTENCES = ["The dockers went on strike.", "Nobody came to the harbour.", "The union was content."]
GERMAN = (
    "Die Hafenarbeiter legten die Arbeit nieder,\nweil der Lohn nicht genügte. Über\n"
    "tausend Männer zogen durch die Straßen."
)
Fake = Callable[..., None]


def drawn(*pages: str, scanned: bool = True) -> bytes:
    """A PDF of pages with a text each, in large letters; as pictures, if scanned. An empty text is an empty page."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(400, 300))
    for page in pages:
        if scanned and page:
            with pypdfium2.PdfDocument(drawn(page, scanned=False)) as document:
                canvas.drawImage(ImageReader(document[0].render(scale=3).to_pil()), 0, 0, 400, 300)
        else:
            canvas.setFont("Helvetica", 18)
            for number, line in enumerate(page.split("\n")):
                canvas.drawString(40, 240 - 24 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Puts a `tesseract` on the PATH that does this for the nth run ($n, from 1), in the language $of."""

    def install(behaviour: str, installed: str = "eng chi_sim") -> None:
        listed = "\\n".join(installed.split())
        script = f"""
            #!/bin/sh
            cd {tmp_path}
            if [ "$1" = --list-langs ]; then printf 'Languages:\\n{listed}\\n'; exit; fi
            cat > picture; echo x >> calls; n=$(wc -l < calls)
            of=$(echo "$*" | sed 's/.*-l \\([^ ]*\\).*/\\1/'); echo "$of" >> languages
            say() {{ printf '{HEADINGS}\\n4\\t1\\t1\\t1\\t1\\t0\\t0\\t0\\t9\\t9\\t-1\\t\\n'; for word in "$@"; do
                printf '5\\t1\\t%s\\t1\\t%s\\t1\\t125\\t250\\t250\\t125\\t%s\\t%s\\n' $(echo $word | tr : ' '); done; }}
        """
        program = tmp_path / "tesseract"
        program.write_text(textwrap.dedent(script).lstrip() + behaviour)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return install


def test_without_tesseract_a_scan_is_refused_with_its_pages_and_what_would_help(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert usable_languages("eng") == ""
    with pytest.raises(NoText, match=r"2 pages without text, most likely a scan: .* tesseract .* installed"):
        read_one(drawn("One", "Two"), "a.pdf")


def test_languages_that_tesseract_does_not_have_are_named(fake: Fake) -> None:
    fake("exit 1")
    assert usable_languages("eng+chi_sim") == "eng+chi_sim"
    assert usable_languages("") == ""
    with pytest.raises(LanguageMissing, match=r"cannot read chi_tra, only chi_sim, eng: .*tesseract-ocr-chi-tra"):
        usable_languages("eng+chi_tra")


def test_all_that_is_installed_may_be_used(fake: Fake) -> None:
    fake("exit 1", installed="ara chi_sim_vert deu eng equ osd script/Arabic")
    assert usable_languages("auto") == "eng+ara+deu+osd"
    assert usable_languages("deu") == "deu+osd"
    assert usable_languages("deu+script/Arabic+osd") == "deu+script/Arabic+osd"
    fake("exit 1", installed="osd")
    assert usable_languages("auto") == ""


SPOKEN = """
case $of in
    osd) printf 'Page number: 0\nScript: %s\n' {script};;
    {read}*) say $(for word in {text}; do echo 1:1:90:$word; done);;
    eng) say $(for word in {text}; do echo 1:1:{english}:$word; done);;
    *) say $(for word in {text}; do echo 1:1:{other}:$word; done);;
esac
"""
PLAIN_GERMAN = "Die Hafenarbeiter legten gestern die Arbeit nieder weil der Lohn nicht genug war und " * 2


@pytest.mark.parametrize(
    ("script", "expected", "english", "other", "runs"),
    [
        ("Latin", "", 80, 80, ["osd", "eng", "deu+eng", "deu+eng"]),
        ("Latin", "de", 80, 80, ["deu+eng", "deu+eng"]),
        ("Latin", "ar", 80, 80, ["ara+eng", "deu+eng", "deu+eng"]),
        ("Latin", "ar", 80, 30, ["ara+eng", "osd", "eng", "deu+eng"]),
        ("Latin", "", 95, 80, ["osd", "eng", "deu+eng", "eng"]),
        ("Arabic", "", 80, 80, ["osd", "ara+eng", "deu+eng", "deu+eng"]),
    ],
)
def test_a_file_is_read_in_the_language_of_its_text_and_one_page_at_most_again(
    fake: Fake, tmp_path: Path, script: str, expected: str, english: int, other: int, runs: list[str]
) -> None:
    fake(SPOKEN.format(script=script, read="deu", text=PLAIN_GERMAN, english=english, other=other))
    extract = parse(drawn("one", "two"), Tools(ocr=Ocr("eng+ara+deu+osd"), language=expected))
    assert (tmp_path / "languages").read_text().split() == runs
    assert not [warning for warning in extract.report.warnings if "installed" in warning]


def test_the_written_pages_of_a_file_tell_the_language_of_its_scanned_ones(fake: Fake, tmp_path: Path) -> None:
    fake(SPOKEN.format(script="Latin", read="deu", text=PLAIN_GERMAN, english=80, other=80))
    merged = pypdfium2.PdfDocument.new()
    for part in (drawn("a picture"), drawn(GERMAN, scanned=False)):
        merged.import_pages(pypdfium2.PdfDocument(part))
    file = BytesIO()
    merged.save(file)
    parse(file.getvalue(), Tools(ocr=Ocr("eng+ara+deu+osd"), language="ar"))
    assert (tmp_path / "languages").read_text().split() == ["deu+eng"]


@pytest.mark.parametrize(
    ("usable", "script", "expected", "needed"),
    [
        ("eng+osd", "Latin", "", "German, .* tesseract-ocr-deu .*deu allowed"),
        ("eng+osd", "Cyrillic", "uk", "Ukrainian, .* tesseract-ocr-ukr "),
        ("eng+osd", "Han", "", "Chinese, .* tesseract-ocr-chi-sim "),
        ("eng", "none", "", "German, .* tesseract-ocr-deu "),
    ],
)
def test_what_would_have_to_be_installed_for_a_language_is_named(
    fake: Fake, usable: str, script: str, expected: str, needed: str
) -> None:
    fake(SPOKEN.format(script=script, read="no", text=PLAIN_GERMAN, english=80, other=30))
    extract = parse(drawn("one", "two"), Tools(ocr=Ocr(usable), language=expected))
    assert any(re.search(needed, warning) for warning in extract.report.warnings), extract.report.warnings
    assert all("(tesseract, eng)" in warning for warning in extract.report.warnings if "read by" in warning)


def test_words_become_lines_and_paragraphs_and_chinese_has_no_spaces(fake: Fake) -> None:
    fake("say 1:1:90:On 1:1:80:Monday 1:2:70:nobody 2:1:60:委 2:1:50:员 2:1:40:worked")
    extract = parse(drawn("a picture"), Tools(ocr=Ocr("eng+chi_sim")))
    assert (extract.report.unsure_pages, extract.report.recognised_pages) == ((), (RecognisedPage(1, 0.65),))
    assert extract.pages == ["On Monday\nnobody\n\n委员 worked"]
    assert extract.report.reader == "pdfium, tesseract"
    assert extract.report.warnings == (
        "page 1 read by text recognition (tesseract, eng+chi_sim) with a mean confidence of 65 %, the lowest 65 % on "
        "page 1: it may have misread characters",
    )


def test_only_pages_without_text_are_read_as_pictures_and_each_keeps_its_place(fake: Fake) -> None:
    fake("[ $n = 1 ] && say 1:1:90:first || say 1:1:70:second")
    written, scan = drawn("Written", scanned=False), drawn("a picture")
    merged = pypdfium2.PdfDocument.new()
    for part in (scan, written, scan, drawn("")):
        merged.import_pages(pypdfium2.PdfDocument(part))
    file = BytesIO()
    merged.save(file)
    extract = parse(file.getvalue(), Tools(ocr=Ocr("eng")))
    assert list(extract.pages) == ["first", "Written", "second", ""]
    assert "page 1, 3 read by text recognition" in extract.report.warnings[0]
    assert "mean confidence of 80 %, the lowest 70 % on page 3" in extract.report.warnings[0]
    assert extract.report.warnings[1:] == ("no text on page 4: perhaps a picture",)
    assert extract.report.unread_pages == (), "page 4 is empty"


def test_pages_that_are_not_read_are_named_with_the_reason(fake: Fake) -> None:
    fake("case $n in 1) say 1:1:90:first;; 2) echo 'broken' >&2; exit 1;; 3) exec sleep 60;; 4) say;; esac")
    done: list[int] = []
    ocr = Ocr("eng", most_pages=4, page_seconds=3, on_page=lambda: done.append(1))
    extract = parse(drawn(*"abcdef"), Tools(ocr=ocr))
    assert list(extract.pages) == ["first", "", "", "", "", ""]
    assert extract.report.warnings[1:] == (
        "page 2 not read, as text recognition failed: broken",
        "page 3 not read, as text recognition failed: it took more than 3 seconds",
        "page 5-6 not read, as text recognition takes 4 pages of a file at most: split the file",
        "no text on page 4: perhaps a picture",
    )
    assert extract.report.unread_pages == (2, 3, 4, 5, 6)
    assert len(done) == 4


def test_pages_whose_words_are_below_60_percent_are_unsure(fake: Fake) -> None:
    fake("case $n in 1) say 1:1:60:sure 1:1:60:enough;; 2) say 1:1:99:a 1:1:20:smudge;; 3) say 1:1:59:nearly;; esac")
    report = parse(drawn(*"abc"), Tools(ocr=Ocr("eng"))).report
    assert [(page.number, page.confidence) for page in report.recognised_pages] == [(1, 0.6), (2, 0.595), (3, 0.59)]
    assert report.unsure_pages == (2, 3)
    assert "page 2-3 read with a mean confidence below 60 %: compare" in report.warnings[1]
    assert report.unread_pages == ()


def test_a_scan_in_which_nothing_is_read_is_refused(fake: Fake) -> None:
    fake("echo 'no data' >&2; exit 1")
    with pytest.raises(
        NoText, match=r"1 page without text, and text recognition \(eng\) found none; page 1 .* no data"
    ):
        parse(drawn("a picture"), Tools(ocr=Ocr("eng")))


async def test_many_pages_may_take_longer_than_the_limit_of_one(fake: Fake) -> None:
    fake('sleep 0.9; say 1:1:90:sum-$(cksum | cut -d" " -f1)')  # it cannot write what it could count pages by
    async with Sandbox(Limits(seconds=4, ocr_languages="eng+chi_sim"), size=1) as sandbox:
        reading = await sandbox.read(drawn(*"abcde"), "a.pdf", project=Project(language="zh"))
    assert isinstance(reading, Reading)
    assert "(tesseract, chi_sim+eng)" in reading.report.warnings[0]
    assert len({word for word in reading.text.split() if word.startswith("sum-")}) == len("abcde")
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == reading.text.split()


async def test_a_reading_that_is_given_up_leaves_no_tesseract_behind(fake: Fake) -> None:
    duration = f"600.{os.getpid()}"
    fake(f"exec sleep {duration}")

    def recognising() -> list[psutil.Process]:
        return [process for process in psutil.process_iter(["cmdline"]) if duration in (process.info["cmdline"] or ())]

    async with Sandbox(Limits(seconds=600, ocr_languages="eng"), size=1) as sandbox:
        reading = asyncio.ensure_future(sandbox.read(zipped({"a.pdf": drawn("a picture")}), "a.zip"))
        while not recognising():  # noqa: ASYNC110 - it begins in another process
            await asyncio.sleep(0.02)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    _, alive = psutil.wait_procs(recognising(), timeout=20)
    assert not alive


def test_page_numbers_in_short() -> None:
    assert page_list([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"
    assert page_list([4]) == "4"


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
async def test_tesseract_itself_reads_a_scan() -> None:
    async with Sandbox(Limits(ocr_languages=usable_languages("eng")), size=1) as sandbox:
        reading = await sandbox.read(drawn(*SENTENCES), "a.pdf")
    assert isinstance(reading, Reading)
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == SENTENCES
    assert (
        "page 1-3 read by text recognition (tesseract, eng) with a mean confidence of 9" in reading.report.warnings[0]
    )


@pytest.mark.skipif("deu" not in usable_languages("auto"), reason="tesseract cannot read German here")
def test_tesseract_itself_reads_a_german_scan_in_german_without_being_told() -> None:
    extract = parse(drawn(GERMAN), Tools(ocr=Ocr(usable_languages("auto"))))
    assert extract.pages == [GERMAN]
    assert "(tesseract, deu+eng)" in extract.report.warnings[0]


def words_of(reading: Reading, page: int) -> list[tuple[str | None, float]]:
    """Of each word of a page what stands at its place in the text, and the confidence in it."""
    found = unpack(reading.words[page])
    return [
        (None if word.start is None else reading.text[word.start : word.end], round(word.confidence, 2))
        for word in found
    ]


def test_each_word_has_its_box_its_confidence_and_its_place_in_the_text(fake: Fake) -> None:
    fake("""
        head="1:1:50:The 1:1:50:Harbour 1:1:50:Gazette"
        case $n in
            1) say 1:1:80:No 1:1:80:work 1:2:90:Twelve 1:2:90:indus- 1:3:70:trial 1:3:60:workers- ;;
            2) say $head 1:2:90:came 1:2:90:before-;;
            3) say $head 1:2:80:hand 1:2:90:Twelve 2:1:90:委 2:1:90:员 2:2:90:3.;;
            *) say $head 1:2:90:The 1:2:90:end$n.;;
        esac
    """)
    (reading,) = read_file(drawn(*"abcde"), "a.pdf", tools=Tools(ocr=Ocr("eng+chi_sim")))
    assert isinstance(reading, Reading)
    check_reading(reading)
    assert reading.report.dropped == ("The Harbour Gazette",)
    industrial = [("Twelve", 0.9), ("indus", 0.9), ("trial", 0.7)]
    assert words_of(reading, 1)[2:5] == industrial
    dropped = [(None, 0.5)] * 3
    assert words_of(reading, 3)[:3] == words_of(reading, 4)[:3] == dropped
    assert words_of(reading, 2)[:3] == [("The", 0.5), ("Harbour", 0.5), ("Gazette", 0.5)], "it stays once"
    assert words_of(reading, 2)[3:] == [("came", 0.9), ("before", 0.9)]
    assert words_of(reading, 3)[3:] == [(None, 0.8), ("Twelve", 0.9), ("委", 0.9), ("员", 0.9), ("3.", 0.9)]
    assert words_of(reading, 5) == [*dropped, ("The", 0.9), ("end5.", 0.9)], "not the header's The"
    word = next(unpack(reading.words[1]))
    box = (word.left * 1667, word.top * 1250, word.right * 1667, word.bottom * 1250)
    assert box == pytest.approx((125, 250, 375, 375), abs=1), "of a page of 400 x 300 points, in 300 dpi"


def test_a_text_that_is_not_made_of_the_words_gives_them_no_places() -> None:
    seen = [Seen(text, 0, 0, 1, 1, 0.5) for text in ("one", "two", "three")]
    lines = [Line("one two three", tuple(seen))]
    found = list(placed(lines, "one two three", "one 2 three", Page(1, 0, 11)))
    assert [(word.start, word.end) for word in found] == [(0, 3), (None, None), (None, None)]
    about_half = pytest.approx(0.5, abs=1e-4)
    assert list(unpack(pack(found))) == [replace(word, confidence=about_half) for word in found]
