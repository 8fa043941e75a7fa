"""How a person works a page: by mouse, or by the keyboard alone, which also looks at where the focus is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import FileChooser, JSHandle, Locator, Page, expect

_MOST_STOPS = 60
"""How often Tab is pressed, at most, to get to something."""

_STOP = """() => {
    const at = document.activeElement;
    const isRing = (one) => {
        const {outlineStyle, outlineWidth} = getComputedStyle(one);
        return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    };
    const isSeen = (one) => {
        const {left, right, top, bottom, width, height} = one.getBoundingClientRect();
        const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
        const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
        // News goes away by itself.
        const above = document.elementsFromPoint(x, y).find((other) => !other.closest("[aria-label=News]"));
        return width && height && (one.contains(above) || above?.contains(one));
    };
    // Of boxes to tick and of places to drop files on, what has the focus is hidden; the ring is around what is drawn.
    const drawn = [at, at.closest("[data-focus-visible]") ?? at, ...(at.closest("label")?.querySelectorAll("*") ?? [])];
    return {isBody: at === document.body, isVisible: drawn.some((one) => isRing(one) && isSeen(one))};
}"""
_IS_FOCUSED = "(one) => one === document.activeElement"
_HAS_IT_BACK = "(one) => [one, one.closest('[role=row]')].includes(document.activeElement)"
_IS_BEHIND = "(panel, one) => one.isConnected && !panel.contains(one)"
_IS_AHEAD = "(one) => !!(document.activeElement.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)"
_GROUP = """(one) => {
    const around = ["row", "grid", "radiogroup", "tablist", "listbox"];
    return around.find((role) => one.closest(`[role=${role}]`)?.contains(document.activeElement)) ?? "";
}"""
"""What something is in together with the focus, so that arrows lead to it."""
_ALONG = ("ArrowRight", "ArrowLeft")
_DOWN = ("ArrowDown", "ArrowUp")
_WAYS = {"": ("Tab", "Shift+Tab"), "row": _ALONG, "tablist": _ALONG}


class Hands(Protocol):
    """What a person does with a page; `within` is the part of it that they look at."""

    page: Page

    def press(self, role: Any, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """A button, a link, a tab, a radio button, an option."""

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        """Types a text into a field in the place of what is there."""

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Opens a list and chooses from it."""

    def open_cell(self, row: str, column: str) -> None:
        """Opens a cell of the dataset by its document and the head of its column."""

    def close(self, panel: Locator) -> None:
        """Closes a panel or a dialog, and does nothing of what it offers."""


def give(files: Sequence[Path], hands: Hands, button: str) -> None:
    """Gives files to the chooser that a button opens."""
    with hands.page.expect_file_chooser() as opened:
        hands.press("button", button)
    chooser: FileChooser = opened.value
    chooser.set_files(files)


def download(hands: Hands, link: str, to: Path, within: Locator) -> Path:
    """The file that a link gives."""
    with hands.page.expect_download() as coming:
        hands.press("link", link, within)
    coming.value.save_as(to)
    return to


