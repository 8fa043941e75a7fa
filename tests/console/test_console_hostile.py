"""What people and models write stays text: no page runs a script of theirs, sends a request elsewhere, or is upset."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from playwright.sync_api import Error, expect

from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.support.browsing import Person, Tab
from tests.support.codebooks import asked, findings, stated
from tests.support.hostile_texts import (
    ELSEWHERE,
    HTML,
    MARKUP,
    SHORT,
    SVG,
    UNBROKEN,
    WATCH,
    WHOLE,
    must_be_text_alone,
    must_not_have_run,
)
from tests.support.openai_answers import answer_by_schema, requested_schema
from tests.support.openai_faults import ErrorReply
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import wait_until

QUOTE = f"About 250 people marched {WHOLE[:120]}"
TEXT = f"{QUOTE} in {SHORT} on Monday. {WHOLE} {UNBROKEN}"
REFUSED = "The model refuses this one."
IN_NAMES = SHORT.replace("/", "_")
FILES = {
    f"{IN_NAMES}.html": HTML.encode(),
    f"{IN_NAMES}.svg": SVG.encode(),
    f"{IN_NAMES}.pdf": b"%PDF-1.4 " + SVG.encode(),
    f"{UNBROKEN}.txt": f"{TEXT} Once more.".encode(),
    "refused.txt": f"{REFUSED} {WHOLE}".encode(),
}
CATEGORIES = [{"value": SHORT, "description": WHOLE}, {"value": UNBROKEN, "description": WHOLE}]


class Hostile(NamedTuple):
    """A project all of whose texts are hostile."""

    project: str
    kind: str
    """A variable's id."""
    documents: dict[str, str]
    """Ids by the ends of names."""
    job: str
    view: str


