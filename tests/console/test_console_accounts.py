"""The links in mails lead somewhere: an address is confirmed, a forgotten password is set anew."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.integration.gateway.mail_server import MailServer, mail_server
from tests.support.browsing import ROOT, Person, Tab
from tests.support.tenant import wait_until

SENDER = "coderai@coderai.example"
NEW = "another correct horse"
USED = "This link does not work any more"


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@dataclass(frozen=True)
class Mailing:
    """A gateway of the stack that sends mail."""

    url: str
    log: Path
    stack: LocalStack

    def psql(self, statement: str) -> None:
        self.stack.postgres.psql(statement, database="coderai")


@pytest.fixture(scope="module")
def mailing(
    stack: LocalStack, server: MailServer, process_group: ProcessGroup, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mailing]:
    """It has no public address, so that the links in its mails are its own."""
    http, grpc, metrics = (f"127.0.0.1:{free_port()}" for _ in range(3))
    running = Mailing(f"http://{http}", tmp_path_factory.mktemp("mailing") / "gateway.log", stack)
    settings = {"HTTP": http, "GRPC": grpc, "METRICS_LISTEN": metrics, "MAIL_URL": server.url, "MAIL_FROM": SENDER}
    env = {**stack.environment_of("gateway"), **{f"CODERAI_GATEWAY_{name}": text for name, text in settings.items()}}
    with running.log.open("wb") as output:
        command = [sys.executable, "-m", "coderai.gateway", "serve"]
        process = process_group.popen(command, env=env, cwd=ROOT, output=output)
    wait_until(lambda: answers(running.url))
    yield running
    process.terminate()
    process.wait(30)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def member(mailing: Mailing) -> Iterator[Person]:
    """Somebody to whom mail is sent."""
    with Person(mailing.url) as somebody:
        yield somebody


@pytest.fixture
def stranger(chromium: Browser, mailing: Mailing) -> Iterator[Tab]:
    """A browser in which nobody is signed in."""
    with chromium.new_context(locale="en-US") as context:
        tab = Tab(context.new_page(), mailing.url)
        yield tab
        assert not tab.faults


@pytest.fixture
def link(server: MailServer) -> Callable[..., str]:
    """The newest link to a page that was mailed to somebody."""

    def find(who: Person, page: str, number: int = 1) -> str:
        pattern = re.compile(rf"{who.url}/{page}#\S+")
        found: list[str] = []

        def has_come() -> bool:
            found[:] = [match[0] for text in server.to(who.email) if (match := pattern.search(text))]
            return len(found) >= number

        wait_until(has_come)
        return found[-1]

    return find


def set_password(page: Page, password: str) -> None:
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password, again").fill(password)
    page.get_by_role("button", name="Set the password").click()


def test_an_address_is_confirmed_once_by_a_click(member: Person, stranger: Tab, link: Callable[..., str]) -> None:
    page, mailed = stranger.page, link(member, "verify-email")
    page.goto(mailed)
    expect(page).to_have_url(f"{member.url}/verify-email")
    assert member.get("auth/me")["user"]["email_verified"] is False
    stranger.accessible()
    page.get_by_role("button", name="Confirm the address").click()
    expect(page.get_by_role("status")).to_have_text("The address is confirmed.")
    assert member.get("auth/me")["user"]["email_verified"] is True

    page.goto(mailed)
    expect(page).to_have_url(f"{member.url}/verify-email")
    page.reload()
    expect(page.get_by_text("Sign in to see whether your address is confirmed")).to_be_visible()
    page.goto(mailed)
    page.get_by_role("button", name="Confirm the address").click()
    expect(page.get_by_role("alert")).to_contain_text(USED)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password").fill(member.password)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{member.email} is confirmed.")).to_be_visible()


def test_who_is_signed_in_has_another_link_mailed_in_place_of_one_that_expired(
    member: Person, open_tab: Open, link: Callable[..., str], mailing: Mailing
) -> None:
    mailed = link(member, "verify-email")
    mailing.psql("update gateway.links set expires_at = now() - interval '1 minute'")
    mailing.psql(f"update gateway.mails set created_at = created_at - interval '1 hour' where email = '{member.email}'")
    with open_tab(member) as tab:
        page = tab.page
        page.goto(mailed)
        page.get_by_role("button", name="Confirm the address").click()
        expect(page.get_by_role("alert")).to_contain_text(USED)
        page.get_by_role("button", name="Mail me a link").click()
        expect(page.get_by_role("status")).to_contain_text(f"A link goes to {member.email}")
        tab.accessible()
        page.goto(link(member, "verify-email", 2))
        page.get_by_role("button", name="Confirm the address").click()
        expect(page.get_by_role("status")).to_have_text("The address is confirmed.")
        page.get_by_role("link", name="To the projects").click()
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def test_who_must_confirm_first_is_shown_where(member: Person, open_tab: Open) -> None:
    with open_tab(member) as tab:
        tab.open("/people")
        form = tab.page.get_by_role("region", name="Invite somebody")
        form.get_by_label("E-mail address").fill("ada@example.org")
        form.get_by_role("button", name="Invite", exact=True).click()
        form.get_by_role("link", name="Confirm your e-mail address").click()
        expect(tab.page.get_by_text(f"{member.email} is not confirmed yet.")).to_be_visible()


def test_a_forgotten_password_is_set_by_a_link_that_is_seen_nowhere(
    member: Person, stranger: Tab, open_tab: Open, link: Callable[..., str], mailing: Mailing
) -> None:
    page = stranger.page
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    stranger.open("/sign-in")
    page.get_by_role("link", name="Forgot the password?").click()
    stranger.accessible()
    page.get_by_label("E-mail address").fill(member.email)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"If {member.email} has an account, a link goes there")

    mailed = link(member, "reset-password")
    page.goto(mailed)
    expect(page).to_have_url(f"{member.url}/reset-password")
    with open_tab(member) as other:
        other.open("/people")
        expect(other.page.get_by_role("table", name="Members")).to_be_visible()
        page.get_by_label("New password", exact=True).fill(NEW)
        page.get_by_label("New password, again").fill("another")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_text("This is not the same as above.")).to_be_visible()
        stranger.accessible()
        set_password(page, NEW)
        expect(page.get_by_role("status")).to_contain_text("All your sessions have ended")
        other.page.reload()
        expect(other.page.get_by_label("Password")).to_be_visible()

    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password").fill(member.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()

    page.goto(mailed)
    set_password(page, member.password)
    expect(page.get_by_role("alert")).to_contain_text(USED)
    expect(page.get_by_role("button", name="Mail me a link")).to_be_visible()
    token = mailed.partition("#")[2]
    assert token not in page.content()
    told = [text for request in sent for text in (request.url.partition("#")[0], *request.all_headers().values())]
    assert not [text for text in told if token in text]
    assert token not in mailing.log.read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_links_are_accessible_in_arabic_on_a_phone(
    member: Person, open_tab: Open, link: Callable[..., str], theme: str
) -> None:
    with open_tab(member, language="ar", theme=theme, viewport={"width": 360, "height": 740}) as tab:
        page = tab.page
        page.goto(link(member, "verify-email"))
        page.get_by_role("button", name="تأكيد العنوان").click()
        expect(page.get_by_role("status")).to_have_text("تم تأكيد العنوان.")
        tab.open("/verify-email")
        expect(page.get_by_text(member.email)).to_be_visible()
        tab.accessible()
        page.goto(f"{member.url}/reset-password#not-a-token")
        page.get_by_label("كلمة المرور الجديدة", exact=True).fill(NEW)
        page.get_by_label("كلمة المرور الجديدة مرة أخرى").fill(NEW)
        tab.accessible()
        page.get_by_role("button", name="تعيين كلمة المرور").click()
        expect(page.get_by_role("alert")).to_contain_text("لم يعد هذا الرابط صالحًا")
        tab.accessible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_where_no_mail_is_sent_the_operator_is_named(chromium: Browser, person: Person) -> None:
    with chromium.new_context(locale="en-US") as context:
        tab = Tab(context.new_page(), person.url)
        tab.open("/reset-password")
        tab.page.get_by_label("E-mail address").fill(person.email)
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("alert")).to_have_text(
            "No mail is sent from here. Ask whoever runs this installation for a link."
        )
        assert not tab.faults
