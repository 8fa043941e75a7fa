"""The documents page, and a document as people see it: uploads, states, reading, pages with rectangles, marked text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, Request, Route, expect

from tests.support.browsing import ROOT, Person, Tab
from tests.support.tenant import wait_until

EXAMPLES = ROOT / "examples" / "public-events" / "documents"
REPORT = EXAMPLES / "sorrel-bridge-special-report.pdf"
MIB = 2**20
QUOTE = "نحو 250 شخصًا في الساحة 😀 احتجاجًا"
ARABIC = (
    "في صباح الجمعة تجمّع نحو 250 شخصًا في الساحة 😀 احتجاجًا على الأسعار.\n\n"
    "قالت الشرطة (Police) إن العدد 𠀀𠀁 كان أقل من ذلك."
)


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def new_project(person: Person, *files: tuple[str, bytes]) -> str:
    """A project whose files are read."""
    project: str = person.post("projects", {"name": f"Protests {uuid4().hex[:6]}"})["id"]
    if files:
        sent = [("files", file) for file in files]
        person.http.post(f"/v1/projects/{project}/documents", files=sent).raise_for_status()
        wait_until_read(person, project)
    return project


def wait_until_read(person: Person, project: str) -> None:
    while {"UPLOADED", "PARSED"} & {one["status"] for one in person.all(f"projects/{project}/documents")}:
        pass


def id_of(person: Person, project: str, name: str) -> str:
    listed = person.all(f"projects/{project}/documents")
    return next(str(one["id"]) for one in listed if one["name"] == name)


def choose(page: Page, files: list[FilePayload] | list[Path]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(files)


def test_many_files_come_in_and_each_says_what_became_of_it(person: Person, tab: Tab, page: Page) -> None:
    known = (EXAMPLES / "aldermoor-vigil.txt").read_bytes()
    project = new_project(person, ("aldermoor-vigil.txt", known))
    tab.open(f"/projects/{project}/documents")
    files = [text_file(f"note-{number:03}.txt", f"Note {number}: {uuid4()} marched.") for number in range(120)]
    files += [text_file("empty.txt", ""), text_file("the same again.txt", known.decode()), text_file(".DS_Store", "x")]
    choose(page, files)
    uploads = page.get_by_role("region", name="Files being uploaded")
    expect(uploads.get_by_role("status")).to_have_text("122 of 122 files")
    expect(uploads.get_by_role("alert")).to_contain_text("empty.txt is empty")
    uploads.get_by_text("All 122 files").click()
    expect(uploads.get_by_role("listitem").filter(has_text="note-000.txt")).to_contain_text("uploaded")
    each = uploads.get_by_role("region", name="All 122 files")
    each.evaluate("(element) => { element.scrollTop = element.scrollHeight }")
    expect(each.get_by_role("listitem").filter(has_text="the same again")).to_contain_text("was there already")
    expect(page.get_by_text("121 documents")).to_be_visible()
    uploads.get_by_role("button", name="Clear the list").click()
    expect(uploads).to_be_hidden()
    table = page.get_by_role("grid", name="Documents")
    expect(table.get_by_role("row").filter(has_text="note-000.txt")).to_contain_text("read")
    assert len({one["sha256"] for one in person.all(f"projects/{project}/documents")}) == 121


class _Cutting:
    """Breaks requests that carry a file's bytes, so many of them."""

    def __init__(self, context: BrowserContext, cuts: int) -> None:
        self.cuts = cuts
        self.begun = 0
        context.route("**/v1/uploads/*", self._go_on)
        context.route("**/v1/projects/*/uploads", self._begin)

    def _go_on(self, route: Route) -> None:
        if route.request.method == "PATCH" and self.cuts:
            self.cuts -= 1
            route.abort()
        else:
            route.continue_()

    def _begin(self, route: Route) -> None:
        self.begun += 1
        route.continue_()


def test_a_large_file_that_was_cut_off_goes_on(person: Person, tab: Tab, page: Page, tmp_path: Path) -> None:
    project = new_project(person)
    large = tmp_path / "large.txt"
    large.write_text("".join(f"Paragraph {number}: {uuid4()}\n" for number in range(110_000)))
    assert large.stat().st_size > 4 * MIB
    cutting = _Cutting(page.context, 1)
    tab.open(f"/projects/{project}/documents")
    choose(page, [large])
    expect(page.get_by_role("region", name="Files being uploaded").get_by_role("status")).to_have_text("1 of 1 files")
    assert (cutting.cuts, cutting.begun) == (0, 1)
    wait_until_read(person, project)
    assert [one["size"] for one in person.all(f"projects/{project}/documents")] == [large.stat().st_size]


def test_a_file_picked_again_in_another_tab_goes_on_there(person: Person, tab: Tab, page: Page, tmp_path: Path) -> None:
    project = new_project(person)
    large = tmp_path / "large.txt"
    large.write_text(f"{uuid4()} " * 130_000)
    cutting = _Cutting(page.context, 1_000)
    tab.open(f"/projects/{project}/documents")
    with page.expect_response(lambda answer: answer.url.endswith("/uploads")):
        choose(page, [large])
    expect(page.get_by_text("Sending …")).to_be_visible()
    other = page.context.new_page()
    page.close()
    cutting.cuts = 0
    other.goto(f"{person.url}/projects/{project}/documents")
    choose(other, [large])
    expect(other.get_by_role("region", name="Files being uploaded").get_by_role("status")).to_have_text("1 of 1 files")
    assert cutting.begun == 1


