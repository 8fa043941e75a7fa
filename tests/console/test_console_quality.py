"""Quality: figures with what they rest on, known answers, and their states in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coderai.deploy.stack import LocalStack
from tests.console.conftest import Open
from tests.support.browsing import Person, Tab
from tests.support.coded_project import coded_project

KINDS = [{"value": "march", "description": ""}, {"value": "strike", "description": ""}]
VARIABLES = (
    {"name": "people", "type": "NUMBER", "instructions": "How many people took part."},
    {"name": "kind", "type": "CATEGORY", "instructions": "What it was.", "categories": KINDS},
)
DOCUMENTS = {f"r{n}.txt": f"About {120 + n} people took part in a march in Kessling." for n in range(4)}


@pytest.fixture(scope="module")
def researcher(stack: LocalStack) -> Iterator[Person]:
    with Person(stack.url) as person:
        yield person


@pytest.fixture(scope="module")
def unmeasured(researcher: Person) -> str:
    return coded_project(researcher, "Nothing measured", VARIABLES, DOCUMENTS)


@pytest.fixture(scope="module")
def measured(researcher: Person) -> str:
    """All cells were drawn and judged: numbers are right, one of the marches was a strike."""
    project = coded_project(researcher, "Measured", VARIABLES, DOCUMENTS)
    researcher.post(f"projects/{project}/review-samples", {"size": 8})
    for at, item in enumerate(researcher.all(f"projects/{project}/review?queue=MEASURE")):
        extraction = item["extraction"]
        said: dict[str, Any] = {"verdict": "CORRECT"}
        if extraction["document_name"] == "r0.txt" and extraction["variable"] == "kind":
            said = {"verdict": "INCORRECT", "corrected_value": "strike"}
        said |= {"sample_id": item["sample_id"], "note": f"cell {at}"}
        researcher.post(f"extractions/{extraction['id']}/feedback", said)
    return project


@pytest.fixture
def tab(open_tab: Open, researcher: Person) -> Iterator[Tab]:
    with open_tab(researcher) as opened:
        yield opened


def test_figures_say_what_they_rest_on(tab: Tab, page: Page, measured: str) -> None:
    tab.open(f"/projects/{measured}/quality")
    expect(page.get_by_text("estimates rest on 8 cells judged in 1 stratified sample")).to_be_visible()
    accuracy = page.get_by_role("region", name="How often the model is right")
    expect(accuracy.get_by_role("row", name=re.compile("^kind"))).to_contain_text("75%")
    expect(accuracy.get_by_role("row", name=re.compile("^kind"))).to_contain_text("4 of 4")
    samples = page.get_by_role("region", name="Samples")
    expect(samples.get_by_role("row", name=re.compile("8 of 8"))).to_contain_text("with the model’s values")


def test_one_variable_is_shown_in_detail(tab: Tab, page: Page, measured: str) -> None:
    tab.open(f"/projects/{measured}/quality")
    page.get_by_role("button", name=re.compile("people Variable|Variable")).click()
    page.get_by_role("option", name="kind").click()
    table = page.get_by_role("table", name=re.compile("^Judged cells: rows say what is right"))
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="strike"))
    expect(row.get_by_role("cell")).to_have_text(["1", "0", "1"])
    expect(page.get_by_role("table", name=re.compile("by confidence")).get_by_role("row")).not_to_have_count(0)
    expect(page.get_by_role("rowheader", name="model and people")).to_be_visible()


def test_coverage_is_counted_and_says_so(tab: Tab, page: Page, measured: str) -> None:
    tab.open(f"/projects/{measured}/quality")
    coverage = page.get_by_role("region", name="What there is, and why the rest is missing")
    expect(coverage.get_by_text("no estimate")).to_be_visible()
    expect(coverage.get_by_role("row", name=re.compile("^people"))).to_contain_text("4 (100%)")


def test_nothing_measured_offers_a_sample(tab: Tab, page: Page, unmeasured: str) -> None:
    tab.open(f"/projects/{unmeasured}/quality")
    expect(page.get_by_text("no sample has been drawn yet")).to_be_visible()
    page.get_by_role("switch", name=re.compile("^Blind")).press("Space")
    page.get_by_role("button", name="Measure 50 cells").click()
    expect(page.get_by_text("0 of 8")).to_be_visible()
    expect(page.get_by_role("button", name="Right")).to_be_visible()


def test_known_answers_are_taken_line_by_line_and_compared(
    tab: Tab, page: Page, measured: str, researcher: Person
) -> None:
    tab.open(f"/projects/{measured}/quality")
    lines = b"document,people,kind\nr0.txt,120,strike\nnowhere.txt,1,march\nr1.txt,many,march\n"
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Import a CSV").click()
    chosen.value.set_files({"name": "gold.csv", "mimeType": "text/csv", "buffer": lines})
    expect(page.get_by_text("3 cells of 2 documents are known now.")).to_be_visible()
    problems = page.get_by_role("table", name="2 entries were not taken")
    expect(problems.get_by_role("row").nth(1)).to_contain_text("3")
    if all(known["split"] == "TEST" for known in researcher.get(f"projects/{measured}/gold")["items"]):
        page.get_by_role("button", name=re.compile("to make prompts better on")).click()
        page.get_by_role("option", name="the part to measure on").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("nobody drew these documents at random")).to_be_visible()
