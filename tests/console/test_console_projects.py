"""The list of projects, the example at a click, and what a person sets for themselves."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import Person, Tab, signed_in, unique


def test_whoever_has_nothing_tries_the_example_once(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/")
    expect(page.get_by_role("heading", name="Begin with your documents")).to_be_visible()
    page.get_by_role("button", name="Try the example").dblclick()
    expect(page.get_by_role("list", name="The example is being made")).to_be_visible()
    page.wait_for_url(re.compile("/projects/.+/run"), timeout=60_000)
    [project] = person.get("projects")["items"]
    assert project["name"] == "Public events in the local press"
    assert len(person.get(f"projects/{project['id']}/variables")["items"]) == 8
    assert sum(person.get(f"projects/{project['id']}/documents")["counts"].values()) == 16
    [job] = person.get(f"projects/{project['id']}/jobs")["items"]
    assert (job["kind"], job["documents_total"]) == ("SAMPLE", 4)


def test_an_example_that_was_interrupted_goes_on(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/")
    page.route("**/v1/projects/*/jobs/estimate", lambda route: route.fulfill(status=500, json={}))
    page.get_by_role("button", name="Try the example").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=60_000)
    page.unroute("**/v1/projects/*/jobs/estimate")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(re.compile("/projects/.+/run"), timeout=60_000)
    assert len(person.get("projects")["items"]) == 1


def test_a_project_is_made_seen_and_deleted(person: Person, tab: Tab, page: Page) -> None:
    other, name = unique("Strikes"), unique("احتجاجات")
    person.post("projects", {"name": other})
    tab.open("/")
    row = page.get_by_role("row").filter(has_text=other)
    expect(row).to_contain_text("never")
    page.get_by_label("Name of a new project").fill(name)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/setup$"))
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    page.get_by_role("link", name="Projects").click()
    page.get_by_role("link", name=other).click()
    expect(page.get_by_role("heading", name=other, level=1)).to_be_visible()
    page.wait_for_function("() => performance.getEntriesByType('resource').some((one) => one.name.endsWith('/seen'))")
    tab.open("/")
    expect(row).not_to_contain_text("never")
    row.get_by_role("button", name=f"Delete {other}").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    assert [project["name"] for project in person.get("projects")["items"]] == [name]


def test_a_password_is_changed_and_other_sessions_end(chromium: Browser, person: Person, tab: Tab, page: Page) -> None:
    with signed_in(chromium, person) as other:
        other.open("/account")
        expect(other.page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
        tab.open("/account")
        page.get_by_label("Current password").fill("not the password")
        page.get_by_label("New password", exact=True).fill("another long password")
        page.get_by_label("New password, again").fill("another long passwort")
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_text("This is not the same as above.")).to_be_visible()
        page.get_by_label("New password, again").fill("another long password")
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_role("alert").filter(has_text="password")).to_be_visible()
        page.get_by_label("Current password").fill(person.password)
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_text("The password is set.")).to_be_visible()
        other.page.reload()
        expect(other.page).to_have_url(re.compile("/sign-in"))
    page.reload()
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()


def test_sessions_are_ended_one_by_one_and_all(chromium: Browser, person: Person, tab: Tab, page: Page) -> None:
    with signed_in(chromium, person) as other:
        other.open("/account")
        expect(other.page.get_by_text("this one")).to_be_visible()
        tab.open("/account")
        ends = page.get_by_role("button", name="End the session")
        before = len(person.get("auth/sessions")["items"])
        expect(ends).to_have_count(before - 1)
        ends.first.click()
        expect(ends).to_have_count(before - 2)
        page.get_by_role("button", name="Sign out everywhere").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Sign out everywhere").click()
        expect(page).to_have_url(re.compile("/sign-in"))
        other.page.reload()
        expect(other.page).to_have_url(re.compile("/sign-in"))


def test_owners_set_what_a_month_may_take(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/account")
    expect(page.get_by_text("no limit", exact=True)).to_be_visible()
    page.get_by_label("Tokens that may be used in a month").fill("250000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("250,000 tokens")).to_be_visible()
    assert person.get("model-usage")["tokens_a_month"] == 250_000


def test_an_account_is_ended_by_its_password(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/account")
    page.get_by_label("Your password").fill(person.password)
    page.get_by_role("button", name="Deactivate the account").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Deactivate the account").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    credentials = {"email": person.email, "password": person.password}
    assert person.http.post("/v1/auth/login", json=credentials).status_code == 401
