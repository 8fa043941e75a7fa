"""What all pages stand in: signing in and out, languages, colours, the way between pages, what goes wrong."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Open
from tests.support.browsing import Person, Tab, unique


def test_a_person_signs_in_goes_where_they_wanted_to_and_signs_out(chromium: Browser, person: Person) -> None:
    with chromium.new_context() as context:
        tab = Tab(context.new_page(), person.url)
        page = tab.page
        tab.open("/people")
        page.get_by_label("E-mail address").fill(person.email)
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Password").fill(person.password)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{person.url}/people")
        page.get_by_role("button", name=person.email).click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect(page).to_have_url(re.compile("/sign-in"))
        tab.open("/keys")
        expect(page.get_by_label("Password")).to_be_visible()
    assert not tab.faults


def test_a_session_that_ends_meanwhile_asks_to_sign_in_again(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    person.http.post("/v1/auth/sign-out-everywhere").raise_for_status()
    page.reload()
    expect(page.get_by_label("Password")).to_be_visible()


def test_the_title_says_which_page_is_open(person: Person, tab: Tab, page: Page) -> None:
    name = unique("Strikes")
    project = person.post("projects", {"name": name})["id"]
    person.post(f"projects/{project}/documents", {"name": "report.txt", "text": "Fifty people marched."})
    [document] = person.get(f"projects/{project}/documents")["items"]
    tab.open(f"/projects/{project}/run")
    expect(page).to_have_title(f"Run – {name} – CoderAI")
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_title(f"Data – {name} – CoderAI")
    page.get_by_role("link", name="People").click()
    expect(page).to_have_title("People – CoderAI")
    tab.open(f"/projects/{project}/documents/{document['id']}")
    expect(page).to_have_title("report.txt – CoderAI")


def test_language_and_colours_are_kept(tab: Tab, page: Page, open_tab: Open) -> None:
    tab.open("/")
    page.get_by_role("button", name="Language: English").click()
    page.get_by_role("menuitemradio", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Projekte")).to_be_visible()
    page.get_by_role("button", name="Farben: Hell").click()
    page.get_by_role("menuitemradio", name="Dunkel").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^de"))


def test_there_is_a_word_for_what_is_not_there(tab: Tab, page: Page) -> None:
    tab.open("/projects/0191a000-0000-7000-8000-000000000001/documents")
    expect(page.get_by_role("alert")).to_contain_text("no such project")
    tab.page.evaluate("() => history.pushState({}, '', '/nowhere')")
    page.evaluate("() => window.dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_a_server_that_is_away_is_told_and_comes_back(person: Person, tab: Tab, page: Page) -> None:
    name = unique("Protests")
    person.post("projects", {"name": name})
    page.route("**/v1/projects*", lambda route: route.abort())
    tab.open("/")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/v1/projects*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
