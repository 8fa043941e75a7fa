"""The dataset as a grid: what cells show, filters, sorts, keys, the panel of a cell, and 10,000 rows of 50 columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.support.browsing import Person, Tab
from tests.support.large_dataset import large_project
from tests.support.tenant import wait_until

EXAMPLE = Path(__file__).parents[2] / "examples/public-events"
VARIABLES = ("event_date", "location", "event_type", "participants")
DOCUMENTS = ("aldermoor-vigil", "brenmouth-square-rally", "kessling-nurses-strike", "san-telmo-marcha-agua")
MOST_NODES = 1_500

_SCROLL = """async (grid) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const box = grid.getBoundingClientRect();
    const head = grid.querySelector("[role=columnheader]").getBoundingClientRect().bottom;
    const blanks = [];
    let most = 0;
    for (let step = 0; step < 25; step++) {
        grid.scrollTop += step % 7 === 6 ? -29000 : 17919;
        grid.scrollLeft += (grid.matches("[dir=rtl] *") ? -1 : 1) * (step % 9 === 8 ? -4000 : 311);
        await frame();
        most = Math.max(most, document.querySelectorAll("*").length);
        for (let y = head + 12; y < box.bottom - 12; y += 40) {
            for (const x of [box.left + 12, box.left + box.width / 2, box.right - 24]) {
                const at = document.elementFromPoint(x, y)?.closest("[role=gridcell],[role=rowheader]");
                if (!at || !at.querySelector("*")) blanks.push(`${step}: ${x}, ${y}`);
            }
        }
    }
    return {most, blanks};
}"""
"""Scrolls far, both ways, and looks in the next frames whether each place in it is a cell with something in it."""


@pytest.fixture(scope="module")
def researcher(stack: LocalStack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


@pytest.fixture(scope="module")
def project(researcher: Person) -> str:
    """Four documents, coded for four variables."""
    described = yaml.safe_load((EXAMPLE / "project.yaml").read_text(encoding="utf-8"))
    made = researcher.post("projects", {"name": described["name"], "unit": described["unit"]})
    for variable in described["variables"]:
        if variable["name"] in VARIABLES:
            researcher.post(f"projects/{made['id']}/variables", variable)
    for name in DOCUMENTS:
        text = (EXAMPLE / f"documents/{name}.txt").read_text(encoding="utf-8")
        researcher.post(f"projects/{made['id']}/documents", {"name": f"{name}.txt", "text": text})
    read = f"projects/{made['id']}/documents"
    wait_until(lambda: all(one["status"] == "READY" for one in researcher.get(read)["items"]))
    job = researcher.post(f"projects/{made['id']}/jobs", {"kind": "FULL", "skip_sample": True})
    assert list(researcher.follow(job["id"]))
    return str(made["id"])


@pytest.fixture
def grid(open_tab: Open, researcher: Person, project: str) -> Iterator[Tab]:
    with open_tab(researcher) as tab:
        tab.open(f"/projects/{project}/data")
        expect(tab.page.get_by_role("rowheader")).to_have_count(len(DOCUMENTS))
        yield tab


def cell(page: Page, document: str, column: int) -> Locator:
    """A cell by its document's name and the number of its column, from 2."""
    row = page.get_by_role("row").filter(has_text=document)
    return row.locator(f"[aria-colindex='{column}']")


def rows(page: Page) -> Locator:
    return page.get_by_role("rowheader")


def test_cells_say_value_confidence_missing_reason_and_flags(grid: Tab) -> None:
    page = grid.page
    table = page.get_by_role("grid", name="Data")
    expect(table).to_have_attribute("aria-rowcount", "5")
    expect(table).to_have_attribute("aria-colcount", "5")
    expect(cell(page, "aldermoor", 2)).to_have_accessible_name(re.compile(r"2023-11-08, confidence \d+%"))
    expect(cell(page, "aldermoor", 3)).to_have_accessible_name("not found")
    expect(cell(page, "kessling", 4)).to_have_accessible_name(re.compile("flagged: low confidence"))
    page.get_by_role("button", name="Confidence in %").click()
    expect(cell(page, "aldermoor", 2)).to_contain_text("%")