@pytest.fixture(scope="module")
def researcher(stack: LocalStack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


def _answer(body: dict[str, Any]) -> dict[str, Any] | str:
    """A model that has taken up all of it."""
    properties = (requested_schema(body) or {}).get("properties", {})
    if "findings" in properties:
        said = {name: stated(SHORT if name == "kind" else WHOLE, QUOTE) for name in asked(body)}
        return findings(said, body)
    if "proposals" in properties:
        nothing = dict.fromkeys(("display_name", "categories", "depends_on", "golden_examples"))
        crowd = {"name": "crowd", "type": "NUMBER", "instructions": WHOLE, **nothing}
        quotes = [{"document": 1, "quote": "About 250 people marched"}]
        add: dict[str, Any] = {
            "action": "ADD_VARIABLE",
            "title": WHOLE[:150],
            "reason": WHOLE,
            "variables": [],
            "project": None,
        }
        proposals = [{**add, "definitions": [crowd], "quotes": quotes}]
        return {
            "reply": f"{WHOLE} {UNBROKEN}",
            "quotes": [*quotes, {"document": 1, "quote": WHOLE}],
            "proposals": proposals,
        }
    return answer_by_schema(body)


@pytest.fixture(scope="module")
def hostile(researcher: Person, chat_model: OpenAIServer) -> Hostile:
    person = researcher
    described = {"name": WHOLE[:200], "description": WHOLE, "domain": WHOLE, "unit": {"row_is": WHOLE[:150]}}
    project: str = person.post("projects", {"model": "openai:gpt-4.1-mini", **described})["id"]
    variable = {"display_name": SHORT, "instructions": WHOLE}
    kind = person.post(
        f"projects/{project}/variables", {"name": "kind", "type": "CATEGORY", "categories": CATEGORIES, **variable}
    )
    person.post(f"projects/{project}/variables", {"name": "words", "type": "TEXT", **variable})
    person.post(f"projects/{project}/documents", {"name": f"{IN_NAMES}.txt", "text": TEXT})
    files = [("files", file) for file in FILES.items()]
    person.http.post(f"/v1/projects/{project}/documents", files=files).raise_for_status()
    listed = f"projects/{project}/documents"
    wait_until(lambda: not {"UPLOADED", "PARSED"} & {one["status"] for one in person.all(listed)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chat_model, "answer", _answer)
        chat_model.faults.when(
            lambda request: REFUSED in str(request.body), ErrorReply(400, WHOLE, "invalid_request_error")
        )
        job = person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]
        assert list(person.follow(job))
        chat_model.faults.clear()
        said = person.post(f"projects/{project}/copilot/messages", {"text": WHOLE})
        assert list(person.follow_message(said["reply"]["id"]))
    cells = list(person.all(f"projects/{project}/extractions?variable=words"))
    corrected = {"verdict": "INCORRECT", "corrected_value": SHORT, "note": WHOLE}
    for cell in cells[:2]:
        person.post(f"extractions/{cell['id']}/feedback", corrected)
    view = person.post(f"projects/{project}/views", {"name": SHORT, "filter": [f"document~{SHORT[:10]}"]})["id"]
    person.post(f"projects/{project}/exports", {"format": "HTML"})
    person.post("templates", {"name": SHORT, "description": WHOLE, "project_id": project})
    person.post("api-keys", {"name": SHORT})
    person.post("workspaces", {"name": SHORT})
    wait_until(lambda: {"COMPLETE"} == {one["status"] for one in person.all(f"projects/{project}/exports")})
    documents = {one["name"].rpartition(".")[2]: one["id"] for one in person.all(listed)}
    return Hostile(project, kind["id"], documents, job, view)


def _addresses(of: Hostile) -> list[str]:
    """Every page of the console; those that take something from the address get a hostile one, too."""
    inside, text = f"/projects/{of.project}", quote(f'"{WHOLE}"')
    setup = [f"setup?view={view}" for view in ("walk", "schema", "proposals", "templates", "copilot")]
    documents = [f"documents/{id}?start=0&end=9" for id in of.documents.values()]
    grid = [f"data?view={of.view}", f"data?filter=%5B{quote(json.dumps(WHOLE))}%5D", f"data?sort={text}"]
    rest = ["review", "review?queue=measure", f"prompts?variable={text}", f"prompts?variable={of.kind}", "quality"]
    paths = [*setup, f"setup?view=schema&variable={of.kind}", "documents", *documents, "run", f"run?job={of.job}"]
    paths += [f"run?job={text}", "data", *grid, *rest, "prompts", "exports", "nothing"]
    outside = ["/", "/people", f"/audit?what={text}&who={text}", "/audit", "/keys", "/account"]
    outside += [f"/projects/{quote(MARKUP, safe='')}/data", f"/sign-in?to=javascript:ran=1#{text}"]
    outside += [f"/sign-in?to=//elsewhere.example#code={text}", f"/invitation#{text}", f"/?{text}#{text}"]
    return [*(f"{inside}/{path}" for path in paths), *outside]


def must_show_texts_alone(tab: Tab) -> None:
    """Fails unless the page, once it has what it waits for, shows texts as texts."""
    page = tab.page
    expect(page.get_by_role("main")).not_to_be_empty()
    expect(page.locator("main div[role=status].stack")).to_have_count(0)
    must_be_text_alone(page)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ar", 360)])
def test_no_page_takes_texts_for_more_than_texts(
    researcher: Person, hostile: Hostile, open_tab: Open, language: str, width: int
) -> None:
    with open_tab(researcher, language=language, viewport={"width": width, "height": 800}) as tab:
        tab.page.add_init_script(WATCH)
        for address in _addresses(hostile):
            tab.open(address)
            must_show_texts_alone(tab)


@pytest.mark.parametrize("width", [1280, 360])
def test_what_opens_on_pages_takes_texts_for_texts(
    researcher: Person, hostile: Hostile, open_tab: Open, width: int
) -> None:
    with open_tab(researcher, viewport={"width": width, "height": 800}) as tab:
        page = tab.page
        page.add_init_script(WATCH)
        for name in (".html", ".pdf", "refused.txt"):
            tab.open(f"/projects/{hostile.project}/documents")
            page.get_by_role("row").filter(has_text=name).locator("[role=gridcell]").nth(1).click()
            expect(page.get_by_role("complementary").get_by_role("heading", name=name)).to_be_visible()
            must_show_texts_alone(tab)
        tab.open(f"/projects/{hostile.project}/data")
        page.get_by_role("button", name="Views").click()
        expect(page.get_by_role("button", name=SHORT[:20]).first).to_be_visible()
        must_show_texts_alone(tab)
        page.keyboard.press("Escape")
        for at in ("0:1", "1:2"):
            page.locator(f"[data-at='{at}']").click()
            expect(page.get_by_role("complementary").get_by_role("heading").first).to_be_visible()
            must_show_texts_alone(tab)
            page.get_by_role("complementary").get_by_role("button", name="Close").click()
        tab.open(f"/projects/{hostile.project}/setup?view=copilot")
        expect(page.get_by_role("article", name="The co-pilot")).to_contain_text(UNBROKEN)
        for unfolds in page.locator("summary").all():
            unfolds.click()
        must_show_texts_alone(tab)


def test_files_of_people_are_saved_and_never_shown_by_the_origin(
    researcher: Person, hostile: Hostile, open_tab: Open
) -> None:
    (export,) = researcher.get(f"projects/{hostile.project}/exports")["items"]
    paths = [f"/v1/documents/{id}/file" for id in hostile.documents.values()]
    paths += [f"/v1/exports/{export['id']}/download?file={quote(file['name'])}" for file in export["files"]]
    with open_tab(researcher) as tab:
        tab.open("/account")
        for path in paths:
            with tab.page.expect_download() as coming, suppress(Error):
                tab.page.goto(f"{researcher.url}{path}")
            assert coming.value.url.endswith(path)
            answer = tab.page.request.get(f"{researcher.url}{path}")
            assert answer.headers["content-disposition"].startswith("attachment;")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            must_not_have_run(tab.page)


def test_answers_of_the_api_run_nothing_when_they_are_opened(
    researcher: Person, hostile: Hostile, open_tab: Open
) -> None:
    document = hostile.documents["txt"]
    paths = [f"/v1/projects/{hostile.project}", f"/v1/documents/{document}/text", f"/v1/documents/{document}/reading"]
    paths += [f"/v1/projects/{quote(MARKUP, safe='')}", f"/v1/documents/{document}/pages/1/image", f"/{quote(MARKUP)}"]
    with open_tab(researcher) as tab:
        for path in paths:
            tab.open(path)
            expect(tab.page.locator("body")).not_to_be_empty()
            must_not_have_run(tab.page)
        tab.open(f"/docs?url={ELSEWHERE}/k.json&configUrl={ELSEWHERE}/l.json#/{quote(MARKUP)}")
        expect(tab.page.get_by_role("heading", name=re.compile("CoderAI"))).to_be_visible()
        must_not_have_run(tab.page)
