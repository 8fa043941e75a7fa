"""What marks a quote holds its letters and no others: on pages, scans and turned pages, in Arabic, at every size."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.support.browsing import Person
from tests.support.codebooks import asked, findings, stated
from tests.support.openai_answers import messages_of
from tests.support.openai_server import OpenAIServer
from tests.support.red_quotes import must_hold_the_quote, printed, quote_of, scanned, turned
from tests.support.tenant import wait_until
from tests.unit.ingest.files import docx, paragraph

LINE = """<p>The police said on Monday that <b>about 1,250 people marched</b> through the harbour of Portavel, and that
nobody was hurt. A second march drew about 400 people.</p><p>The union had called for a strike of two days.</p>"""
LINES = """<p>A reporter wrote that <b>some 3,000 dockers walked from the old harbour of Portavel to the town hall,
where the mayor spoke for an hour to those who had come from the villages</b> and then went home.</p>"""
PAGES = f"""<div style="height: 226mm">On that day it rained.</div><p>{LINES[3:]}"""
BROKEN = """<p style="break-after: page">Nobody knew at all why on that very day in Portavel the demon-</p>
<p><b>stration</b> had been forbidden by the town hall.</p>"""
ARABIC = """<div dir="rtl" lang="ar"><p>قالت الشرطة يوم الاثنين إن <b>نحو 1250 شخصًا شاركوا في المظاهرة</b> التي خرجت من
الميناء القديم إلى ساحة البلدية، ولم يصب أحد بأذى.</p><p>دعت النقابة إلى إضراب يومين احتجاجًا على الأجور.</p></div>"""
QUOTES = [*map(quote_of, (LINE, LINES, ARABIC)), "the demonstration"]
NAMES = {"one line": 1, "several lines": 1, "over a page's end": 2, "turned": 1, "turned back": 1, "عربي": 1}
SCANS = {"a scan": 1, "a turned scan": 1, "a scan over a page's end": 2}
"""On how many pages the quote stands."""
TEXTS = ("نص.txt", "نص.html", "نص.docx")
HAS_TESSERACT = shutil.which("tesseract") is not None
needs_tesseract = pytest.mark.skipif(not HAS_TESSERACT, reason="tesseract is not installed")


class Coded(NamedTuple):
    """A project in which a model has quoted each document; its documents by name."""

    project: str
    documents: dict[str, str]

    def address(self, name: str) -> str:
        return f"/projects/{self.project}/documents/{self.documents[name]}"


@pytest.fixture(scope="module")
def researcher(stack: LocalStack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


def _files(browser: Browser) -> dict[str, bytes]:
    line, lines, pages = (printed(browser, html) for html in (LINE, LINES, PAGES))
    pdfs = {"one line": line, "several lines": lines, "over a page's end": pages, "turned": turned(line, 90)}
    pdfs |= {"turned back": turned(lines, 270), "عربي": printed(browser, ARABIC), "broken": printed(browser, BROKEN)}
    if HAS_TESSERACT:
        pdfs |= {"a scan": scanned(line), "a turned scan": turned(scanned(lines, turned_by=90), 90)}
        pdfs |= {"a scan over a page's end": scanned(pages)}
    words = [" ".join(part.split()) for part in re.findall("<p>(.*?)</p>", re.sub("</?b>", "", ARABIC), re.DOTALL)]
    html = f"<html lang=ar dir=rtl><body>{''.join(f'<p>{part}</p>' for part in words)}</body></html>"
    texts = ("\n\n".join(words).encode(), html.encode(), docx("".join(map(paragraph, words))))
    return {f"{name}.pdf": data for name, data in pdfs.items()} | dict(zip(TEXTS, texts, strict=True))


def _answer(body: dict[str, Any]) -> dict[str, Any]:
    """Quotes the one of the quotes that stands in what is asked about."""
    prompt = " ".join("\n".join(messages_of(body)).split())
    found = next((quote for quote in QUOTES if quote in prompt), None)
    return findings({name: found and stated(found, found) for name in asked(body)}, body)


@pytest.fixture(scope="module")
def coded(chromium: Browser, researcher: Person, chat_model: OpenAIServer) -> Coded:
    settings = {"name": "Marked", "model": "openai:gpt-4.1-mini"}
    project: str = researcher.post("projects", settings)["id"]
    researcher.post(f"projects/{project}/variables", {"name": "crowd", "type": "TEXT", "instructions": "Who came."})
    files = [("files", file) for file in _files(chromium).items()]
    researcher.http.post(f"/v1/projects/{project}/documents", files=files).raise_for_status()
    listed = f"projects/{project}/documents"
    wait_until(lambda: all(one["status"] == "READY" for one in researcher.all(listed)), 180)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chat_model, "answer", _answer)
        job = researcher.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})
        assert list(researcher.follow(job["id"]))
    return Coded(project, {one["name"]: one["id"] for one in researcher.all(listed)})


@pytest.mark.parametrize(
    ("name", "pages"), [*NAMES.items(), *(pytest.param(*scan, marks=needs_tesseract) for scan in SCANS.items())]
)
def test_rectangles_on_pages_hold_the_quote_and_nothing_else(
    researcher: Person, coded: Coded, open_tab: Open, name: str, pages: int
) -> None:
    with open_tab(researcher) as tab:
        tab.open(coded.address(f"{name}.pdf"))
        expect(tab.page.locator("rect").first).to_be_in_viewport()
        must_hold_the_quote(tab.page, pages)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_rectangles_fit_at_every_size_of_page_and_window(
    researcher: Person, coded: Coded, open_tab: Open, language: str
) -> None:
    larger, smaller = ("Larger", "Smaller") if language == "en" else ("تكبير", "تصغير")
    with open_tab(researcher, language=language) as tab:
        page = tab.page
        tab.open(coded.address("several lines.pdf"))
        must_hold_the_quote(page)
        for button, times in ((larger, 4), (smaller, 6)):
            for _ in range(times):
                page.get_by_role("button", name=button).click()
            expect(page.locator("rect").first).to_be_in_viewport()
            must_hold_the_quote(page)
        for width in (360, 1900):
            page.set_viewport_size({"width": width, "height": 740})
            must_hold_the_quote(page)


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["desk", "telephone"])
def test_the_panel_of_a_cell_and_review_show_the_quote_on_the_page(
    researcher: Person, coded: Coded, open_tab: Open, size: tuple[int, int]
) -> None:
    with open_tab(researcher, viewport={"width": size[0], "height": size[1]}) as tab:
        page = tab.page
        tab.open(f"/projects/{coded.project}/data?filter=%5B%22document~several%22%5D")
        page.locator("[data-at='0:1']").click()
        expect(page.get_by_role("complementary").locator("rect").first).to_be_in_viewport()
        must_hold_the_quote(page)
        tab.open(f"/projects/{coded.project}/review")
        now = page.get_by_role("status").filter(has_text=", in ")
        expect(now).to_be_visible()
        while not (shown := now.inner_text()).endswith("turned.pdf"):
            page.keyboard.press("j")
            expect(now).not_to_have_text(shown)
        must_hold_the_quote(page)
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("width", [1280, 360])
def test_arabic_texts_are_marked_from_right_to_left_with_no_letter_wrapped(
    researcher: Person, coded: Coded, open_tab: Open, name: str, width: int
) -> None:
    with open_tab(researcher, viewport={"width": width, "height": 740}) as tab:
        page = tab.page
        tab.open(coded.address(name))
        text = page.get_by_role("region", name=name)
        assert marked(page) == [quote_of(ARABIC)]
        paragraphs = text.locator("p[dir=auto]")
        expect(paragraphs).to_have_count(2)
        expect(paragraphs.first).to_have_css("direction", "rtl")
        assert paragraphs.locator("*").count() == 0
        must_be_within(text)


def marked(page: Page) -> list[str]:
    """What is highlighted as the quote."""
    page.wait_for_function("() => CSS.highlights.get('quote')?.size > 0")
    found: Any = page.evaluate("() => [...CSS.highlights.get('quote')].map(String)")
    return list(found)


def must_be_within(text: Locator) -> None:
    """Fails unless the whole of what is highlighted comes into view."""
    text.page.wait_for_function(
        """(view) => {
            const {left, top, right, bottom} = view.getBoundingClientRect();
            const lines = [...CSS.highlights.get("quote")].flatMap((range) => [...range.getClientRects()]);
            return lines.length > 0 && lines.every((line) =>
                line.left >= left && line.right <= right && line.top >= top && line.bottom <= bottom);
        }""",
        arg=text.element_handle(),
    )


def test_without_a_sure_place_the_text_is_shown_and_no_rectangle(
    researcher: Person, coded: Coded, open_tab: Open
) -> None:
    with open_tab(researcher) as tab:
        page = tab.page
        tab.open(coded.address("broken.pdf"))
        expect(page.get_by_role("status").filter(has_text="is not sure, so the text is shown")).to_be_visible()
        assert marked(page) == ["the demonstration"]
        page.get_by_role("radio", name="Pages").click()
        expect(page.get_by_role("img", name="Page 2")).to_have_js_property("complete", True)
        expect(page.locator("rect")).to_have_count(0)


def test_pages_are_turned_by_keys_and_the_rectangles_stay(researcher: Person, coded: Coded, open_tab: Open) -> None:
    with open_tab(researcher) as tab:
        page = tab.page
        tab.open(coded.address("over a page's end.pdf"))
        must_hold_the_quote(page, 2)
        status = page.get_by_role("status").filter(has_text=re.compile(r"^Page \d of 2"))
        page.get_by_role("region", name="over a page's end.pdf").focus()
        for key, at in (("End", 2), ("Home", 1)):
            page.keyboard.press(key)
            expect(status).to_have_text(re.compile(f"{at} of 2"))
        page.get_by_role("button", name="Next page").press("Enter")
        expect(status).to_have_text(re.compile("2 of 2"))
        must_hold_the_quote(page, 2)


def test_an_address_shows_a_passage_that_no_value_rests_on(researcher: Person, coded: Coded, open_tab: Open) -> None:
    """As quotes of the co-pilot link to what they rest on."""
    read = researcher.get(f"documents/{coded.documents[TEXTS[0]]}/text")["text"]
    words = "احتجاجًا على الأجور"
    start = read.index(words)
    with open_tab(researcher) as tab:
        tab.open(f"{coded.address(TEXTS[0])}?start={start}&end={start + len(words)}")
        tab.page.wait_for_function("() => CSS.highlights.get('quote')?.size === 2")
        assert set(marked(tab.page)) == {quote_of(ARABIC), words}
        focused: Any = tab.page.evaluate("() => [...CSS.highlights.get('focus')].map(String)")
        assert focused == [words]