def test_rows_are_sorted_and_filtered_from_a_column_s_head_and_the_address_keeps_it(grid: Tab) -> None:
    page = grid.page
    page.get_by_role("button", name="Date of the event").click()
    menu = page.get_by_role("dialog", name="Column Date of the event")
    menu.get_by_role("button", name="Sort descending").click()
    expect(rows(page).first).to_contain_text("brenmouth")
    menu.get_by_role("button", name="Comparison").click()
    page.get_by_role("option", name="≥").click()
    menu.get_by_role("textbox", name="Value").fill("2024-13-1")
    menu.get_by_role("button", name="Add filter").click()
    expect(menu).to_contain_text("Type a date as")
    menu.get_by_role("textbox", name="Value").fill("2024")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_role("list", name="Filters that hold")).to_contain_text("Date of the event ≥ 2024")
    expect(page.get_by_role("columnheader", name="Date of the event")).to_have_attribute("aria-sort", "descending")
    page.reload()
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Remove the filter Date of the event ≥ 2024").click()
    expect(rows(page)).to_have_count(4)
    page.go_back()
    expect(rows(page)).to_have_count(3)


def test_a_filter_that_matches_nothing_says_so_and_goes_in_one_click(grid: Tab, project: str) -> None:
    page = grid.page
    grid.open(f"/projects/{project}/data?filter=%5B%22participants%3E1000000%22%5D")
    expect(page.get_by_text("No row matches all these filters.")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Clear all filters").click()
    expect(rows(page)).to_have_count(4)


def test_a_filter_that_makes_no_sense_is_told_and_can_be_taken_away(grid: Tab, project: str) -> None:
    page = grid.page
    grid.open(f"/projects/{project}/data?filter=%5B%22gone%3D1%22%5D")
    expect(page.get_by_role("alert").first).to_contain_text("there is no variable 'gone'")
    page.get_by_role("button", name="Clear all filters").click()
    expect(rows(page)).to_have_count(4)


def test_a_bar_of_the_histogram_filters_and_lets_go_again(grid: Tab) -> None:
    page = grid.page
    bar = page.get_by_title("march: 1")
    bar.click()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("list", name="Filters that hold")).to_contain_text("Form of the event is march")
    bar.click()
    expect(rows(page)).to_have_count(4)


def test_any_cell_and_names_are_filtered_from_the_first_column(grid: Tab) -> None:
    page = grid.page
    page.get_by_role("button", name="Document", exact=True).click()
    page.get_by_role("button", name="Filter by").click()
    page.get_by_role("option", name="Any cell: missing").click()
    page.get_by_role("dialog").get_by_role("button", name="Value").click()
    page.get_by_role("option", name="not found", exact=True).click()
    page.get_by_role("button", name="Add filter").click()
    expect(page.get_by_role("list", name="Filters that hold")).to_contain_text("Any cell: missing is not found")
    page.get_by_role("button", name="Document filtered").click()
    page.get_by_role("textbox", name="Value").fill("ALDERMOOR")
    page.get_by_role("button", name="Add filter").click()
    expect(rows(page)).to_have_count(1)


def test_columns_are_hidden_moved_and_widened_and_stay_so(grid: Tab) -> None:
    page = grid.page
    heads = page.get_by_role("columnheader")
    page.get_by_role("button", name="Columns (4 of 4)").click()
    page.get_by_role("checkbox", name="Town").press("Space")
    page.get_by_role("button", name="Move Number of participants one place earlier").click()
    page.keyboard.press("Escape")
    expect(heads).to_have_text([re.compile(one) for one in ("Document", "Date", "Number", "Form")])
    expect(heads.nth(1)).to_have_css("width", "160px")
    heads.nth(1).get_by_role("button").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(heads.nth(1)).to_have_css("width", "176px")
    page.reload()
    expect(page.get_by_role("button", name="Columns (3 of 4)")).to_be_visible()
    expect(heads).to_have_text([re.compile(one) for one in ("Document", "Date", "Number", "Form")])


