"""A person at the console in Chromium, with what their page did that no page should do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.support.tenant import Tenant

ROOT = Path(__file__).parents[2]
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = ("--no-sandbox", "--disable-gpu")
_AN_ERROR_ANSWER = "Failed to load resource"
"""What Chromium logs of every answer of 4xx and 5xx, which pages show to people."""
_WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN_AXE = """async (runOnly) => {
    const found = await axe.run(document, {runOnly, resultTypes: ["violations"], preload: false});
    return found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
}"""


class Person(Tenant):
    """Somebody in a workspace of their own, who may be signed in by browsers."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        me = self.get("auth/me")
        self.email: str = me["user"]["email"]
        self.password = "correct horse battery"


class Tab:
    """A tab of a browser that somebody is signed in with."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        page.on("console", self._hear)
        page.on("request", self._see)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def accessible(self, *rules: str) -> None:
        """Fails where axe finds a serious violation of WCAG 2.2 AA, or of these rules alone."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(_RUN_AXE, list(rules or _WCAG))
        assert not found, "\n".join(found)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_AN_ERROR_ANSWER):
            self.faults.append(f"{message.type}: {message.text}")

    def _see(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.faults.append(f"a request to {request.url}")


@contextmanager
def opened(browser: Browser, url: str, *, language: str = "en", theme: str = "light", **context: Any) -> Iterator[Tab]:
    """A tab in which nobody is signed in; leaving it fails when the page did what no page should do."""
    with browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | context) as made:
        made.add_init_script(
            f"localStorage.setItem('coderai.language', '{language}'); localStorage.setItem('coderai.theme', '{theme}')"
        )
        tab = Tab(made.new_page(), url)
        yield tab
        assert not tab.faults, "\n".join(tab.faults)


@contextmanager
def signed_in(browser: Browser, person: Person, *, workspace: str = "", **context: Any) -> Iterator[Tab]:
    """A tab in which the person is signed in, in their own workspace if none is named."""
    with opened(browser, person.url, **context) as tab:
        credentials = {"email": person.email, "password": person.password}
        answer = tab.page.request.post(
            f"{person.url}/v1/auth/session",
            data=credentials | ({"workspace_id": workspace} if workspace else {}),
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.ok, answer.text()
        yield tab


def unique(name: str) -> str:
    """A name that no other test has given."""
    return f"{name} {uuid4().hex[:6]}"
