"""Setting a project up in the browser: the walk, the schema by hand, edits at once, proposals, the co-pilot."""

from __future__ import annotations

import re
from asyncio import to_thread
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Open
from tests.support.browsing import Person, Tab, unique
from tests.support.openai_answers import requested_schema
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import wait_until

TEXTS = {
    "elmo.txt": "The march in Port Elmo on 3 May 2024 drew 300 people. Nobody was hurt.",
    "bree.txt": "The march in Bree on 4 May 2024 drew 40 people. Two people were hurt.",
    "lund.txt": "The march in Lund on 9 June 2024 drew 70 people. One man was hurt.",
}


@pytest.fixture
def project(person: Person) -> str:
    """A project without documents and variables."""
    project: str = person.post("projects", {"name": unique("Marches")})["id"]
    return project


@pytest.fixture
def with_documents(person: Person, project: str) -> str:
    for name, text in TEXTS.items():
        person.post(f"projects/{project}/documents", {"name": name, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in person.all(f"projects/{project}/documents")))
    return project


@pytest.fixture
def variables(person: Person, project: str) -> list[dict[str, Any]]:
    names = ("place", "day", "size")
    return [person.post(f"projects/{project}/variables", {"name": name, "type": "TEXT"}) for name in names]


def names_of(person: Person, project: str) -> list[str]:
    return [one["name"] for one in person.get(f"projects/{project}/variables")["items"]]


def propose(page: Page) -> None:
    page.get_by_role("button", name="Propose from the documents").click()
    expect(page.get_by_role("button", name="Propose again")).to_be_visible()