class Mouse:
    """Clicks, and types into what was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, role: Any, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        found = _named(within or self.page, role, name)
        # Of boxes to tick the input is hidden; people click on the words beside it.
        (self.page.locator("label").filter(has=found) if role in ("radio", "checkbox", "switch") else found).click()

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        field = _named(within or self.page, "textbox", label)
        field.click(click_count=3)
        field.fill(text)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        _list_of(within or self.page, label).click()
        _named(self.page, "option", option).click()

    def open_cell(self, row: str, column: str) -> None:
        cell_of(self.page, row, column).click()

    def close(self, panel: Locator) -> None:
        panel.get_by_role("button", name=re.compile("^(Close|Cancel)$")).click()
        expect(panel).to_be_hidden()


class Keyboard:
    """Presses keys and nothing else.

    Each thing is looked for by Tab, or Shift+Tab where it lies behind. On the way every stop has to show that it has
    the focus, and whatever was done before must have left the focus somewhere: not on the page as a whole.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._has_begun = False
        self._pressed: list[JSHandle] = []

    def press(self, role: Any, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.reach(_named(within or self.page, role, name))
        # Arrows have chosen these already.
        if role not in ("radio", "tab"):
            self._activate("Space" if role in ("checkbox", "switch") else "Enter")

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        self.reach(_named(within or self.page, "textbox", label))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        opener = _list_of(within or self.page, label)
        self.reach(opener)
        self._activate("Enter")
        self.press("option", option)
        expect(opener).to_be_focused()

    def open_cell(self, row: str, column: str) -> None:
        """The grid is one stop of Tab; arrows go through it."""
        cell = cell_of(self.page, row, column)
        grid = self.page.get_by_role("grid")
        self.reach(grid.locator("[tabindex='0']"))
        ways = {"ArrowDown": "aria-rowindex", "ArrowRight": "aria-colindex"}
        self.page.keyboard.press("Control+Home")
        for key, index in ways.items():
            place = cell.locator(f"xpath=ancestor-or-self::*[@{index}][1]")
            for _ in range(int(place.get_attribute(index) or "0") - (2 if key == "ArrowDown" else 1)):
                self.page.keyboard.press(key)
        expect(cell).to_be_focused()
        self._see()
        self._activate("Enter")

    def close(self, panel: Locator) -> None:
        """The focus goes back to what has opened it, or to the row of a list that this is in."""
        expect(panel.locator(":focus")).to_be_visible()
        opener = next(one for one in reversed(self._pressed) if panel.evaluate(_IS_BEHIND, one))
        self.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        self.page.wait_for_function(_HAS_IT_BACK, arg=opener)

    def reach(self, target: Locator) -> None:
        """Goes to something by keys; fails with what had the focus on the way."""
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        self.is_somewhere()
        stops: list[str] = []
        while not target.evaluate(_IS_FOCUSED):
            if len(stops) == _MOST_STOPS:
                raise AssertionError(f"{target} was not reached; the focus was at:\n" + "\n".join(stops))
            self.page.keyboard.press(self._way_to(target))
            stops.append(self._see())

    def is_somewhere(self) -> None:
        """Waits until the focus is not on the page as a whole, as it is only where a page was just opened."""
        if self._has_begun:
            expect(self.page.locator("body")).not_to_be_focused()
        self._has_begun = True

    def _activate(self, key: str) -> None:
        self._pressed.append(self.page.evaluate_handle("() => document.activeElement"))
        self.page.keyboard.press(key)

    def _way_to(self, target: Locator) -> str:
        ahead, back = _WAYS.get(target.evaluate(_GROUP), _DOWN)
        return ahead if target.evaluate(_IS_AHEAD) else back

    def _see(self) -> str:
        """What has the focus; fails where it does not show."""
        stop = self.page.evaluate(_STOP)
        told = "the page" if stop["isBody"] else self.page.locator(":focus").aria_snapshot().partition("\n")[0]
        assert stop["isBody"] or stop["isVisible"], f"nobody sees that this has the focus: {told}"
        return told


def cell_of(page: Page, row: str, column: str) -> Locator:
    """A cell of the dataset by its document and the head of its column."""
    head = page.get_by_role("columnheader", name=column)
    number = head.get_attribute("aria-colindex")
    return page.get_by_role("row").filter(has_text=row).locator(f"[aria-colindex='{number}']")


def _named(where: Page | Locator, role: Any, name: str | re.Pattern[str]) -> Locator:
    return where.get_by_role(role, name=name, exact=True)


def _list_of(where: Page | Locator, label: str) -> Locator:
    """The button of a list to choose from, which is called by what is chosen and the list's label."""
    return where.get_by_role("button", name=re.compile(f"{re.escape(label)}$"))