def test_a_file_that_cannot_be_read_says_why_and_can_go(person: Person, tab: Tab, page: Page) -> None:
    project = new_project(person, ("broken.pdf", b"%PDF-1.4 broken"), ("good.txt", b"Some fifty people marched."))
    tab.open(f"/projects/{project}/documents")
    expect(page.get_by_text("1 could not be read")).to_be_visible()
    page.get_by_role("row").filter(has_text="broken.pdf").get_by_text("not read").click()
    panel = page.get_by_role("complementary", name="About this document")
    expect(panel.get_by_role("alert")).to_contain_text("the PDF is damaged")
    panel.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("alertdialog", name="Delete broken.pdf?")
    dialog.get_by_role("button", name="Delete").click()
    expect(panel).to_be_hidden()
    expect(page.get_by_text("1 document", exact=True)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="broken.pdf")).to_have_count(0)


def test_what_was_left_out_of_a_page_is_told_and_read_on_demand(person: Person, tab: Tab, page: Page) -> None:
    paragraph = "Some three hundred dockers walked out on Monday and marched to the town hall of Portavel. " * 6
    menu = "<nav><a href='/a'>Subscribe to our newsletter</a></nav>"
    html = f"<html><body>{menu}<article><h1>Dockers march</h1><p>{paragraph}</p></article></body></html>"
    project = new_project(person, ("march.html", html.encode()))
    tab.open(f"/projects/{project}/documents")
    page.get_by_role("row").filter(has_text="march.html").get_by_text("read").click()
    panel = page.get_by_role("complementary", name="About this document")
    panel.get_by_text("block left out").click()
    expect(panel.get_by_text("Subscribe to our newsletter")).to_be_visible()
    panel.get_by_role("button", name="Read again, whole").click()
    expect(panel.get_by_text("All that stands in the file was read.")).to_be_visible()


def test_a_table_is_read_by_the_column_that_is_named(person: Person, tab: Tab, page: Page) -> None:
    table = "headline,body\nA long headline that is longer than any body,Fifty marched\nAnother long headline,Ten sat\n"
    project = new_project(person, ("table.csv", table.encode()))
    tab.open(f"/projects/{project}/documents")
    page.get_by_role("button", name=re.compile("^All.* Show$|Show")).click()
    page.get_by_role("option", name="Tables and archives").click()
    page.get_by_role("row").filter(has_text="table.csv").get_by_text("read", exact=True).click()
    panel = page.get_by_role("complementary", name="About this document")
    panel.get_by_label("Column with the text").fill("headline")
    panel.get_by_role("button", name="Read again by this column").click()
    expect(page.get_by_text("The document is being read again.")).to_be_visible()
    expect(panel.locator("dd", has_text="headline")).to_be_visible()
    wait_until_read(person, project)
    first = next(one for one in person.all(f"projects/{project}/documents") if one["source_document_id"])
    assert person.get(f"documents/{first['id']}/text")["text"].startswith("A long headline")


def _coded(person: Person, project: str) -> None:
    """Codes how many took part."""
    person.post(
        f"projects/{project}/variables",
        {"name": "participants", "type": "NUMBER", "instructions": "How many people took part."},
    )
    job = person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})
    for _ in person.follow(job["id"]):
        pass


def test_a_page_shows_a_rectangle_where_the_passage_stands(person: Person, tab: Tab, page: Page) -> None:
    project = new_project(person, (REPORT.name, REPORT.read_bytes()))
    _coded(person, project)
    document = id_of(person, project, REPORT.name)
    [coded] = person.get(f"projects/{project}/extractions?document_id={document}")["items"]
    start, end = coded["evidence"]["spans"][0]["start"], coded["evidence"]["spans"][0]["end"]
    [found] = person.get(f"documents/{document}/regions?start={start}&end={end}")["passages"]
    region = found["regions"][0]
    tab.open(f"/projects/{project}/documents/{document}")
    picture = page.get_by_role("img", name=f"Page {region['page']} of {REPORT.name}")
    rectangle = page.locator("rect").first
    expect(rectangle).to_be_in_viewport()
    expect(picture).to_have_js_property("complete", True)
    sheet, box = picture.bounding_box(), rectangle.bounding_box()
    assert sheet
    assert box
    assert box["x"] + 2 == pytest.approx(sheet["x"] + region["left"] * sheet["width"], abs=4)
    assert box["y"] + 2 == pytest.approx(sheet["y"] + region["top"] * sheet["height"], abs=4)
    page.get_by_role("button", name="Next page").click()
    page.get_by_role("button", name="Previous page").click()
    page.get_by_role("button", name="Larger").click()
    expect(page.get_by_text("125%")).to_be_visible()
    page.get_by_role("radio", name="Text").click()
    lines = person.get(f"documents/{document}/text")["text"][start:end].split("\n")
    assert marked(page, "quote") == [line for line in lines if line]