def test_the_walk_goes_from_documents_to_a_sample(person: Person, with_documents: str, tab: Tab, page: Page) -> None:
    tab.open(f"/projects/{with_documents}/setup")
    page.get_by_label("What do you want to know?").fill("how many people were hurt")
    propose(page)
    page.get_by_role("textbox", name="Domain").fill("local news")
    page.get_by_role("button", name="Take what I wrote").click()
    expect(page.get_by_role("heading", name="Step 2 of 4")).to_be_visible()
    propose(page)
    page.get_by_role("button", name="Take this").click()
    expect(page.get_by_role("heading", name="Step 3 of 4")).to_be_visible()
    stands = person.get(f"projects/{with_documents}")
    assert (stands["domain"], stands["description"]) == ("local news", "how many people were hurt")

    propose(page)
    table = page.get_by_role("region", name="The table to come").get_by_role("table")
    expect(table.get_by_role("columnheader", name=re.compile("date.*proposed"))).to_be_visible()
    expect(table).to_contain_text("9 June 2024")
    tab.accessible()
    page.get_by_role("button", name=re.compile("^Edit before accepting")).first.click()
    page.get_by_label("Name for people").fill("The day itself")
    page.get_by_role("button", name="Add the variable").click()
    expect(page.get_by_text("Added: The day itself")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Accept: Add")).first.click()
    wait_until(lambda: len(names_of(person, with_documents)) == 2)
    page.get_by_role("button", name="These are the columns").click()
    expect(page.get_by_role("heading", name="Step 4 of 4")).to_be_visible()
    page.get_by_role("button", name="Check all variables together").click()
    page.get_by_role("button", name="Leave it so, and go on").click()
    expect(page.get_by_role("heading", name="Run a first sample")).to_be_visible()
    expect(page.get_by_text("It costs nothing.")).to_be_visible()
    tab.accessible()
    page.get_by_role("link", name="To the run").click()
    expect(page).to_have_url(f"{person.url}/projects/{with_documents}/run?sample=3")


def test_a_step_without_documents_says_so_and_can_be_skipped_and_gone_back_to(
    project: str, tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{project}/setup")
    expect(page.get_by_text("the project has no document that has been read")).to_be_visible()
    expect(page.get_by_role("link", name="Add documents")).to_be_visible()
    page.get_by_role("button", name="Skip this step").click()
    expect(page.get_by_role("heading", name="Step 2 of 4")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("heading", name="Step 1 of 4")).to_be_visible()
    page.get_by_role("button", name=re.compile("4. Check")).click()
    expect(page.get_by_text("the project has no variable.")).to_be_visible()
    page.get_by_role("button", name="Go to the columns").click()
    expect(page.get_by_role("heading", name="Step 3 of 4")).to_be_visible()


def test_a_variable_is_defined_in_full(person: Person, project: str, tab: Tab, page: Page) -> None:
    person.post(f"projects/{project}/variables", {"name": "place", "type": "TEXT"})
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("button", name="Add a variable").click()
    page.get_by_label("Name for people").fill("Form of the event")
    expect(page.get_by_label("Name of the column")).to_have_value("form_of_the_event")
    page.get_by_role("button", name=re.compile("Type$")).click()
    page.get_by_role("option", name="category").click()
    page.get_by_role("button", name="Add a category").click()
    page.get_by_role("button", name="Add the variable").click()
    expect(page.get_by_text("Give the category a value.")).to_be_visible()
    page.get_by_role("textbox", name="Category").fill("march")
    page.get_by_label("What it means").fill("People walk.")
    page.get_by_text("Conditions", exact=True).click()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("button", name=re.compile("Comparison$")).click()
    page.get_by_role("option", name="has a value").click()
    page.get_by_text("Examples", exact=True).first.click()
    page.get_by_role("button", name="Add an example").click()
    page.get_by_label("Passage").fill("They walked to the square.")
    page.get_by_role("button", name=re.compile("Value$")).click()
    page.get_by_role("option", name="march").click()
    tab.accessible()
    page.get_by_role("button", name="Add the variable").click()
    expect(page.get_by_role("row", name="Form of the event")).to_be_visible()
    made = person.get(f"projects/{project}/variables")["items"][1]
    assert made["categories"] == [{"value": "march", "description": "People walk."}]
    assert made["depends_on"] == [{"variable": "place", "operator": "IS_PRESENT", "value": None}]
    assert made["golden_examples"] == [{"text": "They walked to the square.", "value": "march", "note": ""}]


def test_values_are_chosen_and_typed_whatever_they_are_called(
    person: Person, project: str, tab: Tab, page: Page
) -> None:
    """A category may be called as what stands for no value; an example may have none."""
    categories = [{"value": value} for value in ("No value", "(none)", "march")]
    examples = [{"text": f"Passage {number}.", "value": "march"} for number in (1, 2, 3)]
    asked = {"name": "form", "type": "CATEGORY", "categories": categories, "golden_examples": examples}
    variable = person.post(f"projects/{project}/variables", asked)["id"]
    tab.open(f"/projects/{project}/setup?view=schema&variable={variable}")
    page.get_by_text("Examples (3)").click()
    values = page.get_by_role("button", name=re.compile("Value$"))
    values.nth(0).click()
    page.get_by_role("option", name="No value").first.click()
    values.nth(1).click()
    page.get_by_role("option", name="No value").last.click()
    values.nth(2).click()
    page.get_by_role("option", name="(none)").click()
    tab.accessible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: Form")).to_be_visible()
    stands = person.get(f"variables/{variable}")["golden_examples"]
    assert [one["value"] for one in stands] == [None, "No value", "(none)"]
    tab.open(f"/projects/{project}/setup?view=schema&variable={variable}")
    page.get_by_text("Examples (3)").click()
    values.nth(1).click()
    expect(page.get_by_role("option", name="No value").last).to_have_attribute("aria-selected", "true")
    page.get_by_role("option", name="No value").first.click()
    page.get_by_label("Instructions").fill("What form it had.")
    page.get_by_role("button", name="Save").click()
    wait_until(lambda: person.get(f"variables/{variable}")["instructions"] == "What form it had.")
    assert [one["value"] for one in person.get(f"variables/{variable}")["golden_examples"]] == [None, None, "(none)"]


def test_what_is_not_touched_of_a_variable_stays_and_its_reading_goes_back_to_the_usual(
    person: Person, project: str, open_tab: Open
) -> None:
    rules = {"min": 0.5, "max": 12500, "allowed_values": [0.5, 1250.25]}
    examples = [{"text": "400 to 500", "value": {"low": 400, "high": 500}}, {"text": "1.5", "value": [1.5, 2]}]
    asked = {"name": "size", "type": "NUMBER", "if_multiple_values": "ALL", "validation_rules": rules}
    more = {"golden_examples": examples, "reading": "INFERRED", "default_value": 0.75}
    before = person.post(f"projects/{project}/variables", asked | more)
    with open_tab(person, language="de") as tab:
        page = tab.page
        tab.open(f"/projects/{project}/setup?view=schema&variable={before['id']}")
        page.get_by_text("Belege", exact=True).click()
        page.get_by_role("button", name=re.compile("Wie er aus dem Text kommt$")).click()
        page.get_by_role("option", name=re.compile("^wie beim Typ üblich")).click()
        page.get_by_role("button", name="Speichern").click()
        wait_until(lambda: person.get(f"variables/{before['id']}")["reading"] is None)
    after = person.get(f"variables/{before['id']}")
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"reading", "etag", "warnings", "active_prompt"}


def test_numbers_and_dates_are_typed_as_the_language_writes_them(person: Person, project: str, open_tab: Open) -> None:
    size = person.post(f"projects/{project}/variables", {"name": "size", "type": "NUMBER"})["id"]
    day = person.post(f"projects/{project}/variables", {"name": "day", "type": "DATE"})["id"]
    with open_tab(person, language="de") as tab:
        page = tab.page
        tab.open(f"/projects/{project}/setup?view=schema&variable={size}")
        page.get_by_text("Werte", exact=True).click()
        typed = page.get_by_label("Wo nichts gefunden wird")
        typed.fill("1.5")
        page.get_by_role("button", name="Speichern").click()
        expect(page.get_by_text("Geben Sie eine Zahl ein, etwa 1.250,5.")).to_be_visible()
        expect(typed).to_have_value("1.5")
        typed.fill("1.250,5")
        page.get_by_role("button", name="Speichern").click()
        wait_until(lambda: person.get(f"variables/{size}")["default_value"] == 1250.5)
    with open_tab(person, language="ar") as tab:
        page = tab.page
        tab.open(f"/projects/{project}/setup?view=schema&variable={day}")
        page.get_by_text("القيم", exact=True).click()
        date = page.get_by_role("group", name="حيث لا يوجد شيء")
        date.get_by_label("الشهر").fill("١٣")
        date.get_by_label("السنة").fill("٢٠٢١")
        expect(date.get_by_role("alert")).to_be_visible()
        expect(date.get_by_label("الشهر")).to_have_value("١٣")
        date.get_by_label("الشهر").fill("٣")
        page.get_by_role("button", name="حفظ", exact=True).click()
        wait_until(lambda: person.get(f"variables/{day}")["default_value"] == "2021-03")


def test_a_conflict_that_cannot_be_shown_is_told_and_loses_nothing(
    person: Person, project: str, tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("textbox", name="Domain").fill("mine")
    person.http.patch(f"/v1/projects/{project}", json={"domain": "theirs"}).raise_for_status()
    address = f"**/v1/projects/{project}"
    page.route(address, lambda route: route.abort() if route.request.method == "GET" else route.continue_())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    expect(page.get_by_role("textbox", name="Domain")).to_have_value("mine")
    page.unroute(address)
    page.get_by_role("button", name="Save").click()
    field = page.get_by_role("radiogroup", name="Domain")
    expect(field).to_contain_text("theirs")
    expect(field).to_contain_text("mine")
    page.get_by_role("button", name="Take the other's, drop mine").click()
    expect(page.get_by_role("textbox", name="Domain")).to_have_value("theirs")


def test_variables_are_ordered_by_keyboard_copied_and_deleted(
    person: Person, project: str, variables: list[dict[str, Any]], tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("row", name="Place").get_by_role("button", name=re.compile("Drag")).focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    wait_until(lambda: names_of(person, project) != ["place", "day", "size"])
    assert sorted(names_of(person, project)) == ["day", "place", "size"]
    page.get_by_role("button", name="Copy Day").click()
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_role("button", name="Delete Size").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("row", name="Size")).to_have_count(0)
    assert "size" not in names_of(person, project)


def test_of_two_tabs_that_edit_one_variable_the_second_sees_the_conflict(
    person: Person, project: str, variables: list[dict[str, Any]], tab: Tab, page: Page, open_tab: Open
) -> None:
    address = f"/projects/{project}/setup?view=schema&variable={variables[0]['id']}"
    with open_tab(person) as other:
        tab.open(address)
        other.open(address)
        page.get_by_label("Instructions").fill("The second tab's words.")
        page.get_by_label("Name for people").fill("Where")
        other.page.get_by_label("Instructions").fill("The first tab's words.")
        other.page.get_by_role("button", name="Save").click()
        expect(other.page.get_by_text("Saved: Place")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Somebody else has changed this meanwhile")).to_be_visible()
        field = page.get_by_role("radiogroup", name="Instructions")
        expect(field).to_contain_text("The first tab's words.")
        expect(field).to_contain_text("The second tab's words.")
        expect(field).to_contain_text("changed by both")
        stands = person.get(f"variables/{variables[0]['id']}")
        assert (stands["instructions"], stands["display_name"]) == ("The first tab's words.", "Place")

        page.get_by_role("button", name="Go on editing with it").click()
        expect(page.get_by_label("Instructions")).to_have_value("The second tab's words.")
        page.get_by_label("Instructions").fill("Both agree.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved: Where")).to_be_visible()
    stands = person.get(f"variables/{variables[0]['id']}")
    assert (stands["instructions"], stands["display_name"]) == ("Both agree.", "Where")


def test_the_other_ones_words_can_be_taken_field_by_field(
    person: Person, project: str, variables: list[dict[str, Any]], tab: Tab, page: Page
) -> None:
    variable = variables[0]["id"]
    tab.open(f"/projects/{project}/setup?view=schema&variable={variable}")
    page.get_by_label("Instructions").fill("Mine.")
    page.get_by_label("Name for people").fill("My place")
    person.http.patch(f"/v1/variables/{variable}", json={"instructions": "Theirs."}).raise_for_status()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("radiogroup", name="Instructions").get_by_text("Theirs.").click()
    page.get_by_role("button", name="Save what is chosen").click()
    expect(page.get_by_text("Saved: My place")).to_be_visible()
    stands = person.get(f"variables/{variable}")
    assert (stands["instructions"], stands["display_name"]) == ("Theirs.", "My place")


def test_context_and_unit_are_edited_and_their_conflicts_shown(
    person: Person, project: str, tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{project}/setup?view=schema")
    page.get_by_role("textbox", name="Domain").fill("mine")
    page.get_by_role("textbox", name="A row is").fill("one march")
    person.http.patch(f"/v1/projects/{project}", json={"domain": "theirs"}).raise_for_status()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("radiogroup", name="Domain")).to_contain_text("theirs")
    page.get_by_role("button", name="Save what is chosen").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    stands = person.get(f"projects/{project}")
    assert (stands["domain"], stands["unit"]["row_is"]) == ("mine", "one march")


def test_proposals_are_decided_singly_and_say_when_their_ground_has_changed(
    person: Person, with_documents: str, tab: Tab, page: Page
) -> None:
    tab.open(f"/projects/{with_documents}/setup?view=schema")
    page.get_by_role("button", name="Suggest variables").click()
    proposals = page.get_by_role("article")
    expect(proposals.first).to_be_visible()
    waiting = person.get(f"projects/{with_documents}/proposals?status=PROPOSED")["items"]
    taken = waiting[0]["changes"][0]["variable"]
    person.post(f"projects/{with_documents}/variables", {"name": taken, "type": "TEXT"})
    page.get_by_role("tab", name=f"Proposals ({len(waiting)})").click()
    stale = page.get_by_role("article", name=waiting[0]["title"])
    expect(stale).to_contain_text("Things have changed since")
    expect(stale.get_by_role("button", name="Accept")).to_be_disabled()
    tab.accessible()
    stale.get_by_role("button", name="Reject").click()
    expect(stale).to_have_count(0)
    page.get_by_role("article", name=waiting[1]["title"]).get_by_role("button", name="Accept").click()
    wait_until(lambda: waiting[1]["changes"][0]["variable"] in names_of(person, with_documents))


def test_a_template_shows_what_it_would_do_before_it_is_applied(
    person: Person, project: str, tab: Tab, page: Page
) -> None:
    person.post(f"projects/{project}/variables", {"name": "event_date", "type": "DATE"})
    tab.open(f"/projects/{project}/setup?view=templates")
    page.get_by_role("button", name="See what it would do: News events").click()
    expect(page.get_by_text("The project has one of its names already:")).to_be_visible()
    apply = page.get_by_role("button", name="Apply")
    expect(apply).to_be_disabled()
    page.get_by_text("The project's own stay").click()
    apply.click()
    expect(page.get_by_text("Applied: News events")).to_be_visible()
    assert len(names_of(person, project)) == 8
    page.get_by_label("Name of the template").fill("Ours")
    page.get_by_role("button", name="Save as a template").click()
    expect(page.get_by_role("button", name="Delete the template Ours")).to_be_visible()


class Slow:
    """A model whose replies wait, after their first half, until they may go on."""

    def __init__(self) -> None:
        self.may_go_on = Event()

    async def __call__(self, request: int, chunk: int) -> None:
        if chunk >= 2:
            await to_thread(self.may_go_on.wait, 60)


@pytest.fixture
def slow(chat_model: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """A model that proposes to count the injured, when it may."""
    nothing = dict.fromkeys(("display_name", "categories", "depends_on", "golden_examples"))
    injured = {"name": "injured", "type": "NUMBER", "instructions": "How many people were hurt.", **nothing}
    add = {"action": "ADD_VARIABLE", "title": "Count the injured", "reason": "Reports tell.", "variables": []}
    quotes = [{"document": 1, "quote": "people. "}]
    reply = {
        "reply": "All three reports tell how many people were hurt, and where. " * 8,
        "quotes": [],
        "proposals": [{**add, "definitions": [injured], "project": None, "quotes": quotes}],
    }
    usual: Callable[[dict[str, Any]], Any] = chat_model.answer

    def answer(body: dict[str, Any]) -> dict[str, Any] | str:
        return reply if "proposals" in (requested_schema(body) or {}).get("properties", {}) else usual(body)

    slow = Slow()
    monkeypatch.setattr(chat_model, "answer", answer)
    monkeypatch.setattr(chat_model, "pace", slow)
    yield slow
    slow.may_go_on.set()


def test_a_reply_goes_on_after_a_reload_and_what_it_proposes_is_accepted(
    person: Person, with_documents: str, tab: Tab, page: Page, slow: Slow
) -> None:
    person.http.patch(f"/v1/projects/{with_documents}", json={"model": "openai:gpt-4.1-mini"}).raise_for_status()
    tab.open(f"/projects/{with_documents}/setup")
    page.get_by_label("Your message").fill("What could I count?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="You")).to_have_text("What could I count?")
    expect(page.get_by_role("article", name="The co-pilot")).to_contain_text("All three")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    tab.accessible()
    page.reload()
    expect(page.get_by_role("article", name="The co-pilot")).to_contain_text("All three")
    slow.may_go_on.set()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    reply = page.get_by_role("article", name="The co-pilot")
    expect(reply).to_contain_text(("All three reports tell how many people were hurt, and where. " * 8).strip())
    reply.get_by_role("button", name="Accept: Count the injured").click()
    wait_until(lambda: names_of(person, with_documents) == ["injured"])
    expect(reply).to_contain_text("accepted")
    page.get_by_role("button", name="Begin anew").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Begin anew").click()
    expect(page.get_by_role("article", name="The co-pilot")).to_have_count(0)


def test_a_reply_is_stopped_where_it_stands(
    person: Person, with_documents: str, tab: Tab, page: Page, slow: Slow
) -> None:
    person.http.patch(f"/v1/projects/{with_documents}", json={"model": "openai:gpt-4.1-mini"}).raise_for_status()
    tab.open(f"/projects/{with_documents}/setup")
    page.get_by_label("Your message").fill("What could I count?")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("article", name="The co-pilot")).to_contain_text("stopped")


def test_a_telephone_shows_the_copilot_as_a_tab(
    person: Person, project: str, variables: list[dict[str, Any]], open_tab: Open
) -> None:
    with open_tab(person, language="ar", viewport={"width": 360, "height": 740}) as tab:
        tab.open(f"/projects/{project}/setup?view=schema&variable={variables[0]['id']}")
        expect(tab.page.get_by_label("التعليمات")).to_be_visible()
        tab.page.get_by_role("tab", name="المساعد").click()
        expect(tab.page.get_by_label("رسالتك")).to_be_visible()
        tab.accessible()
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360
