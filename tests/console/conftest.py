"""Fixtures of the tests in a real Chromium; `make test-console` runs them: all need the whole stack and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from coderai.deploy.stack import LocalStack
from tests.support.browsing import ARGUMENTS, AXE, Person, Tab, signed_in

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_HERE = Path(__file__).parent
expect.set_options(timeout=20_000)

Open = Callable[..., AbstractContextManager[Tab]]
"""`with open_tab(person, language="ar") as tab`: a browser of its own with somebody signed in."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def chromium(stack: LocalStack) -> Iterator[Browser]:
    """The browser; tests are skipped where it is not there, and fail where the console is not built."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    page = _HERE.parents[1] / "gateway/assets/index.html"
    if not AXE.is_file() or not page.is_file() or "<script" not in page.read_text():
        pytest.fail("the console is not built: make test-console does it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def person(stack: LocalStack) -> Iterator[Person]:
    """Somebody who owns a workspace in which nothing is yet, with calls of the API."""
    with Person(stack.url) as somebody:
        yield somebody


@pytest.fixture
def open_tab(chromium: Browser) -> Open:
    return partial(signed_in, chromium)


@pytest.fixture
def tab(open_tab: Open, person: Person) -> Iterator[Tab]:
    """A tab in which `person` is signed in, in English."""
    with open_tab(person) as opened:
        yield opened


@pytest.fixture
def page(tab: Tab) -> Page:
    """The page of `tab`."""
    return tab.page
