"""Every page and state of the console without a serious fault of accessibility, in two languages, light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import fields
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from coderai.deploy.stack import LocalStack
from tests.console.states import PAGES, STATES, Look, State, Who
from tests.support.browsing import Tab, opened, signed_in
from tests.support.filled_workspace import FilledWorkspace, filled_workspace
from tests.support.tenant import wait_until

_IN_ARABIC_AT_NIGHT = """() => {
    localStorage.setItem("coderai.language", "ar");
    localStorage.setItem("coderai.theme", "dark");
    dispatchEvent(new StorageEvent("storage"));
}"""
"""What the page hears when the language and the colours were changed in another tab."""
_REPEATED = 60_000
"""Milliseconds in which a request was made four times, on a busy machine."""
_OVER_THE_PAGE = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox]"


@pytest.fixture(scope="module")
def workspace(stack: LocalStack) -> Iterator[FilledWorkspace]:
    with filled_workspace(stack.url) as filled:
        yield filled


class Browsers:
    """A browser for each person, which is kept, as one for each state would take long."""

    def __init__(self, chromium: Browser, workspace: FilledWorkspace, kept: ExitStack) -> None:
        self._chromium, self._workspace, self._kept = chromium, workspace, kept
        self._contexts: dict[Who, BrowserContext] = {}

    @contextmanager
    def tab(self, who: Who) -> Iterator[Tab]:
        if who not in self._contexts:
            self._contexts[who] = self._kept.enter_context(self._opened(who)).page.context
        with self._contexts[who].new_page() as page:
            tab = Tab(page, self._workspace.owner.url)
            yield tab
            assert not tab.faults, "\n".join(tab.faults)

    def _opened(self, who: Who) -> AbstractContextManager[Tab]:
        match who:
            case "nobody":
                return opened(self._chromium, self._workspace.owner.url)
            case "newcomer":
                return signed_in(self._chromium, self._workspace.viewer)
            case "viewer" | "owner":
                person = self._workspace.owner if who == "owner" else self._workspace.viewer
                return signed_in(self._chromium, person, workspace=self._workspace.id)


@pytest.fixture(scope="module")
def browsers(chromium: Browser, workspace: FilledWorkspace) -> Iterator[Browsers]:
    with ExitStack() as kept:
        yield Browsers(chromium, workspace, kept)


def path_of(pattern: str, workspace: FilledWorkspace) -> str:
    named = {field.name: getattr(workspace, field.name) for field in fields(workspace)}
    return pattern.format_map(named)


def accessible_in_both_languages(tab: Tab) -> None:
    """In English in light colours, in Arabic in dark ones; what was open and typed stays meanwhile."""
    page = tab.page
    tab.accessible()
    over = page.locator(_OVER_THE_PAGE).count()
    page.evaluate(_IN_ARABIC_AT_NIGHT)
    expect(page.locator("html[dir=rtl][lang^=ar][data-theme=dark]")).to_be_attached()
    tab.accessible()
    expect(page.locator(_OVER_THE_PAGE)).to_have_count(over)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name.replace(" ", "-"))
def test_a_state_is_accessible(browsers: Browsers, workspace: FilledWorkspace, state: State) -> None:
    with browsers.tab(state.who) as tab:
        page = tab.page
        tab.open(path_of(state.path, workspace))
        state.reach(Look(page, workspace))
        expect(page.locator("h1")).to_have_count(1)
        expect(page).to_have_title(re.compile(r".+ – CoderAI$"))
        accessible_in_both_languages(tab)
        page.set_viewport_size({"width": 320, "height": 740})
        page.wait_for_function("() => innerWidth === 320 && document.documentElement.scrollWidth <= 320")


class _Answers:
    """Of the API: held, failing or not there at all; who is signed in, and the project's name, are always known."""

    def __init__(self, page: Page) -> None:
        self._come = "late"
        self._held: list[Route] = []
        page.route("**/v1/**", self._answer)

    def change(self, come: str) -> None:
        self._come = come
        held, self._held = self._held, []
        for route in held:
            self._answer(route)

    def _answer(self, route: Route) -> None:
        if re.search(r"/v1/(auth/session|projects/[^/?]+)$", route.request.url):
            route.continue_()
        elif self._come == "late":
            self._held.append(route)
        elif self._come == "wrong":
            problem = {"code": "internal", "detail": "Something went wrong.", "correlation_id": "a-correlation-id"}
            route.fulfill(status=500, content_type="application/problem+json", body=json.dumps(problem))
        else:
            route.abort()


def _tells_after_ten_seconds(page: Page) -> bool:
    page.clock.fast_forward(11_000)
    return page.get_by_role("status").filter(has_text="This takes longer than usual.").count() > 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_waits_long_or_fails_says_so(browsers: Browsers, workspace: FilledWorkspace, name: str) -> None:
    with browsers.tab("owner") as tab:
        page = tab.page
        page.clock.install()
        answers = _Answers(page)
        tab.open(path_of(PAGES[name], workspace))
        wait_until(partial(_tells_after_ten_seconds, page))
        expect(page.get_by_role("button", name="Try again").first).to_be_visible()
        tab.accessible()
        answers.change("wrong")
        expect(page.get_by_role("alert").first).to_contain_text("a-correlation-id", timeout=_REPEATED)
        tab.accessible()
        answers.change("not at all")
        page.get_by_role("button", name="Try again").first.click()
        expect(page.get_by_role("alert").filter(has_text="The server cannot be reached.").first).to_be_visible(
            timeout=_REPEATED
        )
        accessible_in_both_languages(tab)
