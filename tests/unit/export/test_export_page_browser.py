"""The page as Chromium shows it: quotes are highlighted in place, keys do everything, hostile texts run nowhere."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coderai.services.export.adapters import html_choice
from coderai.services.export.adapters.html_file import write_html
from coderai.services.export.domain.coded import Document, Evidence
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.texts import PageBounds, Texts
from tests.unit.export.datasets import dataset, document, extraction, quoted, variable
from tests.unit.export.everything import TEXTS, everything
from tests.unit.export.hostile import ATTACKS, hostile
from tests.unit.export.read_texts import ReadTexts

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")

HIGHLIGHTED = """(name) => {
    const found = CSS.highlights.get(name);
    return found ? [...found].map(String) : [];
}"""


class Shown:
    """A page in the browser, and what it did that a page should not do."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        self.errors: list[str] = []
        self.loaded: list[str] = []
        """What did not end by the page's policy."""
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: self.errors.append(f"dialog {dialog.message}"))
        tab.on("requestfinished", lambda request: self.loaded.append(request.url))
        tab.on("requestfailed", lambda request: self.loaded.append(request.url) if request.failure != "csp" else None)

    async def open(self, made: Dataset, path: Path, texts: Texts | None) -> None:
        write_html(replace(made, texts=texts), path)
        await self.tab.goto(path.as_uri())
        await self.tab.wait_for_selector("html[data-ready]")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.tab.keyboard.press(key)

    async def state(self) -> str:
        return await self.tab.text_content("#state")  # type: ignore[no-any-return]

    async def column(self, at: int) -> list[str]:
        """What the rows in sight show in a column."""
        cells = await self.tab.query_selector_all(f'tbody [data-column="{at}"]')
        return [await cell.text_content() for cell in cells]

    async def highlighted(self, name: str = "quote") -> list[str]:
        return await self.tab.evaluate(HIGHLIGHTED, name)  # type: ignore[no-any-return]

    async def details(self) -> str:
        return await self.tab.inner_text("#details")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Any]:
    async with playwright.async_playwright() as started:
        found = await started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        await found.close()


@pytest.fixture
async def shown(browser: Any) -> AsyncIterator[Shown]:
    context = await browser.new_context(viewport={"width": 1200, "height": 700})
    yield Shown(await context.new_page())
    await context.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dataset.html"


async def open_cell(shown: Shown, row: int, column: int) -> None:
    """Opens a cell with keys, and waits until its place in the text is shown."""
    await shown.press("Control+Home", *["ArrowDown"] * row, *["ArrowRight"] * column, "Enter")
    await shown.tab.wait_for_selector("#place[data-shown]")


async def until(shown: Shown, script: str) -> None:
    """Waits until a script gives true; the page's policy lets no other waiting in."""
    async with asyncio.timeout(10):
        while not await shown.tab.evaluate(script):  # noqa: ASYNC110 - the browser tells nobody
            await asyncio.sleep(0.02)


def of_quotes(texts: Sequence[tuple[str, str]]) -> tuple[Dataset, ReadTexts]:
    """A row per (text, quote): the quote is the value's evidence."""
    found = []
    for number, (text, quote) in enumerate(texts):
        start = text.index(quote)
        evidence = quoted(quote, (start, start + len(quote), 1))
        found.append(Document(str(number), f"{number}.txt", extractions=[extraction("said", "x", evidence=evidence)]))
    return dataset([variable("said")], found), ReadTexts({str(n): text for n, (text, _) in enumerate(texts)})


