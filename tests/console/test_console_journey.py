"""A researcher's way from documents to a dataset that they take away: once by mouse, once by the keyboard alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.browsing import ROOT, Person, Tab
from tests.support.hands import Hands, Keyboard, Mouse, cell_of, download, give
from tests.support.tenant import wait_until

EXAMPLE = ROOT / "examples/public-events"
DOCUMENTS = (
    "aldermoor-vigil.txt",
    "brenmouth-square-rally.txt",
    "kessling-nurses-strike.txt",
    "morvane-trams.pdf",
    "portavel-dockers-march.txt",
    "san-telmo-marcha-agua.txt",
)
NAME = "Protests in local papers"
QUESTION = "Which protests do local papers report, and how many people take part?"
ROW = "one public event, the one that the report is mainly about"
SAMPLE = 4
COLUMNS = {"event_date": "DATE", "kind_of_event": "CATEGORY", "participants": "NUMBER"}


@pytest.mark.parametrize("hands_of", [Mouse, Keyboard])
def test_a_researcher_goes_from_documents_to_a_dataset(
    chromium: Browser, person: Person, hands_of: Callable[..., Hands], tmp_path: Path
) -> None:
    with chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en") as context:
        tab = Tab(context.new_page(), person.url)
        hands = hands_of(tab.page)
        tab.open("/")
        signs_in(hands, person)
        project = makes_a_project(hands, person)
        adds_documents(hands, person, project)
        says_what_a_row_is(hands)
        defines_variables(hands, person, project)
        runs_a_sample(hands)
        corrected = corrects_a_cell(hands)
        accepted = accepts_a_cell(hands)
        runs_everything(hands)
        file = exports(hands, tmp_path)
        assert not tab.faults, "\n".join(tab.faults)

    assert judged(person, project) == {corrected: "INCORRECT", accepted: "CORRECT"}
    holds_the_dataset(file, person, project, corrected)


def signs_in(hands: Hands, person: Person) -> None:
    hands.write("E-mail address", person.email)
    hands.write("Password", person.password)
    hands.press("button", "Sign in")
    expect(heading(hands, "Begin with your documents")).to_be_visible()


def makes_a_project(hands: Hands, person: Person) -> str:
    hands.write("Name of a new project", NAME)
    hands.press("button", "Create")
    expect(heading(hands, "Step 1 of 4")).to_be_visible()
    [project] = person.get("projects")["items"]
    return str(project["id"])


def adds_documents(hands: Hands, person: Person, project: str) -> None:
    hands.press("link", "Add documents")
    give([EXAMPLE / "documents" / name for name in DOCUMENTS], hands, "Choose files")
    uploads = hands.page.get_by_role("region", name="Files being uploaded")
    expect(uploads.get_by_role("status")).to_have_text(f"{len(DOCUMENTS)} of {len(DOCUMENTS)} files")
    hands.press("button", "Clear the list", uploads)
    expect(uploads).to_be_hidden()
    table = hands.page.get_by_role("grid", name="Documents")
    expect(table.get_by_text("read", exact=True)).to_have_count(len(DOCUMENTS), timeout=60_000)
    assert person.get(f"projects/{project}/documents")["counts"]["READY"] == len(DOCUMENTS)
    hands.press("link", "Go on with the setup")


def says_what_a_row_is(hands: Hands) -> None:
    hands.write("What do you want to know?", QUESTION)
    proposes(hands)
    expect(field(hands, "Language of the documents")).to_have_value("Mixed")
    hands.press("button", "Take what I wrote")
    expect(heading(hands, "Step 2 of 4")).to_be_visible()
    proposes(hands)
    hands.write("A row is", ROW)
    hands.press("button", "Take what I wrote")
    expect(heading(hands, "Step 3 of 4")).to_be_visible()
    expect(hands.page.get_by_role("region", name="The table to come")).to_contain_text(ROW)


def defines_variables(hands: Hands, person: Person, project: str) -> None:
    """One as it is proposed, one proposed in other words, one of their own; and one that was a mistake."""
    page = hands.page
    proposes(hands)
    hands.press("button", "Accept: Add “Event date” (DATE)")
    expect(page.get_by_text("The project has one variable.")).to_be_visible()

    hands.press("button", "Edit before accepting: Add “Kind of event” (CATEGORY)")
    form = page.get_by_role("form", name="Kind of event")
    hands.press("button", "Add a category", form)
    hands.write("Category", "sit_in", form.get_by_role("group", name="number 4"))
    hands.press("button", "Add the variable", form)
    expect(page.get_by_text("The project has 2 variables.")).to_be_visible()

    hands.press("button", "Write one myself")
    hands.write("Name for people", "Participants")
    hands.choose("Type", "number")
    hands.write("Instructions", "How many people took part. Of a range, code the lower end.")
    hands.press("button", "Add the variable")
    expect(page.get_by_text("The project has 3 variables.")).to_be_visible()

    hands.press("button", "Accept: Add “Demand” (TEXT)")
    expect(page.get_by_text("The project has 4 variables.")).to_be_visible()
    hands.press("tab", "Variables")
    asked = page.get_by_role("alertdialog", name="Delete Demand?")
    hands.press("button", "Delete Demand")
    hands.close(asked)
    hands.press("button", "Delete Demand")
    hands.press("button", "Delete", asked)
    expect(page.get_by_role("row", name="Demand")).to_have_count(0)
    made = person.get(f"projects/{project}/variables")["items"]
    assert {one["name"]: one["type"] for one in made} == COLUMNS
    assert "sit_in" in [category["value"] for category in made[1]["categories"]]

    hands.press("tab", "Step by step")
    hands.press("button", "These are the columns")
    expect(heading(hands, "Step 4 of 4")).to_be_visible()


def runs_a_sample(hands: Hands) -> None:
    page = hands.page
    hands.press("button", "Check all variables together")
    hands.press("button", "Leave it so, and go on")
    expect(page.get_by_text("It costs nothing.")).to_be_visible()
    hands.press("link", "To the run")
    hands.write("Documents in the sample", str(SAMPLE))
    runs(hands, "Start the sample", SAMPLE)


def corrects_a_cell(hands: Hands) -> tuple[str, str]:
    """Looks at a cell with its evidence, then says of another what is right. Returns its document and variable."""
    page = hands.page
    hands.press("link", "Look at the data")
    rows = page.get_by_role("grid", name="Data").get_by_role("rowheader")
    expect(rows).to_have_count(SAMPLE)
    documents = rows.all_inner_texts()
    known = truth()
    document = next(one for one in documents if said(hands, one) != known[one]["participants"])
    hands.open_cell(document, "Event date")
    panel = page.get_by_role("complementary", name="Cell of Event date")
    expect(panel.get_by_role("blockquote")).not_to_be_empty()
    hands.press("button", "Show in the document", panel)
    hands.close(panel)

    hands.open_cell(document, "Participants")
    panel = page.get_by_role("complementary", name="Cell of Participants")
    hands.press("button", "Correct …", panel)
    hands.write("Right value", known[document]["participants"], panel)
    hands.write("Note for others (optional)", "As the organisers say.", panel)
    hands.press("button", "Save", panel)
    expect(page.get_by_text("Your verdict is saved.")).to_be_visible()
    expect(cell_of(page, document, "Participants")).to_have_accessible_name(re.compile("a person's"))
    hands.close(panel)
    return document, "participants"


def accepts_a_cell(hands: Hands) -> tuple[str, str]:
    page = hands.page
    hands.press("link", "Review")
    now = page.get_by_role("status").filter(has_text=", in ")
    variable, document = now.inner_text().split(", in ")
    hands.press("button", "Right")
    expect(now).not_to_have_text(f"{variable}, in {document}")
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    return document, variable


def runs_everything(hands: Hands) -> None:
    hands.press("link", "Run")
    expect(hands.page.get_by_role("radio", name="All documents")).to_be_checked()
    runs(hands, "Start the run", len(DOCUMENTS) - SAMPLE)


def exports(hands: Hands, folder: Path) -> Path:
    """The CSV file of the dataset."""
    hands.press("link", "Export the dataset")
    hands.press("radio", re.compile("^CSV"))
    hands.press("button", "Create the export")
    export = hands.page.get_by_role("article")
    expect(export.get_by_text("ready")).to_be_visible()
    expect(export).to_contain_text(f"{len(DOCUMENTS)} rows")
    name = export.get_by_role("rowheader").first.inner_text()
    return download(hands, name, folder / "dataset.csv", export)


def proposes(hands: Hands) -> None:
    hands.press("button", "Propose from the documents")
    expect(hands.page.get_by_role("button", name="Propose again")).to_be_visible()


def runs(hands: Hands, start: str, documents: int) -> None:
    """Sees what it takes, starts it, and watches it to its end."""
    takes = hands.page.locator("dl div", has=hands.page.get_by_text("Documents", exact=True)).get_by_role("definition")
    expect(takes).to_have_text(str(documents))
    hands.press("button", start)
    expect(hands.page.get_by_role("status").get_by_text("complete")).to_be_visible()
    expect(hands.page.get_by_role("progressbar", name="Progress")).to_have_attribute("aria-valuenow", "100")


def heading(hands: Hands, name: str) -> Locator:
    return hands.page.get_by_role("heading", name=name)


def said(hands: Hands, document: str) -> str:
    """How many participants the table says."""
    return cell_of(hands.page, document, "Participants").inner_text().replace(",", "")


def field(hands: Hands, label: str) -> Locator:
    return hands.page.get_by_role("textbox", name=label)


def truth() -> dict[str, dict[str, str]]:
    """What people have found in the documents of the example."""
    with (EXAMPLE / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {row["document"]: row for row in csv.DictReader(file)}


def judged(person: Person, project: str) -> dict[tuple[str, str], str]:
    """What people have said of cells."""
    given = person.all(f"projects/{project}/feedback?standing=true")
    return {(one["document_name"], one["variable"]): one["verdict"] for one in given}


def holds_the_dataset(file: Path, person: Person, project: str, corrected: tuple[str, str]) -> None:
    """The file has what the API's export and the API's rows have, with the value that was corrected."""
    assert file.read_bytes() == exported_by_the_api(person, project)
    rows = {row["document"]: row for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())}
    stands = {
        row["document_name"]: {cell["variable"]: cell["value"] for cell in row["cells"]}
        for row in person.all(f"projects/{project}/dataset/rows")
    }
    assert sorted(rows) == sorted(stands) == sorted(DOCUMENTS)
    for document, values in stands.items():
        assert {name: rows[document][name] for name in COLUMNS} == {
            name: "" if values[name] is None else str(values[name]) for name in COLUMNS
        }
    document, variable = corrected
    assert rows[document][variable] == truth()[document][variable]


def exported_by_the_api(person: Person, project: str) -> bytes:
    """The file of another export, as the page had asked for the newest."""
    newest = person.get(f"projects/{project}/exports")["items"][0]
    asked = {name: newest[name] for name in ("format", "layout", "options", "choice")}
    made = person.post(f"projects/{project}/exports", asked)["id"]
    wait_until(lambda: person.get(f"exports/{made}")["status"] == "COMPLETE")
    name = person.get(f"exports/{made}")["files"][0]["name"]
    return person.http.get(f"/v1/exports/{made}/download", params={"file": name}).raise_for_status().content
