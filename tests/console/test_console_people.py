"""What people do about people: invite, join, change roles, go to another workspace; keys, and who did what."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Open
from tests.support.browsing import Person, Tab, unique


@pytest.fixture
def colleague(person: Person) -> Iterator[Person]:
    """Somebody else, with a workspace of their own."""
    with Person(person.url) as somebody:
        yield somebody


def invite(page: Page, email: str, role: str = "editor") -> str:
    """Invites an address from the page of people; the link that is shown once."""
    form = page.get_by_role("region", name="Invite somebody")
    form.get_by_label("E-mail address").fill(email)
    form.get_by_role("button", name=re.compile("Role")).click()
    page.get_by_role("option", name=role).click()
    form.get_by_role("button", name="Invite", exact=True).click()
    return form.get_by_label("Link of the invitation").input_value()


def test_a_colleague_is_invited_joins_is_promoted_and_removed(
    person: Person, colleague: Person, tab: Tab, page: Page, open_tab: Open
) -> None:
    name = unique("Protests")
    person.post("projects", {"name": name})
    tab.open("/people")
    link = invite(page, colleague.email)
    expect(page.get_by_role("table", name="Invitations that wait")).to_contain_text(colleague.email)
    with open_tab(colleague) as other:
        other.page.goto(link)
        expect(other.page).to_have_url(f"{person.url}/invitation")
        other.page.get_by_role("button", name="Accept").click()
        other.page.wait_for_url(f"{person.url}/")
        other.open("/people")
        expect(other.page.get_by_role("table", name="Members")).to_contain_text(person.email)
        expect(other.page.get_by_role("heading", name="Invite somebody")).to_be_hidden()

        page.reload()
        row = page.get_by_role("row", name=re.compile(colleague.email))
        row.get_by_role("button", name=re.compile("Role of")).click()
        page.get_by_role("option", name="viewer").click()
        row.get_by_role("button", name="Change the role").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Change the role").click()
        expect(row.get_by_role("button", name="Change the role")).to_be_hidden()
        other.page.reload()
        expect(other.page.get_by_role("row", name=re.compile(colleague.email))).to_contain_text("viewer")

        row.get_by_role("button", name=f"Remove {colleague.email}").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
        expect(row).to_be_hidden()
        other.page.reload()
        expect(other.page.get_by_label("Password")).to_be_visible()


def test_whoever_has_no_account_makes_one_by_the_link(chromium: Browser, person: Person, tab: Tab, page: Page) -> None:
    email = f"{unique('new').replace(' ', '-')}@example.org"
    tab.open("/people")
    link = invite(page, email, "viewer")
    with chromium.new_context(locale="en-US") as context:
        other = Tab(context.new_page(), person.url)
        other.page.goto(link)
        other.page.get_by_label("E-mail address").fill(email)
        other.page.get_by_label("Password").fill("correct horse battery")
        other.page.get_by_role("button", name="Make the account and join").click()
        other.page.wait_for_url(f"{person.url}/")
        other.open("/people")
        expect(other.page.get_by_role("table", name="Members")).to_contain_text(person.email)
        other.open("/audit")
        expect(other.page.get_by_text("Only owners of a workspace see")).to_be_visible()
        assert not other.faults


def test_a_person_goes_to_another_workspace_and_back(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/people")
    page.get_by_label("New workspace").fill("Shared work")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Go there: Shared work").click()
    page.wait_for_url(f"{person.url}/")
    tab.open("/people")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Shared work")


def test_a_key_is_shown_once_works_and_ends(person: Person, tab: Tab, page: Page) -> None:
    tab.open("/keys")
    page.get_by_label("Name").fill("nightly import")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("The key is shown this once.")).to_be_visible()
    key = page.get_by_label("Key", exact=True).input_value()
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{person.url}/v1/projects", headers=headers).status_code == 200
    page.reload()
    expect(page.get_by_role("row", name=re.compile("nightly import"))).to_be_visible()
    assert key not in page.content()
    page.get_by_role("button", name="Delete nightly import").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("There is no key yet.")).to_be_visible()
    assert httpx.get(f"{person.url}/v1/projects", headers=headers).status_code == 401


def test_owners_see_who_did_what_and_what_they_look_for(person: Person, tab: Tab, page: Page) -> None:
    name = unique("Protests")
    person.post("projects", {"name": name})
    tab.open("/audit")
    expect(page.get_by_role("row", name=re.compile(f"made a project {name}"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("signed in")).first).to_be_visible()
    page.get_by_role("button", name=re.compile("What")).click()
    page.get_by_role("option", name="Projects and templates").click()
    expect(page.get_by_role("row", name=re.compile("signed in"))).to_have_count(0)
    expect(page).to_have_url(re.compile("what=projects"))
    page.reload()
    expect(page.get_by_role("row", name=re.compile(name))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("signed in"))).to_have_count(0)
    page.get_by_label("To", exact=True).fill("2020-01-01")
    expect(page.get_by_text("Nothing that was done here matches.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.get_by_role("row", name=re.compile("signed in")).first).to_be_visible()
