"""Words that are typed and not saved: who leaves an editor is asked, and nobody else is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import Open
from tests.support.browsing import ROOT, Person, Tab, unique
from tests.support.tenant import wait_until

TEXTS = {
    "elmo.txt": "The march in Port Elmo on 3 May 2024 drew 300 people.",
    "bree.txt": "The march in Bree on 4 May 2024 drew 40 people.",
}


@pytest.fixture
def project(person: Person) -> str:
    project: str = person.post("projects", {"name": unique("Marches")})["id"]
    person.post(f"projects/{project}/variables", {"name": "place", "type": "TEXT"})
    person.post(f"projects/{project}/variables", {"name": "size", "type": "NUMBER"})
    return project


@pytest.fixture
def coded(person: Person, project: str) -> str:
    """The project with two documents that are coded."""
    for name, text in TEXTS.items():
        person.post(f"projects/{project}/documents", {"name": name, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in person.all(f"projects/{project}/documents")))
    list(person.follow(person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]))
    return project


def variable_of(person: Person, project: str) -> str:
    return str(person.get(f"projects/{project}/variables")["items"][0]["id"])


def words_of(language: str) -> Callable[[str, str], str]:
    """What the console says in a language: a page's text by its key."""

    def word(page: str, key: str) -> str:
        found: Any = json.loads((ROOT / "console/src/i18n" / language / f"{page}.json").read_text(encoding="utf-8"))
        for part in key.split("."):
            found = found[part]
        return str(found)

    return word


def question(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Leave without saving?")


def stay(page: Page) -> None:
    question(page).get_by_role("button", name="Stay here").click()
    expect(question(page)).to_be_hidden()


def leave(page: Page) -> None:
    question(page).get_by_role("button", name="Leave without saving").click()
    expect(question(page)).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_who_goes_elsewhere_is_asked_and_may_stay(person: Person, project: str, open_tab: Open, language: str) -> None:
    word = words_of(language)
    with open_tab(person, language=language, viewport={"width": 360, "height": 740}) as tab:
        page = tab.page
        tab.open(f"/projects/{project}/setup?view=schema&variable={variable_of(person, project)}")
        page.get_by_label(word("setup", "variable.field.instructions")).fill("Nur Orte. الأماكن فقط.")
        page.get_by_role("link", name=word("common", "pages.documents"), exact=True).click()
        asked = page.get_by_role("alertdialog", name=word("common", "unsaved.title"))
        tab.accessible()
        page.keyboard.press("Escape")
        expect(asked).to_be_hidden()
        expect(page.get_by_label(word("setup", "variable.field.instructions"))).to_have_value("Nur Orte. الأماكن فقط.")
        page.get_by_role("link", name=word("common", "pages.documents"), exact=True).click()
        asked.get_by_role("button", name=word("common", "unsaved.leave")).click()
        expect(page).to_have_url(re.compile("/documents$"))
        page.go_back()
        expect(page.get_by_label(word("setup", "variable.field.instructions"))).to_have_value("")


def test_going_back_and_closing_the_tab_ask_too(person: Person, project: str, tab: Tab, page: Page) -> None:
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("button", name="Edit Place").click()
    page.get_by_label("Instructions").fill("Only towns.")
    page.go_back()
    expect(question(page)).to_be_visible()
    stay(page)
    expect(page.get_by_label("Instructions")).to_have_value("Only towns.")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert tab.faults == ["dialog: "], "the browser asks"
    tab.faults.clear()
    expect(page.get_by_label("Instructions")).to_have_value("")


def test_nobody_is_asked_where_nothing_was_changed_or_all_is_saved(
    person: Person, project: str, tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("button", name="Edit Place").click()
    instructions = page.get_by_label("Instructions")
    instructions.fill("x")
    instructions.fill("")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Edit Place").click()
    page.get_by_label("Instructions").fill("Only towns.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: Place")).to_be_visible()
    page.get_by_role("textbox", name="Domain").fill("news")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page).to_have_url(re.compile("/documents$"))
    expect(question(page)).to_have_count(0)


def test_a_project_a_new_variable_and_a_prompt_ask_before_they_close(
    person: Person, project: str, tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("textbox", name="Domain").fill("news")
    page.get_by_role("button", name="Add a variable").click()
    leave(page)
    page.get_by_label("Name for people").fill("Town")
    page.get_by_role("button", name="Cancel").click()
    stay(page)
    expect(page.get_by_label("Name for people")).to_have_value("Town")
    page.get_by_role("button", name="Cancel").click()
    leave(page)
    expect(page.get_by_role("row")).to_have_count(2)

    tab.open(f"/projects/{project}/prompts")
    page.get_by_role("button", name="Edit as a new version: version 1").click()
    page.get_by_label("Text of the prompt").fill("Where was it?")
    page.get_by_role("button", name="Cancel").click()
    stay(page)
    page.get_by_role("button", name=re.compile("Variable$")).click()
    page.get_by_role("option", name="Size").click()
    stay(page)
    expect(page.get_by_label("Text of the prompt")).to_have_value("Where was it?")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("heading", name="2 versions")).to_be_visible()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page).to_have_url(re.compile("/documents$"))


def test_the_panel_of_a_cell_stays_with_what_is_typed_in_it(coded: str, tab: Tab, page: Page) -> None:
    tab.open(f"/projects/{coded}/data")
    page.get_by_role("row", name=re.compile("elmo")).locator("[aria-colindex='3']").click()
    panel = page.get_by_role("complementary", name="Cell of Size")
    panel.get_by_role("button", name="Correct …").click()
    panel.get_by_label("Right value").fill("12 or")
    panel.get_by_label("Note for others").fill("Unclear.")
    page.get_by_role("row", name=re.compile("bree")).locator("[aria-colindex='2']").click()
    stay(page)
    page.keyboard.press("ArrowLeft")
    expect(panel.get_by_label("Right value")).to_have_value("12 or")
    panel.get_by_role("button", name="No value …").click()
    stay(page)
    panel.get_by_label("Right value").press("Escape")
    stay(page)
    expect(panel.get_by_label("Note for others")).to_have_value("Unclear.")
    panel.get_by_label("Right value").fill("12,500")
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("12,500")
    page.get_by_role("row", name=re.compile("bree")).locator("[aria-colindex='2']").click()
    expect(page.get_by_role("complementary", name="Cell of Place")).to_be_visible()
    expect(question(page)).to_have_count(0)


def test_what_a_reviewer_types_is_not_lost_by_going_on(coded: str, tab: Tab, page: Page) -> None:
    tab.open(f"/projects/{coded}/review")
    cell = page.get_by_role("status").filter(has_text=", in ")
    expect(cell).to_be_visible()
    first = cell.inner_text()
    page.keyboard.press("m")
    page.get_by_label("Note (optional)").fill("It is on page 2.")
    page.get_by_role("button", name="Skip").click()
    stay(page)
    page.get_by_label("Note (optional)").press("Escape")
    stay(page)
    expect(page.get_by_label("Note (optional)")).to_have_value("It is on page 2.")
    page.get_by_role("button", name="The document does not say").click()
    expect(cell).not_to_have_text(first)
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page).to_have_url(re.compile("/documents$"))