def test_the_focus_moves_by_keys_and_the_panel_gives_it_back(grid: Tab) -> None:
    page = grid.page
    focused = page.locator("[role=grid] :focus")
    cell(page, "aldermoor", 1).focus()
    for key, at in (
        ("ArrowDown", "1:0"),
        ("End", "1:4"),
        ("Control+Home", "0:0"),
        ("ArrowRight", "0:1"),
        ("ArrowUp", "-1:1"),
        ("Control+End", "3:4"),
        ("PageUp", "0:4"),
        ("Home", "0:0"),
        ("ArrowRight", "0:1"),
    ):
        page.keyboard.press(key)
        expect(focused).to_have_attribute("data-at", at)
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Cell of Date of the event")
    expect(panel.locator(":focus")).to_have_accessible_name("Close")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(focused).to_have_attribute("data-at", "0:1")


def test_the_panel_shows_where_a_value_comes_from(grid: Tab) -> None:
    page = grid.page
    cell(page, "kessling", 2).click()
    panel = page.get_by_role("complementary", name="Cell of Date of the event")
    expect(panel.get_by_role("blockquote")).to_contain_text("17 June 2024")
    expect(panel).to_contain_text("stated by the quote")
    expect(panel).to_contain_text("Nobody has judged this cell yet.")
    panel.get_by_text("Where it comes from").click()
    expect(panel).to_contain_text("offline")
    expect(panel.get_by_role("link", name="version 1")).to_have_attribute("href", re.compile("variable=event_date"))


def test_a_person_accepts_corrects_says_why_nothing_is_there_and_takes_it_back(grid: Tab) -> None:
    page = grid.page
    cell(page, "brenmouth", 2).click()
    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="Accept").click()
    expect(cell(page, "brenmouth", 2)).to_have_accessible_name(re.compile("correct"))
    cell(page, "brenmouth", 4).click()
    panel.get_by_role("button", name="Correct …").click()
    panel.get_by_role("button", name="Right value").click()
    page.get_by_role("option", name="vigil").click()
    panel.get_by_label("Note for others").fill("They lit candles.")
    panel.get_by_role("button", name="Save").click()
    expect(cell(page, "brenmouth", 4)).to_have_accessible_name("vigil, confidence 100%, a person's")
    expect(panel).to_contain_text("They lit candles.")
    panel.get_by_role("button", name="No value …").click()
    panel.get_by_role("button", name="Save").click()
    expect(cell(page, "brenmouth", 4)).to_have_accessible_name(re.compile("^not stated"))
    panel.get_by_role("button", name="Take back").first.click()
    expect(cell(page, "brenmouth", 4)).to_have_accessible_name(re.compile("^vigil"))
    expect(panel).to_contain_text("taken back")


def test_what_was_typed_stays_when_it_cannot_be_saved(grid: Tab) -> None:
    page = grid.page
    cell(page, "kessling", 5).click()
    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="Correct …").click()
    panel.get_by_label("Right value").fill("many")
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("Type a number")
    panel.get_by_label("Right value").fill("0")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("1")
    expect(panel.get_by_label("Right value")).to_have_value("0")
    page.route("**/feedback", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    panel.get_by_label("Right value").fill("900")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/feedback")
    panel.get_by_role("button", name="Save").click()
    expect(cell(page, "kessling", 5)).to_have_accessible_name(re.compile("^900"))


def test_what_changed_meanwhile_is_asked_again_after_its_estimate(open_tab: Open, researcher: Person) -> None:
    project = researcher.post("projects", {"name": "Asked again"})["id"]
    variable = researcher.post(
        f"projects/{project}/variables", {"name": "town", "type": "TEXT", "instructions": "Town."}
    )
    researcher.post(f"projects/{project}/documents", {"name": "one.txt", "text": "They met in Kessling."})
    wait_until(lambda: researcher.get(f"projects/{project}/documents")["items"][0]["status"] == "READY")
    job = researcher.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})
    assert list(researcher.follow(job["id"]))
    changed = {"instructions": "The town in which they met."}
    researcher.http.patch(f"/v1/variables/{variable['id']}", json=changed).raise_for_status()
    with open_tab(researcher) as tab:
        page = tab.page
        tab.open(f"/projects/{project}/data")
        expect(page.get_by_role("gridcell").first).to_have_accessible_name(re.compile("asked otherwise since"))
        page.get_by_role("button", name=re.compile("^Ask 1 cell again: about .* token")).click()
        expect(page.get_by_role("alertdialog")).to_contain_text("Estimate:")
        page.get_by_role("alertdialog").get_by_role("button", name="Ask again").click()
        expect(page).to_have_url(re.compile("/run$"))
    wait_until(lambda: researcher.get(f"projects/{project}/dataset/staleness")["cells"] == 0)


