"""What people do with runs: see what one takes, start it, follow it whatever breaks, stop it, go on."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.support.browsing import Person, Tab, unique
from tests.support.openai_answers import answer_by_schema
from tests.support.openai_faults import ErrorReply
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import wait_until

MODEL = "openai:gpt-4.1-mini"
_REFUSED = ErrorReply(400, "This text is refused.", "invalid_request_error")
_RESTARTED = 90_000
"""Milliseconds in which a gateway that was killed is there again and what waited for it is done, on a busy machine."""
_UNUSABLE = "unusable"
"""Documents with this word are refused by the model."""


def project_of(person: Person, documents: int, *, unusable: int = 0, **fields: Any) -> str:
    """A project with documents that are read, of which the first are refused by the model."""
    project: str = person.post("projects", {"name": unique("Runs"), **fields})["id"]
    person.post(f"projects/{project}/variables", {"name": "place", "type": "TEXT", "instructions": "Where was it?"})
    for number in range(documents):
        word = _UNUSABLE if number < unusable else "usable"
        text = f"The {word} report {number} of {project}: people marched through Lublin."
        person.post(f"projects/{project}/documents", {"name": f"report {number:02}.txt", "text": text})
    wait_until(lambda: person.get(f"projects/{project}/documents")["counts"].get("READY") == documents)
    return project


@pytest.fixture
def model(chat_model: OpenAIServer) -> Iterator[OpenAIServer]:
    """The model, which refuses the unusable documents."""
    kept = chat_model.answer
    chat_model.faults.when(lambda asked: _UNUSABLE in str(asked.body), _REFUSED)
    yield chat_model
    chat_model.answer = kept
    chat_model.faults.clear()


@contextmanager
def holding(model: OpenAIServer, after: int) -> Iterator[Callable[[], None]]:
    """The model gives so many answers, and the others once the function is called, or the block is left."""
    may_go_on, answered = threading.Event(), 0

    def answer(body: dict[str, Any]) -> dict[str, Any] | str:
        nonlocal answered
        answered += 1
        if answered > after:
            may_go_on.wait(60)
        return answer_by_schema(body)

    model.answer = answer
    yield may_go_on.set
    may_go_on.set()


def fact(page: Page, name: str) -> Any:
    """The number that stands under a name."""
    return page.locator("dl div", has=page.get_by_text(name, exact=True)).locator("dd")


def test_a_sample_then_what_is_left(person: Person, tab: Tab, page: Page) -> None:
    project = project_of(person, 6)
    tab.open(f"/projects/{project}/run")
    expect(page.get_by_text("There is no run yet.")).to_be_visible()
    page.get_by_role("textbox", name="Documents in the sample").fill("2")
    page.keyboard.press("Tab")
    expect(fact(page, "Documents")).to_have_text("2")
    page.get_by_role("button", name="Start the sample").click()
    expect(page.get_by_role("status").get_by_text("complete")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("aria-valuenow", "100")
    expect(page.get_by_role("row", name=re.compile("place"))).to_be_visible()

    page.get_by_role("link", name="Code all documents").click()
    expect(page.get_by_role("radio", name="All documents")).to_be_checked()
    expect(fact(page, "Documents")).to_have_text("4")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_role("link", name="Export the dataset")).to_be_visible()
    expect(fact(page, "Done")).to_have_text("4")
    expect(page.get_by_role("table", name="Runs").get_by_role("row")).to_have_count(3)

    page.get_by_role("link", name="Plan another run").click()
    expect(page.get_by_text("Nothing is left to ask")).to_be_visible()


def test_nothing_is_missed_or_doubled_when_the_gateway_is_killed(
    person: Person, model: OpenAIServer, stack: LocalStack, tab: Tab, page: Page, open_tab: Open
) -> None:
    project = project_of(person, 16, unusable=3, model=MODEL)
    with holding(model, after=4) as go_on, open_tab(person) as other:
        job = person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]
        tab.open(f"/projects/{project}/run")
        expect(page).to_have_url(re.compile(job))
        expect(fact(page, "Done")).to_have_text("4")
        other.open(f"/projects/{project}/run?job={job}")
        expect(fact(other.page, "Done")).to_have_text("4")
        page.get_by_text("Log", exact=True).click()
        expect(page.get_by_role("cell", name=re.compile("FULL job over 16"))).to_be_visible()

        stack.kill("gateway")
        expect(page.get_by_text("Connection lost, trying again")).to_be_visible()
        go_on()
        for one in (page, other.page):
            expect(one.get_by_role("status").get_by_text("complete")).to_be_visible(timeout=_RESTARTED)

        known = person.get(f"jobs/{job}")
        done = known["documents_processed"] - known["documents_failed"]
        failed = sorted(task["document_name"] for task in person.all(f"jobs/{job}/tasks?status=FAILED"))
        log = [event["message"] for event in person.all(f"jobs/{job}/log")]
        assert (done, len(failed)) == (13, 3)
        for one in (page, other.page):
            expect(fact(one, "Done")).to_have_text(str(done))
            expect(fact(one, "Left")).to_have_text("0")
            failures = one.get_by_role("table", name="3 documents failed")
            expect(failures.get_by_role("rowheader")).to_have_count(len(failed))
            assert sorted(failures.get_by_role("rowheader").all_inner_texts()) == failed

    logged = page.get_by_role("region", name="Log").locator("tbody tr")
    expect(logged).to_have_count(len(log))
    assert [row.split("\t")[-1] for row in logged.all_inner_texts()] == log
    expect(page.get_by_text("Connection lost")).to_be_hidden()

    model.faults.clear()
    page.get_by_role("button", name="Try 3 failed documents again").click()
    expect(fact(page, "Done")).to_have_text("16")
    expect(page.get_by_role("table", name=re.compile("failed"))).to_be_hidden()


def test_a_run_is_paused_resumed_and_cancelled(person: Person, model: OpenAIServer, tab: Tab, page: Page) -> None:
    project = project_of(person, 14, model=MODEL)
    with holding(model, after=2):
        person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})
        tab.open(f"/projects/{project}/run")
        expect(fact(page, "Done")).to_have_text("2")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("paused by a person")).to_be_visible()
        page.reload()
        expect(page.get_by_text("paused by a person")).to_be_visible()
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("status").get_by_text("running")).to_be_visible()
        page.get_by_role("button", name="Cancel the run").click()
        dialog = page.get_by_role("alertdialog")
        expect(dialog).to_contain_text("What is done stays")
        dialog.get_by_role("button", name="Cancel the run").click()
        expect(page.get_by_role("status").get_by_text("cancelled")).to_be_visible()


def test_a_budget_that_is_used_up_is_raised_where_the_run_is_paused(
    person: Person, model: OpenAIServer, tab: Tab, page: Page
) -> None:
    project = project_of(person, 3, model=MODEL, token_budget=10)
    person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})
    tab.open(f"/projects/{project}/run")
    expect(page.get_by_text("raise its token budget")).to_be_visible()
    page.get_by_label("Token budget").fill("1000000")
    page.get_by_role("button", name="Change the budget").click()
    expect(page.get_by_text("The budget is changed.")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status").get_by_text("complete")).to_be_visible()