QUOTES = [
    ("The dockers struck on Monday.", "struck on Monday"),
    (
        "\U0001f600\U0001f9d1\u200d\U0001f33e before. The \U0001f525 fire spread \U0001f525.",
        "\U0001f525 fire spread \U0001f525",
    ),
    ("تظاهر العمال في القاهرة.\nأصيب 12 شخصا واستخدمت الشرطة قوة مميتة.", "أصيب 12 شخصا واستخدمت"),
    (
        "\U00020bb7\u91ce\u5bb6\u3067\u50cd\u304f\u3002\U0002000b\u5b57\u306e\u4eba\u3005\u304c\u30b9\u30c8\u30e9\u30a4\u30ad\u3057\u305f\u3002",
        "\U0002000b\u5b57\u306e\u4eba\u3005",
    ),
    ("One line\r\nAnother line\nA third one", "line\r\nAnother"),
    ("e\u0301te\u0301 - a\u0300 la gre\u0300ve", "te\u0301 - a\u0300"),
    ("The end", "The end"),
    ("word \U0001f600 " * 20_000 + "the last words of a long line", "the last words"),
    ("\U0001f600" * 50_000 + "a word of a long word", "\U0001f600\U0001f600a word"),
    (
        ("A line of some words.\n" * 5_000) + "\U0001f600 The quote is far below.\n" + ("And more.\n" * 5_000),
        "The quote is far below",
    ),
]


IN_SIGHT = """() => {
    const [range] = CSS.highlights.get('quote');
    const box = range.getBoundingClientRect(), around = document.querySelector('#text').getBoundingClientRect();
    return box.height > 0 && box.top >= around.top && box.bottom <= around.bottom;
}"""
UNBROKEN = "[...document.querySelectorAll('.chunk')].every(one => one.childNodes.length === 1)"


async def test_each_quote_is_highlighted_where_the_text_has_it_and_seen(shown: Shown, path: Path) -> None:
    made, texts = of_quotes(QUOTES)
    await shown.open(made, path, texts)
    for row, (text, quote) in enumerate(QUOTES):
        await open_cell(shown, row, 1)
        assert await shown.highlighted() == [quote]
        assert await shown.tab.evaluate("document.querySelector('#text').textContent") == text
        # No element stands among the letters: scripts that join them would break there.
        assert await shown.tab.evaluate(UNBROKEN)
        await until(shown, IN_SIGHT)
    assert shown.errors == []


async def test_a_browser_without_highlights_selects_the_quote(shown: Shown, path: Path) -> None:
    await shown.tab.add_init_script("delete window.Highlight; delete CSS.highlights;")
    made, texts = of_quotes(QUOTES)
    await shown.open(made, path, texts)
    for row in (1, 2):
        await open_cell(shown, row, 1)
        assert await shown.tab.evaluate("String(getSelection())") == QUOTES[row][1]


async def test_every_span_entity_and_other_quote_of_a_row_is_marked_and_explained(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, ReadTexts(TEXTS))
    await open_cell(shown, 0, 3)
    assert await shown.highlighted() == ["Seven were hurt"]
    assert await shown.highlighted("mention") == ["MV Aster"]
    assert "in Kessling" in await shown.highlighted("other")
    told = await shown.details()
    for part in (
        "MV Aster",
        "People injured",
        "7",
        "wants a look",
        "0.55",
        "flagged",
        "unchecked, low confidence",
        "openai:small",
    ):
        assert part in told, part
    await open_cell(shown, 1, 2)
    told = await shown.details()
    for part in ("not applicable", "a person's answer", "The model said\nKessling", "ada@example.org", "12.5"):
        assert part in told, part
    await open_cell(shown, 3, 2)
    told = await shown.details()
    for part in ("ungrounded", "In question were", "Ostermund", "Text recognition is unsure: page 1."):
        assert part in told, part


async def test_evidence_of_several_spans_over_pages_is_marked_in_each(shown: Shown, path: Path) -> None:
    text = "\U0001f600 First page ends.\n\nThe second page goes on."
    spans = ((2, 12, 1), (text.index("second"), text.index("second") + 6, 2))
    found = Document(
        "a", "a.pdf", extractions=[extraction("said", "x", evidence=quoted("First page … second", *spans))]
    )
    pages = {"a": (PageBounds(1, 0, 18), PageBounds(2, 20, len(text)))}
    await shown.open(dataset([variable("said")], [found]), path, ReadTexts({"a": text}, pages))
    await open_cell(shown, 0, 1)
    assert await shown.highlighted() == ["First page", "second"]
    assert await shown.tab.evaluate("[...document.querySelectorAll('.page')].map(one => one.textContent)") == [
        "Page 1",
        "Page 2",
    ]


