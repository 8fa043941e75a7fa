"""What people do with exports: choose a format and a part, watch it being written, take the files away, delete it."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Open
from tests.support.browsing import Person, Tab, unique
from tests.support.tenant import wait_until


def coded(person: Person, documents: int = 4) -> str:
    """A project whose documents are coded by two variables."""
    project: str = person.post("projects", {"name": unique("Exports")})["id"]
    for name, kind in {"place": "TEXT", "people": "NUMBER"}.items():
        person.post(f"projects/{project}/variables", {"name": name, "type": kind})
    for number in range(documents):
        text = f"Place: =Łódź {number}\nPeople: {number + 100} marched."
        person.post(f"projects/{project}/documents", {"name": f"report {number}.txt", "text": text})
    wait_until(lambda: person.get(f"projects/{project}/documents")["counts"].get("READY") == documents)
    job = person.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]
    list(person.follow(job))
    return project


def test_a_dataset_is_exported_downloaded_and_deleted(person: Person, tab: Tab, page: Page, tmp_path: Path) -> None:
    project = coded(person)
    tab.open(f"/projects/{project}/exports")
    expect(page.get_by_text("Nothing was exported yet.")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^CSV")).check(force=True)
    page.get_by_text("How it is written").click()
    page.get_by_role("button", name=re.compile("Between columns")).click()
    page.get_by_role("option", name="A semicolon").click()
    page.get_by_text("Page of the quote", exact=True).click()
    page.get_by_text("Which part of the dataset").click()
    page.get_by_role("group", name=re.compile("Only these variables")).get_by_text("place").click()
    page.get_by_label("Only documents whose names contain").fill("report 2")
    page.get_by_role("button", name="Create the export").click()
    export = page.get_by_role("article")
    expect(export.get_by_text("ready")).to_be_visible()
    expect(export).to_contain_text("1 row")

    name = export.get_by_role("rowheader").first.inner_text()
    with page.expect_download() as coming:
        export.get_by_role("link", name=name).click()
    file = tmp_path / "dataset.csv"
    coming.value.save_as(file)
    assert coming.value.suggested_filename == name
    expect(export.get_by_role("row").nth(1)).to_contain_text(hashlib.sha256(file.read_bytes()).hexdigest())
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row["document"] for row in rows] == ["report 2.txt"]
    assert "place_page" in rows[0] and "people" not in rows[0]

    export.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(export).to_be_hidden()


def test_the_rows_of_the_grid_are_exported(person: Person, tab: Tab, page: Page, tmp_path: Path) -> None:
    project = coded(person)
    tab.open(f"/projects/{project}/data?filter=%5B%22people%3E%3D102%22%2C%22place~3%22%5D")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("link", name="Export these rows").click()
    rows = page.get_by_role("region", name="Only these rows of the dataset")
    expect(rows.get_by_role("status")).to_have_text("1 row")
    rows.get_by_role("button", name="Remove the filter place contains 3").click()
    expect(rows.get_by_role("status")).to_have_text("2 rows")
    expect(rows.get_by_role("listitem").first).to_contain_text("People ≥ 102")
    tab.accessible()
    page.get_by_role("radio", name=re.compile("^CSV")).check(force=True)
    page.get_by_role("button", name="Create the export").click()
    export = page.get_by_role("article")
    expect(export.get_by_text("ready")).to_be_visible()
    expect(export.get_by_role("list", name="Filters that hold")).to_have_text("People ≥ 102")
    tab.accessible()
    with page.expect_download() as coming:
        export.get_by_role("link").first.click()
    coming.value.save_as(tmp_path / "dataset.csv")
    exported = list(csv.DictReader((tmp_path / "dataset.csv").read_text(encoding="utf-8-sig").splitlines()))
    listed = list(person.all(f"projects/{project}/dataset/rows?filter=people%3E%3D102"))
    assert [row["document"] for row in exported] == [row["document_name"] for row in listed]
    assert [row["people"] for row in exported] == ["102", "103"]

    page.get_by_text("Which part of the dataset").click()
    page.get_by_role("button", name=re.compile("^From|From$")).click()
    page.get_by_role("option").nth(1).click()
    expect(page.get_by_text("The filter is for the dataset: all rows of the run are exported.")).to_be_visible()


def test_a_filter_that_names_what_is_gone_is_told_and_taken_away(person: Person, tab: Tab, page: Page) -> None:
    project = coded(person, 1)
    tab.open(f"/projects/{project}/exports?filter=%5B%22nowhere%3D1%22%5D")
    expect(page.get_by_role("alert")).to_contain_text("there is no variable 'nowhere'")
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.get_by_role("heading", name="Only these rows of the dataset")).to_be_hidden()


def test_words_that_no_document_has_export_nothing(person: Person, tab: Tab, page: Page) -> None:
    project = coded(person, 1)
    tab.open(f"/projects/{project}/exports")
    page.get_by_text("Which part of the dataset").click()
    page.get_by_label("Only documents whose names contain").fill("nowhere")
    page.get_by_role("button", name="Create the export").click()
    expect(page.get_by_role("alert")).to_contain_text("No document has this in its name")
    expect(page.get_by_label("Only documents whose names contain")).to_have_value("nowhere")
    assert person.get(f"projects/{project}/exports")["items"] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_exports_are_accessible_in_arabic(person: Person, open_tab: Open, theme: str) -> None:
    project = coded(person, 1)
    with open_tab(person, language="ar", theme=theme) as tab:
        tab.open(f"/projects/{project}/exports?filter=%5B%22people%3E%3D1%22%5D")
        expect(tab.page.get_by_role("heading", name="هذه الصفوف فقط من مجموعة البيانات")).to_be_visible()
        tab.page.get_by_role("button", name="إنشاء التصدير").click()
        expect(tab.page.get_by_role("article").get_by_text("جاهز")).to_be_visible()
        tab.accessible()
