"""The codebook as DDI-Codebook 2.5: valid, complete, and whole whatever the texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from coderai.services.export.adapters.ddi_codebook import write_ddi_codebook
from coderai.services.export.domain.coded import Job
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import CategoriesAs, Layout, Options
from tests.unit.export.datasets import JOB, dataset, document, extraction, variable
from tests.unit.export.everything import AWKWARD_TEXTS, VARIABLES, awkward, documents, everything
from tests.unit.export.test_export_estimates import REPORT, found
from tests.unit.export.test_export_estimates import VARIABLES as MEASURED_VARIABLES

SCHEMA = etree.XMLSchema(file=Path(__file__).with_name("ddi_codebook.xsd"))
TIMES = {"started_at": "2026-11-22T08:00:00Z", "finished_at": "2026-11-22T09:00:00Z"}


def written(made: Dataset, path: Path) -> Any:
    """The root of the file, which is valid; its elements without their namespace."""
    write_ddi_codebook(made, path / "codebook.xml")
    tree = etree.parse(path / "codebook.xml")
    SCHEMA.assertValid(tree)
    for element in tree.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return tree.getroot()


def column(root: Any, name: str) -> Any:
    (found,) = [one for one in root.iter("var") if one.get("name") == name]
    return found


LONG = dataset(VARIABLES, documents(), layout=Layout.LONG, multiple=True)
CODES = everything(Options(categories_as=CategoriesAs.CODES))
OF_JOB = everything(job=Job(**{"id": JOB.id, "project_id": JOB.project_id, **TIMES}))


@pytest.mark.parametrize("made", [everything(), awkward(), LONG, CODES, OF_JOB, dataset([], [])])
def test_it_is_valid_and_describes_every_column_in_order(made: Dataset, tmp_path: Path) -> None:
    root = written(made, tmp_path)
    assert [one.get("name") for one in root.iter("var")] == [one.name for one in made.table.columns()]
    assert root.findtext("fileDscr/fileTxt/dimensns/varQnty") == str(len(made.table.columns()))
    assert root.findtext("fileDscr/fileTxt/dimensns/caseQnty") == str(made.row_count)
    assert [one.get("name") for one in root.iter("varGrp")] == [one.name for one in made.codebook.variables]


def test_a_group_has_the_definition_and_the_columns_of_its_variable(tmp_path: Path) -> None:
    root = written(everything(), tmp_path)
    group = next(one for one in root.iter("varGrp") if one.get("name") == "day")
    ids = {one.get("ID"): one.get("name") for one in root.iter("var")}
    names = [ids[id] for id in group.get("var").split()]
    assert names[:4] == ["day", "day_date", "day_low", "day_high"]
    assert all(name.startswith("day_") for name in names[1:])
    assert "days_1" not in names
    notes = {note.get("subject"): note.text for note in group.iter("notes")}
    assert (notes["Type"], notes["If range"], notes["Prompt version"]) == ("DATE", "LOW", "1")


def test_a_categorys_column_has_its_values_how_often_they_occur_and_why_cells_are_empty(tmp_path: Path) -> None:
    made = everything()
    var = column(written(made, tmp_path), "violence")
    listed = [one for one in var.findall("catgry") if not one.get("missing")]
    values = {one.findtext("catValu"): one.findtext("catStat") for one in listed}
    place = [one.name for one in made.table.columns()].index("violence")
    cells = [row[place] for row in made.rows()]
    assert values == {value: str(cells.count(value)) for value in ("none", "force", "قوة مميتة")}
    empty = {one.get("missType"): int(one.findtext("catStat")) for one in var.findall("catgry[@missing]")}
    assert sum(empty.values()) == cells.count(None)
    stats = {one.get("type"): int(one.text) for one in var.findall("sumStat")}
    assert stats == {"vald": len(cells) - cells.count(None), "invd": cells.count(None)}
    assert (var.get("nature"), var.get("representationType"), var.find("varFormat").get("type")) == (
        "nominal",
        "code",
        "character",
    )
    assert var.findtext("catgry/txt") == "no force"


def test_codes_stand_in_place_of_words_where_the_file_has_them(tmp_path: Path) -> None:
    var = column(written(CODES, tmp_path), "violence")
    labels = {one.findtext("catValu"): one.findtext("labl") for one in var.findall("catgry") if not one.get("missing")}
    assert labels == {"1": "none", "2": "force", "3": "قوة مميتة"}
    assert var.find("varFormat").get("type") == "numeric"


def test_types_ranges_conditions_and_prompts_have_elements_of_their_own(tmp_path: Path) -> None:
    injured = variable(
        "injured",
        "NUMBER",
        instructions="Count people.",
        prompt="How many were injured?",
        prompt_version=4,
        validation_rules={"min": 0, "max": 500},
        depends_on=({"variable": "police", "operator": "EQUALS", "value": True},),
    )
    day = variable("day", "DATE")
    row = [extraction("injured", 3), extraction("day", "2021-03-05")]
    made = dataset([injured, day], [document("a.txt", extractions=row)], Options(weight=True), job=None)
    root = written(made, tmp_path)
    var = column(root, "injured")
    assert dict(var.find("valrng/range").attrib) == {"UNITS": "REAL", "min": "0", "max": "500"}
    assert var.findtext("universe") == "units of which: police EQUALS true"
    assert (var.findtext("qstn/qstnLit"), var.findtext("txt")) == ("How many were injured?", "Count people.")
    assert (var.findtext("verStmt/version"), var.get("intrvl")) == ("prompt 4", "contin")
    assert column(root, "injured_weight").get("wgt") == "wgt"
    assert column(root, "day").find("varFormat").get("category") == "date"


def test_estimates_stand_with_the_variable_and_what_they_rest_on_with_the_study(tmp_path: Path) -> None:
    root = written(dataset(MEASURED_VARIABLES, found(), job=None, report=REPORT), tmp_path)
    assert [one.text for one in root.iter("dataAppr")] == list(REPORT.notes)
    group = next(root.iter("varGrp"))
    quality = {note.get("subject"): note.text for note in group.iter("notes") if note.get("type") == "quality"}
    assert (quality["Accuracy (estimate)"], quality["Accuracy: from"], quality["Accuracy: to"]) == (
        "0.9",
        "0.769",
        "0.96",
    )
    assert quality["Cells judged in drawn samples"] == "40"


def test_the_study_has_project_unit_codebook_and_the_jobs_dates(tmp_path: Path) -> None:
    study = written(OF_JOB, tmp_path).find("stdyDscr")
    assert study.findtext("citation/titlStmt/titl") == "Public events"
    assert study.findtext("citation/verStmt/version") == "codebook abc"
    assert study.findtext("stdyInfo/sumDscr/anlyUnit") == "one event"
    dates = {one.get("event"): one.get("date") for one in study.iter("collDate")}
    assert dates == {"start": TIMES["started_at"], "end": TIMES["finished_at"]}


@pytest.mark.parametrize("text", AWKWARD_TEXTS, ids=lambda text: ascii(text[:12]))
def test_every_text_is_kept_but_for_what_xml_does_not_have(text: str, tmp_path: Path) -> None:
    said = variable(
        "said", "CATEGORY", prompt=text, instructions=text, display_name=text, categories=({"value": text},)
    )
    made = dataset(
        [said], [document("a.txt", {"said": text})], project_name=text, project_description=text, domain=text
    )
    var = column(written(made, tmp_path), "said")
    kept = "".join("�" if _is_forbidden(char) else char for char in text)
    assert [var.findtext(name) for name in ("qstn/qstnLit", "txt", "catgry/catValu")] == [kept] * 3
    assert var.findtext("catgry/catStat") == "1"


def _is_forbidden(char: str) -> bool:
    return (char < " " and char not in "\t\n\r") or "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"
