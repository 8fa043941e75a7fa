"""Review by keys: verdicts in order and none lost, typed answers, undoing, conflicts, measuring blind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.support.browsing import Person, Tab
from tests.support.coded_project import coded_project
from tests.support.tenant import Tenant, wait_until

TOWNS = ("Aldermoor", "Brenmouth", "Kessling", "Pellworth", "Tarnholt")
CELLS = 50
KINDS = [{"value": "march", "description": "People walk."}, {"value": "strike", "description": "Workers stop work."}]
VARIABLES = (
    {"name": "town", "display_name": "Town", "type": "TEXT", "instructions": "The town."},
    {"name": "day", "display_name": "Day", "type": "DATE", "instructions": "The date of the event."},
    {"name": "people", "display_name": "People", "type": "NUMBER", "instructions": "How many people took part."},
    {"name": "kind", "display_name": "Kind", "type": "CATEGORY", "instructions": "What it was.", "categories": KINDS},
)


def text_of(number: int) -> str:
    town = TOWNS[number % len(TOWNS)]
    return f"About {120 + number} people took part in a march in {town} on {1 + number % 28} March 2021, police said."


@pytest.fixture(scope="module")
def researcher(stack: LocalStack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


@pytest.fixture(scope="module")
def coded(researcher: Person) -> str:
    """Thirteen documents of four variables: 52 cells."""
    return coded_project(researcher, "Marches", VARIABLES, {f"r{n:02}.txt": text_of(n) for n in range(13)})


@pytest.fixture
def project(researcher: Person, coded: str) -> str:
    """The project, of which nobody has said anything."""
    for one in feedback(researcher, coded):
        researcher.http.delete(f"/v1/feedback/{one['id']}").raise_for_status()
    return coded


@pytest.fixture
def tab(open_tab: Open, researcher: Person) -> Iterator[Tab]:
    with open_tab(researcher) as opened:
        yield opened


@pytest.fixture
def reviewing(tab: Tab, page: Page, project: str) -> Page:
    """The repair queue."""
    tab.open(f"/projects/{project}/review")
    expect(page.get_by_text("0 of 52")).to_be_visible()
    return page


def feedback(person: Tenant, project: str) -> list[Any]:
    """What stands, the oldest first."""
    return list(person.all(f"projects/{project}/feedback?standing=true"))[::-1]


def saved(page: Page) -> None:
    """Verdicts are sent one after the other: dozens take a while on a busy machine."""
    expect(page.get_by_text("Everything is saved")).to_be_visible(timeout=90_000)


def now(page: Page) -> Locator:
    """What a screen reader is told of the cell that is looked at: its variable and document."""
    return page.get_by_role("status").filter(has_text=", in ")


def press(page: Page, *keys: str) -> None:
    """Presses keys, each of which goes on to another cell, and sees it come."""
    for key in keys:
        before = now(page).inner_text()
        page.keyboard.press(key)
        expect(now(page)).not_to_have_text(before)


def go_to(page: Page, variable: str) -> None:
    """Goes to the next cell of a variable."""
    while not now(page).inner_text().startswith(variable):
        press(page, "j")


def judge(page: Page, numbers: range) -> list[str]:
    """What was judged, in that order; each fifth cell is wrong."""
    judged = []
    for number in numbers:
        judged.append(now(page).inner_text())
        press(page, "x" if number % 5 == 4 else "a")
    return judged


def test_fifty_cells_by_keys_are_fifty_verdicts_in_order_whatever_the_network_does(
    researcher: Person, project: str, tab: Tab, reviewing: Page
) -> None:
    """The network drops after a third; later answers are lost on their way, and the page is reloaded meanwhile."""
    page = reviewing
    judged = judge(page, range(17))
    saved(page)
    page.context.set_offline(True)
    judged += judge(page, range(17, 25))
    expect(page.get_by_text("8 verdicts not sent yet: waiting for the network")).to_be_visible()
    page.context.set_offline(False)
    saved(page)
    with losing_answers(page):
        judged += judge(page, range(25, 34))
        expect(page.get_by_text("9 verdicts not sent yet: waiting for the network")).to_be_visible()
        page.once("dialog", lambda dialog: dialog.accept())
        page.reload()
        assert tab.faults == ["dialog: "], "who leaves is warned"
        tab.faults.clear()
        judged += judge(page, range(34, 42))
    judged += judge(page, range(42, CELLS))
    saved(page)
    given = feedback(researcher, project)
    assert len(set(judged)) == CELLS
    assert [f"{one['variable']}, in {one['document_name']}" for one in given] == judged
    assert [one["verdict"] for one in given] == ["INCORRECT" if n % 5 == 4 else "CORRECT" for n in range(CELLS)]


@contextmanager
def losing_answers(page: Page) -> Iterator[None]:
    """The server gets each verdict; the page gets no answer."""
    is_lost = True

    def lose(route: Route) -> None:
        with suppress(Error):  # a page that is reloaded has forgotten the request
            if is_lost:
                route.fetch()
                route.abort()
            else:
                route.continue_()

    page.route("**/feedback", lose)
    yield
    is_lost = False


def test_answers_are_typed_by_the_type_of_the_variable(researcher: Person, project: str, reviewing: Page) -> None:
    page = reviewing
    go_to(page, "day")
    page.keyboard.press("e")
    expect(page.get_by_label("Year")).to_be_focused()
    page.get_by_label("Year").fill("2021")
    page.get_by_label("Month").fill("13")
    expect(page.get_by_role("alert")).to_contain_text("There is no such date")
    page.get_by_label("Month").fill("3")
    page.get_by_role("textbox", name="Day").fill("")
    press(page, "Enter")
    go_to(page, "people")
    page.keyboard.press("e")
    page.get_by_label("Right value").fill("1,250")
    press(page, "Enter")
    go_to(page, "kind")
    page.keyboard.press("e")
    page.get_by_role("radio", name="strike").focus()
    page.keyboard.press("Space")
    press(page, "Enter")
    go_to(page, "town")
    page.keyboard.press("e")
    page.get_by_label("Right value").fill("March")
    page.get_by_label("Words of the document that say so (optional)").fill("a march in")
    page.get_by_label("Why (optional)").fill("a test")
    press(page, "Enter")
    go_to(page, "people")
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="The document does not say")).to_be_focused()
    press(page, "1")
    saved(page)
    given = feedback(researcher, project)
    told = {(one["variable"], str(one["corrected_value"]), one["missing_reason"]) for one in given}
    assert told == {
        ("day", "2021-03", None),
        ("people", "1250", None),
        ("kind", "strike", None),
        ("town", "March", None),
        ("people", "None", "NOT_STATED"),
    }
    (town,) = (one for one in given if one["variable"] == "town")
    assert (town["evidence"]["quote"], town["note"]) == ("a march in", "a test")


def test_the_last_verdict_is_taken_back_sent_or_not(researcher: Person, project: str, reviewing: Page) -> None:
    page = reviewing
    first = now(page).inner_text()
    press(page, "a")
    saved(page)
    page.reload()
    expect(now(page)).to_be_visible()
    press(page, "u")
    expect(now(page)).to_have_text(first)
    wait_until(lambda: not feedback(researcher, project))
    page.context.set_offline(True)
    press(page, "x", "u")
    expect(now(page)).to_have_text(first)
    page.context.set_offline(False)
    press(page, "s", "a")
    saved(page)
    assert [one["verdict"] for one in feedback(researcher, project)] == ["CORRECT"]


def test_keys_do_nothing_in_fields_and_can_be_turned_off(researcher: Person, project: str, reviewing: Page) -> None:
    page = reviewing
    go_to(page, "town")
    cell = now(page).inner_text()
    page.keyboard.press("e")
    expect(page.get_by_label("Right value")).to_be_focused()
    page.keyboard.type("axmsuj")
    expect(now(page)).to_have_text(cell)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave without saving").click()
    page.keyboard.press("?")
    page.get_by_role("switch", name="Single keys work").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    before = now(page).inner_text()
    page.get_by_role("button", name="Wrong").click()
    expect(now(page)).not_to_have_text(before)
    saved(page)
    assert [one["verdict"] for one in feedback(researcher, project)] == ["INCORRECT"]


def test_a_cell_that_was_judged_meanwhile_shows_both_and_the_person_decides(
    researcher: Person, project: str, reviewing: Page
) -> None:
    page = reviewing
    first, second = (one["extraction"]["id"] for one in researcher.get(f"projects/{project}/review")["items"][:2])
    for extraction in (first, second):
        researcher.post(f"extractions/{extraction}/feedback", {"verdict": "INCORRECT", "note": "from elsewhere"})
    press(page, "a", "a")
    refused = page.get_by_role("region", name="2 verdicts were not taken")
    expect(refused.get_by_text("from elsewhere")).to_have_count(2)
    assert [one["verdict"] for one in feedback(researcher, project)] == ["INCORRECT", "INCORRECT"]
    refused.get_by_role("button", name="Keep mine all the same").first.click()
    page.get_by_role("region", name="1 verdict was not taken").get_by_role("button", name="Leave theirs").click()
    saved(page)
    expect(page.get_by_role("region", name="not taken")).to_have_count(0)
    assert {one["extraction_id"]: one["verdict"] for one in feedback(researcher, project)} == {
        first: "CORRECT",
        second: "INCORRECT",
    }


def test_a_sample_is_measured_blind_then_compared(researcher: Person, project: str, tab: Tab, page: Page) -> None:
    tab.open(f"/projects/{project}/quality")
    page.get_by_label("Cells", exact=True).fill("8")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Measure 8 cells").click()
    expect(page.get_by_text("0 of 8")).to_be_visible()
    expect(page.get_by_text("What the model says is shown once you have answered.")).to_be_visible()
    expect(page.get_by_role("button", name="Right")).to_have_count(0)
    for number in range(8):
        answer_blind(page)
        expect(page.get_by_text(f"{number + 1} of 8")).to_be_visible()
        if number < 7:
            expect(page.get_by_role("region", name="Your last answer").get_by_text("Model:")).to_be_visible()
    done = page.get_by_role("region", name="The sample is judged")
    expect(done.get_by_text(re.compile(r"\d+% \(\d+% to \d+%; \d+ cells?\)")).first).to_be_visible()
    expect(done.get_by_role("link", name="Export the dataset")).to_be_visible()
    assert {one["sample_id"] for one in feedback(researcher, project)} != {""}


def answer_blind(page: Page) -> None:
    """Says of a number that it is 120, of all else that there is nothing."""
    if now(page).inner_text().startswith("people"):
        page.keyboard.press("e")
        page.get_by_label("Right value").fill("120")
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("m")
        expect(page.get_by_role("button", name="The document does not say")).to_be_focused()
        page.keyboard.press("1")