def test_a_telephone_shows_the_grid_and_the_panel_over_it(open_tab: Open, researcher: Person, project: str) -> None:
    with open_tab(researcher, viewport={"width": 360, "height": 740}) as tab:
        page = tab.page
        tab.open(f"/projects/{project}/data")
        expect(rows(page)).to_have_count(4)
        assert page.evaluate("() => document.documentElement.scrollWidth") == 360
        cell(page, "kessling", 2).click()
        panel = page.get_by_role("complementary")
        box = panel.bounding_box()
        assert box is not None and (box["x"], box["width"]) == (0, 360)
        panel.get_by_role("button", name="Close").click()
        expect(panel).to_be_hidden()


@pytest.fixture(scope="module")
def large(stack: LocalStack, researcher: Person) -> str:
    return large_project(stack, researcher, 10_000, 50)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_ten_thousand_rows_of_fifty_columns_are_never_blank_and_few_nodes(
    open_tab: Open, researcher: Person, large: str, language: str
) -> None:
    with open_tab(researcher, language=language) as tab:
        page = tab.page
        tab.open(f"/projects/{large}/data")
        expect(page.locator("[data-at='0:1']")).to_have_attribute("aria-label", re.compile(r"\S"))
        grid = page.get_by_role("grid")
        expect(grid).to_have_attribute("aria-rowcount", "10001")
        seen: Any = grid.evaluate(_SCROLL)
        assert not seen["blanks"] and seen["most"] < MOST_NODES, seen
        page.locator("[data-at='0:0']").evaluate("(cell) => cell.focus({preventScroll: true})")
        page.keyboard.press("Control+End")
        last = page.locator(":focus")
        expect(last).to_have_attribute("data-at", "9999:50")
        expect(last).to_have_attribute("aria-label", re.compile(r"\S"))
        grid.evaluate("(grid) => grid.scrollTo(0, 0)")
        expect(page.locator("[data-at='0:0']")).to_be_in_viewport()
        expect(page.locator(":focus")).to_have_attribute("data-at", "9999:50")


def test_a_view_keeps_filters_sort_and_columns_for_whoever_made_it(grid: Tab, project: str) -> None:
    page = grid.page
    grid.open(f"/projects/{project}/data?filter=%5B%22event_date%3E%3D2024%22%5D&sort=-event_date")
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="new view").fill("Since 2024")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Since 2024", exact=True, pressed=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear all filters").click()
    expect(rows(page)).to_have_count(4)
    page.get_by_role("button", name="Since 2024 (changed)").click()
    page.get_by_role("button", name="Undo changes").click()
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Delete “Since 2024”").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("A view keeps filters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Views")).to_be_visible()


