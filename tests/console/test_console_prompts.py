"""Prompts in the browser: versions, their differences, what is sent, and refinements, tried before they are chosen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import Person, Tab, unique
from tests.support.tenant import wait_until

SAID = {"march": "They walked in procession to the square", "strike": "They laid down tools at the plant"}
TEXTS = {
    f"{form}-{n}.txt": f"{place} saw a protest on {n + 1} May 2024. {said} of {place}. Nobody was hurt."
    for form, said in SAID.items()
    for n, place in enumerate(("Bree", "Elmo", "Corvina", "Lund"))
}


@pytest.fixture
def variable(person: Person) -> dict[str, Any]:
    project = person.post("projects", {"name": unique("Protests")})["id"]
    form = {"name": "form", "type": "CATEGORY", "categories": [{"value": value} for value in SAID]}
    made: dict[str, Any] = person.post(f"projects/{project}/variables", form)
    return made


@pytest.fixture
def reviewed(person: Person, variable: dict[str, Any]) -> dict[str, Any]:
    """Its documents are coded once, and a person has said what is right."""
    project = variable["project_id"]
    for name, text in TEXTS.items():
        person.post(f"projects/{project}/documents", {"name": name, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in person.all(f"projects/{project}/documents")))
    list(person.follow(person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]))
    for cell in person.all(f"projects/{project}/extractions?variable=form"):
        right = cell["document_name"].partition("-")[0]
        wrong = {"verdict": "INCORRECT", "corrected_value": right, "quote": SAID[right]}
        person.post(f"extractions/{cell['id']}/feedback", {"verdict": "CORRECT"} if cell["value"] == right else wrong)
    return variable


def address(variable: dict[str, Any]) -> str:
    return f"/projects/{variable['project_id']}/prompts?variable={variable['id']}"


def test_a_version_is_edited_compared_and_taken_back(
    person: Person, variable: dict[str, Any], tab: Tab, page: Page
) -> None:
    tab.open(address(variable))
    page.get_by_role("button", name="Edit as a new version: version 1").click()
    page.get_by_label("Text of the prompt").fill("Which form did the event have?")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("heading", name="2 versions")).to_be_visible()
    diff = page.get_by_role("region", name="Compare two versions").last
    expect(diff).to_contain_text("added:")
    expect(diff).to_contain_text("Which form did the event have?")
    newest = page.get_by_role("region", name="2 versions").get_by_role("listitem").filter(has_text="Version 2")
    expect(newest).to_contain_text("active")
    expect(newest).to_contain_text("written by a person")
    expect(newest).to_contain_text(person.email)
    tab.accessible()
    page.get_by_role("button", name="Activate version 1").click()
    expect(page.get_by_text("Version 1 is asked from now on.")).to_be_visible()
    active = person.get(f"variables/{variable['id']}")["active_prompt"]
    assert active["version"] == 1


def test_the_exact_messages_are_shown(person: Person, variable: dict[str, Any], tab: Tab, page: Page) -> None:
    project = variable["project_id"]
    person.post(f"projects/{project}/documents", {"name": "bree.txt", "text": "Bree saw a march of <b>40</b>."})
    wait_until(lambda: all(one["status"] == "READY" for one in person.all(f"projects/{project}/documents")))
    tab.open(address(variable))
    page.get_by_role("tab", name="What is sent").click()
    call = page.get_by_role("region", name="Call 1")
    for message in call.get_by_role("group").filter(has=page.locator("summary")).all():
        if message.get_attribute("open") is None:
            message.locator("summary").click()
    expect(call).to_contain_text("Bree saw a march of <b>40</b>.")


def test_too_little_feedback_says_where_to_review(variable: dict[str, Any], tab: Tab, page: Page) -> None:
    tab.open(address(variable))
    page.get_by_role("tab", name="Make it better").click()
    page.get_by_role("button", name="Make options").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("link", name="Review cells")).to_be_visible()
    expect(page.get_by_role("link", name="Measure blind")).to_be_visible()
    tab.accessible()


def test_an_option_is_tried_and_chosen(person: Person, reviewed: dict[str, Any], tab: Tab, page: Page) -> None:
    tab.open(address(reviewed))
    page.get_by_role("tab", name="Make it better").click()
    page.get_by_role("button", name="Make options").click()
    refinement = page.get_by_role("region", name=re.compile("^Made on"))
    options = refinement.get_by_role("article")
    expect(options.first).to_be_visible()
    made = person.get(f"variables/{reviewed['id']}/refinements")["items"][0]
    number = next(one["number"] for one in made["options"] if one["document_ids"])
    option = refinement.get_by_role("article", name=f"Option {number}:")
    option.get_by_role("button", name=f"Try it: option {number}").click()
    expect(option.get_by_text("It costs nothing.")).to_be_visible()
    option.get_by_role("button", name="Begin the trial").click()
    trial = option.get_by_role("region", name="What the trial shows")
    expect(trial).to_contain_text(re.compile(r"cells? fixed"))
    expect(trial).to_contain_text(re.compile(r"Too few cells to tell|McNemar"))
    option.get_by_role("button", name=f"Choose it: option {number}").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Choose it").click()
    expect(option).to_contain_text("chosen")
    assert person.get(f"variables/{reviewed['id']}")["active_prompt"]["origin"] == "REFINED"