def marked(page: Page, name: str) -> list[str]:
    """The texts that are highlighted under a name."""
    page.wait_for_function("(name) => CSS.highlights.get(name)?.size > 0", arg=name)
    found: Any = page.evaluate("(name) => [...CSS.highlights.get(name)].map((range) => range.toString())", name)
    return list(found)


def test_arabic_text_is_marked_without_a_letter_wrapped(person: Person, tab: Tab, page: Page) -> None:
    project = new_project(person, ("مظاهرة.txt", ARABIC.encode()))
    _coded(person, project)
    document = id_of(person, project, "مظاهرة.txt")
    [coded] = person.get(f"projects/{project}/extractions?document_id={document}")["items"]
    right = {"verdict": "INCORRECT", "corrected_value": 250, "quote": QUOTE}
    person.post(f"extractions/{coded['id']}/feedback", right)
    tab.open(f"/projects/{project}/documents/{document}")
    text = page.get_by_role("region", name="مظاهرة.txt")
    expect(text.locator("p")).to_have_count(2)
    assert text.locator("p *").count() == 0
    assert marked(page, "quote") == [QUOTE]
    page.get_by_placeholder("Find in the text").fill("𠀀𠀁 كان")
    expect(page.get_by_text("1 of 1")).to_be_visible()
    assert marked(page, "found") == ["𠀀𠀁 كان"]


def test_a_long_text_is_there_at_once_and_searched(person: Person, tab: Tab, page: Page) -> None:
    long = "".join(f"Paragraph {number}: {'people marched to the harbour ' * 12}\n" for number in range(3_000))
    project = new_project(person, ("long.txt", f"{long}The needle stands here.".encode()))
    tab.open(f"/projects/{project}/documents/{id_of(person, project, 'long.txt')}")
    page.get_by_placeholder("Find in the text").fill("the NEEDLE stands")
    expect(page.get_by_text("The needle stands here.")).to_be_in_viewport()
    page.get_by_placeholder("Find in the text").fill("Paragraph 1500:")
    expect(page.get_by_text("Paragraph 1500:")).to_be_in_viewport()
    page.get_by_placeholder("Find in the text").fill("no such words")
    expect(page.get_by_role("status").filter(has_text="None")).to_be_visible()


def test_a_script_in_a_name_or_text_runs_nowhere(person: Person, tab: Tab, page: Page) -> None:
    script = "<img src=x onerror=\"alert('run')\"><script>alert('run')</script>"
    name = "<img src=x onerror=alert(1)>.txt"
    project = new_project(person, (name, f"{script} Some fifty people marched.".encode()))
    tab.open(f"/projects/{project}/documents")
    page.get_by_role("row").filter(has_text=name).get_by_text("read", exact=True).click()
    page.get_by_role("complementary").get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text(script)).to_be_visible()


def test_viewers_see_documents_and_no_way_to_change_them(person: Person, tab: Tab, page: Page) -> None:
    project = new_project(person, ("good.txt", b"Some fifty people marched."))
    page.route("**/v1/auth/session", _as_viewer)
    tab.open(f"/projects/{project}/documents")
    page.get_by_role("row").filter(has_text="good.txt").get_by_text("read", exact=True).click()
    expect(page.get_by_role("link", name="Download the file")).to_be_visible()
    for name in ("Choose files", "Delete", "Read again, whole"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def _as_viewer(route: Route) -> None:
    answer = route.fetch()
    session = answer.json()
    session["workspace"]["role"] = "VIEWER"
    route.fulfill(response=answer, body=json.dumps(session))


def to_the_end(table: Locator, name: str) -> None:
    """Scrolls down until a document is seen."""

    def is_seen() -> bool:
        table.evaluate("(element) => { element.scrollTop = element.scrollHeight }")
        return table.get_by_role("row").filter(has_text=name).is_visible()

    wait_until(is_seen)


def test_of_a_long_list_only_what_can_have_changed_is_asked_for_again(person: Person, tab: Tab, page: Page) -> None:
    project = new_project(person, *((f"note-{number:03}.txt", f"Note {uuid4()}".encode()) for number in range(401)))
    asked: list[str] = []

    def see(request: Request) -> None:
        address = urlsplit(request.url)
        if request.method == "GET" and address.path == f"/v1/projects/{project}/documents":
            asked.append(parse_qs(address.query).get("page_token", [""])[0])

    page.on("request", see)
    tab.open(f"/projects/{project}/documents")
    expect(page.get_by_text("401 documents")).to_be_visible()
    table = page.get_by_role("grid", name="Documents")
    to_the_end(table, "note-400.txt")
    first, second, last = dict.fromkeys(asked)
    assert first == "" and second and last

    asked.clear()
    choose(page, [text_file("one more.txt", f"One more {uuid4()}")])
    to_the_end(table, "one more.txt")
    expect(table.get_by_role("row").filter(has_text="one more.txt")).to_contain_text("read")
    expect(page.get_by_text("402 documents")).to_be_visible()
    assert set(asked) == {last}, "pages that are read are left alone"