def test_a_view_gets_another_name_and_what_is_shown_now(grid: Tab, researcher: Person, project: str) -> None:
    page = grid.page
    for name in ("Others", "Since 2024"):
        made = researcher.post(f"projects/{project}/views", {"name": name, "filter": ["event_date>=2024"]})
    grid.open(f"/projects/{project}/data?view={made['id']}&filter=%5B%22event_date%3E%3D2024%22%5D")
    page.get_by_role("button", name="Since 2024", exact=True).click()
    page.get_by_role("button", name="Rename “Since 2024”").click()
    box = page.get_by_role("textbox", name="Name of the view")
    expect(box).to_be_focused()
    box.fill("others")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("you have a view 'others' of this project already")
    box.fill("Large ones")
    grid.accessible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Rename “Large ones”")).to_be_focused()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Clear all filters").click()
    page.get_by_role("button", name="Large ones (changed)").click()
    page.get_by_role("button", name="Save changes to “Large ones”").click()
    expect(page.get_by_role("button", name="Save changes to “Large ones”")).to_have_count(0)
    kept = {view["name"]: view["filter"] for view in researcher.get(f"projects/{project}/views")["items"]}
    assert kept == {"Large ones": [], "Others": ["event_date>=2024"]}


def test_two_people_who_say_something_of_one_cell_see_each_other(grid: Tab, researcher: Person, project: str) -> None:
    page = grid.page
    cell(page, "san-telmo", 5).click()
    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="Correct …").click()
    panel.get_by_label("Right value").fill("300")
    (found,) = researcher.get(f"projects/{project}/dataset/rows?filter=document~san-telmo&variables=participants")[
        "items"
    ]
    said = {"corrected_value": 250}
    researcher.post(f"extractions/{found['cells'][0]['extraction_id']}/feedback", said)
    panel.get_by_role("button", name="Save").click()
    conflict = panel.get_by_role("alert")
    expect(conflict).to_contain_text("Somebody else has changed this cell meanwhile.")
    expect(conflict).to_contain_text("250")
    expect(conflict).to_contain_text("300")
    conflict.get_by_role("button", name="Save mine all the same").click()
    expect(cell(page, "san-telmo", 5)).to_have_accessible_name(re.compile("^300"))


def test_a_viewer_looks_and_changes_nothing(
    open_tab: Open, researcher: Person, project: str, stack: LocalStack
) -> None:
    with Person(stack.url) as viewer:
        workspace = researcher.get("auth/me")["workspace"]["id"]
        invited = researcher.post(f"workspaces/{workspace}/members", {"email": viewer.email, "role": "VIEWER"})
        viewer.post("invitations/accept", {"token": invited["token"]})
        with open_tab(viewer, workspace=workspace) as tab:
            tab.open(f"/projects/{project}/data")
            cell(tab.page, "aldermoor", 2).click()
            panel = tab.page.get_by_role("complementary")
            expect(panel.get_by_role("heading", name="What people have said")).to_be_visible()
            expect(panel.get_by_role("button", name="Accept")).to_have_count(0)
            expect(panel.get_by_role("heading", name="Your verdict")).to_have_count(0)


def test_two_people_who_fill_a_cell_that_was_never_asked_see_each_other(
    grid: Tab, researcher: Person, project: str
) -> None:
    page = grid.page
    researcher.post(f"projects/{project}/variables", {"name": "organiser", "type": "TEXT"})
    page.reload()
    place = len(researcher.get(f"projects/{project}/variables")["items"]) + 1
    cell(page, "kessling", place).click()
    panel = page.get_by_role("complementary", name="Cell of Organiser")
    expect(panel).to_contain_text("This cell was never asked.")
    panel.get_by_role("button", name="Correct …").click()
    panel.get_by_label("Right value").fill("the union")
    rows_now = researcher.get(f"projects/{project}/dataset/rows?filter=document~kessling")["items"]
    said = {"unit_id": rows_now[0]["unit_id"], "variable": "organiser", "corrected_value": "the parish"}
    assert researcher.post(f"projects/{project}/feedback", {"items": [said]})["kept"] == 1
    panel.get_by_role("button", name="Save").click()
    conflict = panel.get_by_role("alert")
    expect(conflict).to_contain_text("the parish")
    expect(conflict).to_contain_text("the union")
    conflict.get_by_role("button", name="Save mine all the same").click()
    expect(cell(page, "kessling", place)).to_have_accessible_name(re.compile("^the union"))