async def test_a_quote_that_the_text_no_longer_has_there_is_not_marked(shown: Shown, path: Path) -> None:
    made, _ = of_quotes([("The dockers struck on Monday.", "struck on Monday")])
    await shown.open(made, path, ReadTexts({"0": "Another text stands in the document now."}))
    await open_cell(shown, 0, 1)
    assert await shown.highlighted() == []
    assert "read anew since" in await shown.details()
    nowhere = Evidence("said nowhere", "NONE")
    made = dataset(
        [variable("said")], [Document("0", "0.txt", extractions=[extraction("said", "x", evidence=nowhere)])]
    )
    await shown.open(made, path, None)
    await open_cell(shown, 0, 1)
    assert "does not have these words" in await shown.details()
    assert "does not have this document's text" in await shown.tab.inner_text("#text")


async def test_a_text_without_words_at_the_place_is_no_quote(shown: Shown, path: Path) -> None:
    made, _ = of_quotes([("The dockers struck on Monday.", "struck on Monday"), ("Done: \u2713 today", "\u2713")])
    await shown.open(made, path, ReadTexts({"0": "- " * 40, "1": "Done: \u2713 today"}))
    await open_cell(shown, 0, 1)
    assert await shown.highlighted() == []
    assert "read anew since" in await shown.details()
    await open_cell(shown, 1, 1)
    assert await shown.highlighted() == ["\u2713"]


HELD = """
    const read = Response.prototype.text;
    Response.prototype.text = async function () {
        const text = await read.call(this);
        await window.held;
        return text;
    };
"""


async def test_a_text_that_comes_late_does_not_take_the_place_of_the_one_that_is_open(
    shown: Shown, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_choice, "GROUP", 1)
    await shown.tab.add_init_script(HELD)
    made, texts = of_quotes([("The first was late.", "first"), ("The second was there.", "second")])
    await shown.open(made, path, texts)
    await shown.tab.evaluate("() => { window.held = new Promise((resolve) => { window.letGo = resolve; }); }")
    await shown.press("Control+Home", "ArrowRight", "Enter")
    await shown.tab.evaluate("() => { window.held = null; }")
    await shown.press("ArrowDown")
    await shown.tab.wait_for_selector("#place[data-shown]")
    await shown.tab.evaluate("async () => { window.letGo(); await new Promise((resolve) => setTimeout(resolve)); }")
    assert await shown.tab.inner_text("#document") == "1.txt"
    assert await shown.tab.inner_text("#text") == "The second was there."
    assert await shown.highlighted() == ["second"]


async def test_a_confidence_of_nothing_is_told(shown: Shown, path: Path) -> None:
    found = Document("0", "0.txt", extractions=[extraction("said", "x", confidence=0.0)])
    await shown.open(dataset([variable("said")], [found]), path, None)
    await open_cell(shown, 0, 1)
    assert "Confidence\n0" in await shown.details()


async def test_hostile_texts_run_nowhere_and_load_nothing(shown: Shown, path: Path) -> None:
    made, texts = hostile()
    await shown.open(made, path, ReadTexts(texts))
    clean = [attack.replace("\ud800", "\ufffd") for attack in ATTACKS]
    for row, text in enumerate(texts.values()):
        for column in (0, 1, 2, 3, 4):
            await open_cell(shown, row, column)
            assert await shown.tab.evaluate("document.querySelector('#document').textContent") == clean[row]
            assert await shown.tab.evaluate("document.querySelector('#text').textContent") == text
        await shown.press("f", "Escape")
    for button in ("columns", "codebook", "notes", "keys"):
        await shown.tab.click(f"#{button}")
        await shown.tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        await shown.press("Escape")
    await shown.tab.pdf()
    assert await shown.tab.evaluate("window.hacked") is None
    assert await shown.tab.evaluate("document.querySelectorAll('img, iframe, svg, object, embed, a').length") == 0
    assert shown.loaded == [path.as_uri()]
    assert shown.errors == []


