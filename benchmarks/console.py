"""How quickly the console's grid shows 10,000 rows of 50 variables, in Chromium, left to right and right to left.

    .venv/bin/python -m benchmarks console

A stack of its own is filled by SQL; the page is opened anew each time, with an empty cache, by somebody signed in.
Without Chromium or the built console (make console) nothing is measured, which is said.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.line import report
from coderai.deploy.stack import LocalStack
from tests.support.browsing import ARGUMENTS, Person, signed_in
from tests.support.large_dataset import large_project

ROWS, VARIABLES, TIMES = 10_000, 50, 7
_FIRST_ROWS = "[role=gridcell][aria-label]"
_SCROLL = """async (grid) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const steps = [];
    let most = 0;
    for (let step = 0; step < 120; step++) {
        const began = performance.now();
        grid.scrollTop += step < 60 ? 400 : 4000;
        await frame();
        await frame();
        steps.push(performance.now() - began);
        most = Math.max(most, document.querySelectorAll("*").length);
    }
    return {steps, most};
}"""
"""Scrolls by 400 pixels, then by 4,000; a step ends when what it shows is drawn, a frame later."""
_LOADED = """(grid) => new Promise((done) => {
    const began = performance.now();
    const look = () => {
        const box = grid.getBoundingClientRect();
        const at = document.elementFromPoint(box.left + box.width / 2, box.bottom - 40);
        if (at?.closest("[aria-label]")?.getAttribute("role") === "gridcell") done(performance.now() - began);
        else requestAnimationFrame(look);
    };
    grid.scrollTop = 180000;
    requestAnimationFrame(look);
})"""
"""Milliseconds from a jump into the middle of the dataset to its cells."""


def main() -> None:
    """Prints the measurements."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    page = Path(__file__).parents[1] / "gateway/assets/index.html"
    if chromium is None or "<script" not in page.read_text(encoding="utf-8"):
        print("chromium or the built console is missing: apt-get install chromium; make console", file=sys.stderr)
        return
    with _stack() as (person, project), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        for language, direction in (("en", "ltr"), ("ar", "rtl")):
            _measure(browser, person, project, language, direction)
        browser.close()


@contextmanager
def _stack() -> Iterator[tuple[Person, str]]:
    """Somebody with the large project."""
    with (
        TemporaryDirectory() as folder,
        LocalStack(Path(folder), http="127.0.0.1:0", grpc="127.0.0.1:0", unsafe_fast=True) as stack,
        Person(stack.url) as person,
    ):
        yield person, large_project(stack, person, ROWS, VARIABLES)


def _measure(browser: Browser, person: Person, project: str, language: str, direction: str) -> None:
    ready, jumps = [], []
    seen: Any = {}
    for _ in range(TIMES):
        with signed_in(browser, person, language=language) as tab:
            began = time.monotonic()
            tab.open(f"/projects/{project}/data")
            tab.page.wait_for_selector(_FIRST_ROWS)
            ready.append(time.monotonic() - began)
            tab.page.wait_for_load_state("networkidle")
            grid = tab.page.get_by_role("grid")
            jumps.append(grid.evaluate(_LOADED))
            grid.evaluate("(grid) => grid.scrollTo(0, 0)")
            seen = grid.evaluate(_SCROLL)
    of = f"{ROWS:,} rows x {VARIABLES} variables, {direction}"
    report(f"console.grid.ready.{direction}", median(ready), "s", f"to the first rows, {of}", goal=1.5, at_least=False)
    steps, how = quantiles(seen["steps"], n=20)[18], f"p95 of a step of the scroll with a frame more, {of}"
    report(f"console.grid.step.{direction}", steps, "ms", how, goal=100.0, at_least=False)
    report(f"console.grid.jump.{direction}", median(jumps), "ms", f"from a jump to the middle to its cells, {of}")
    nodes = f"most DOM nodes while scrolling, {of}"
    report(f"console.grid.nodes.{direction}", float(seen["most"]), "nodes", nodes, goal=1500.0, at_least=False)


if __name__ == "__main__":
    main()