async def test_the_policy_stops_what_a_mistake_would_let_in(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, None)
    await shown.tab.evaluate("""() => {
        const add = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields));
        try { add('script', { textContent: 'window.hacked = 1' }); } catch { /* refused at once */ }
        add('img', { src: 'https://evil.example/a.png' });
        fetch('https://evil.example/').catch(() => {});
    }""")
    refused = await shown.tab.evaluate("""() => {
        try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; }
    }""")
    assert refused
    assert await shown.tab.evaluate("window.hacked") is None
    assert shown.loaded == [path.as_uri()]


async def test_filters_and_sorting_by_keys_alone(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, ReadTexts(TEXTS))
    assert await shown.state() == "17 rows"
    await shown.press("Control+Home", "ArrowUp", *["ArrowRight"] * 3, "Enter")  # the heading of `injured`
    await shown.tab.wait_for_selector("dialog[open]")
    await shown.tab.get_by_label("From", exact=True).fill("5")
    await shown.tab.get_by_label("To", exact=True).fill("20")
    await shown.press("Escape")
    assert await shown.state() == "2 of 17 rows; filtered by People injured"
    assert [text.strip() for text in await shown.column(3)] == ["7 (wants a look, unchecked, low confidence)", "12"]
    await shown.press("f")
    await shown.tab.get_by_role("button", name="Sort down").press("Enter")
    await shown.press("Escape")
    assert [text.split()[0] for text in await shown.column(3)] == ["12", "7"]
    assert await shown.tab.get_attribute("#header [data-column='3']", "aria-sort") == "descending"
    await shown.press("f")
    await shown.tab.get_by_label("Only those that want a look").check()
    await shown.press("Escape")
    assert (await shown.state()).startswith("1 of 17 rows")
    await shown.tab.get_by_role("button", name="Clear filters").press("Enter")
    assert await shown.state() == "17 rows"


async def test_a_range_has_the_cells_of_which_any_value_is_in_it(shown: Shown, path: Path) -> None:
    found = [document("a.txt", {"hurt": [5, 50]}), document("b.txt", {"hurt": [5, 500]})]
    await shown.open(dataset([variable("hurt", "NUMBER", if_multiple_values="ALL")], found), path, None)
    await shown.press("Control+Home", "ArrowRight", "f")
    await shown.tab.get_by_label("From", exact=True).fill("20")
    await shown.tab.get_by_label("To", exact=True).fill("100")
    await shown.press("Escape")
    assert await shown.column(0) == ["a.txt"]


async def test_dialogs_are_closed_by_their_button_too(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, None)
    await shown.tab.click("#codebook")
    await shown.tab.click("#done")
    assert await shown.tab.is_hidden("dialog")
    assert shown.errors == []


async def test_values_and_missing_reasons_are_chosen_from_those_that_occur(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, ReadTexts(TEXTS))
    await shown.press("Control+Home", *["ArrowRight"] * 6, "f")  # `violence`
    await shown.tab.get_by_label("قوة مميتة").check()
    assert (await shown.state()).startswith("1 of 17 rows")
    await shown.tab.get_by_label("ambiguous").check()
    assert (await shown.state()).startswith("2 of 17 rows")
    await shown.press("Escape")
    shown_cells = [text.strip() for text in await shown.column(6)]
    assert shown_cells == ["قوة مميتة", "ambiguous"]
    await shown.press("/")
    await shown.tab.keyboard.type("القاهرة")
    assert "1 of 17 rows" in await shown.state()
    await shown.tab.fill("#search", "no such words")
    assert await shown.tab.is_visible("#nothing")


async def test_dates_may_be_filtered_by_month_or_year(shown: Shown, path: Path) -> None:
    days = ("2019-12-31", "2020", "2020-03-05", "2020-12-31", "2021-01-01")
    found = [document(f"{day}.txt", {"day": day}) for day in days]
    await shown.open(dataset([variable("day", "DATE")], found), path, None)
    await shown.press("Control+Home", "ArrowRight", "f")
    await shown.tab.get_by_label("From (2021, 2021-03 ...)").fill("2020")
    await shown.tab.get_by_label("To", exact=True).fill("2020")
    await shown.press("Escape")
    assert [text.strip() for text in await shown.column(1)] == ["2020", "2020-03-05", "2020-12-31"]


async def test_the_table_says_what_it_is_to_those_who_hear_it(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, ReadTexts(TEXTS))
    grid = shown.tab.locator("#grid")
    assert await grid.get_attribute("role") == "grid"
    assert (await grid.get_attribute("aria-rowcount"), await grid.get_attribute("aria-colcount")) == ("18", "15")
    await shown.press("Control+Home", "ArrowDown", "ArrowRight", "ArrowRight")
    cell = shown.tab.locator(f"#{await grid.get_attribute('aria-activedescendant')}")
    assert (await cell.get_attribute("role"), await cell.get_attribute("aria-colindex")) == ("gridcell", "3")
    assert await cell.text_content() == "not applicable (a person's answer)"
    await shown.press("Enter", "Escape")
    assert await shown.tab.is_hidden("#place")
    assert await shown.tab.evaluate("document.activeElement.id") == "grid"


async def test_texts_of_right_to_left_scripts_run_so(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, ReadTexts(TEXTS))
    await open_cell(shown, 2, 3)
    first = """() => {
        const node = document.querySelector('.chunk').firstChild, range = new Range();
        range.setStart(node, 0); range.setEnd(node, 1);
        const box = range.getBoundingClientRect(), around = document.querySelector('.chunk').getBoundingClientRect();
        return around.right - box.right < around.width / 10;
    }"""
    assert await shown.tab.evaluate(first)
    assert (
        await shown.tab.evaluate("getComputedStyle(document.querySelector('td[data-row=\"2\"] bdi')).direction")
        == "rtl"
    )


async def test_thousands_of_rows_leave_the_document_small(shown: Shown, path: Path) -> None:
    variables = [variable(f"v{number}", "NUMBER") for number in range(50)]
    rows = [document(f"{n}.txt", {v.name: n for v in variables}) for n in range(2_000)]
    await shown.open(dataset(variables, rows), path, None)
    assert await shown.tab.evaluate("document.querySelectorAll('*').length") < 2_000
    await shown.press("Control+End")
    assert await shown.tab.inner_text("#grid .active") == "1999"
    assert (
        await shown.tab.evaluate("document.querySelector('#grid .active').parentElement.getAttribute('aria-rowindex')")
        == "2001"
    )
    await shown.press("Control+Home", "PageDown", "PageDown", "End", "Home")
    assert int((await shown.tab.inner_text("#grid .active")).removesuffix(".txt")) > 10
    assert shown.errors == []


async def test_on_paper_each_row_is_a_list_of_its_values(shown: Shown, path: Path) -> None:
    await shown.open(everything(), path, ReadTexts(TEXTS))
    await shown.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    await shown.tab.emulate_media(media="print")
    told = await shown.tab.inner_text("#print")
    assert "MV Aster – harbour.txt" in told
    assert "not applicable" in told
    assert await shown.tab.is_hidden("#main")


async def test_a_damaged_page_says_so(shown: Shown, path: Path) -> None:
    write_html(everything(), path)
    damaged = path.read_bytes().replace(b'id="rows-0">eJ', b'id="rows-0">AA')  # noqa: ASYNC240
    path.write_bytes(damaged)  # noqa: ASYNC240
    await shown.tab.goto(path.as_uri())
    await shown.tab.wait_for_selector(".problem[role=alert]")
    assert "export it again" in await shown.tab.inner_text(".problem[role=alert]")


async def test_samples_and_notes_are_told(shown: Shown, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_choice, "MOST_DOCUMENTS", 3)
    rows = [document(f"{n}.txt", {"v": n}) for n in range(9)]
    await shown.open(dataset([variable("v", "NUMBER")], rows), path, None)
    assert "a sample of 3 of 9 documents" in await shown.tab.inner_text("#summary")
    await shown.tab.click("#notes")
    assert "3 of the 9 documents" in await shown.tab.inner_text("#dialog-body")
