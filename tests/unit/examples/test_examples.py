"""The example projects are what they claim: valid definitions, complete truths, PDFs that can be made again."""

import csv
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.json_format import ParseDict
from pypdf import PdfReader

from coderai.projects.v1.codebook_pb2 import RowsPerDocument, Variable, VariableType
from coderai.projects.v1.projects_service_pb2 import CreateProjectRequest

EXAMPLES = Path(__file__).parents[3] / "examples"
PROJECTS = ["public-events", "incident-reports"]
PATTERNS = {
    "DATE": r"\d{4}(-\d{2}(-\d{2})?)?",
    "NUMBER": r"\d+(\.\d+)?",
    "BOOLEAN": r"true|false",
}


def definition(project: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLES / project / "project.yaml").read_text(encoding="utf-8"))
    return loaded


def truth(project: str) -> list[dict[str, str]]:
    with (EXAMPLES / project / definition(project)["truth"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(document: Path) -> str:
    if document.suffix == ".pdf":
        text = "\n".join(page.extract_text() for page in PdfReader(document).pages)
    else:
        text = document.read_text(encoding="utf-8")
    return " ".join(text.split()).casefold()


@pytest.mark.parametrize("project", PROJECTS)
def test_the_definition_is_what_the_api_accepts(project: str) -> None:
    body = definition(project)
    variables = body.pop("variables")
    assert body.pop("sample_size") < len(list((EXAMPLES / project / "documents").iterdir()))
    body.pop("truth")
    body["unit"]["rows_per_document"] = "ROWS_PER_DOCUMENT_" + body["unit"]["rows_per_document"]

    request = ParseDict(body, CreateProjectRequest())
    assert request.unit.rows_per_document != RowsPerDocument.ROWS_PER_DOCUMENT_UNSPECIFIED

    for variable in variables:
        variable["type"] = "VARIABLE_TYPE_" + variable["type"]
        for condition in variable.get("depends_on", []):
            condition["operator"] = "CONDITION_OPERATOR_" + condition["operator"]
        parsed = ParseDict(variable, Variable())
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,62}", parsed.name)
        assert bool(parsed.categories) == (parsed.type == VariableType.VARIABLE_TYPE_CATEGORY)


@pytest.mark.parametrize("project", PROJECTS)
def test_the_truth_covers_every_document_and_variable(project: str) -> None:
    rows = truth(project)
    documents = {path.name for path in (EXAMPLES / project / "documents").iterdir()}
    names = [variable["name"] for variable in definition(project)["variables"]]

    assert {row["document"] for row in rows} == documents
    assert all([name for name in row if name not in ("document", "entity")] == names for row in rows)


@pytest.mark.parametrize("project", PROJECTS)
def test_every_value_of_the_truth_is_of_its_variables_type(project: str) -> None:
    for variable in definition(project)["variables"]:
        values = {value for row in truth(project) for value in row[variable["name"]].split("|") if value}
        assert values, f"{variable['name']} is never stated"
        if variable["type"] == "CATEGORY":
            assert values <= {category["value"] for category in variable["categories"]}
        elif variable["type"] != "TEXT":
            assert all(re.fullmatch(PATTERNS[variable["type"]], value) for value in values)


@pytest.mark.parametrize("project", PROJECTS)
def test_the_first_wording_of_every_text_and_entity_stands_in_its_document(project: str) -> None:
    columns = [v["name"] for v in definition(project)["variables"] if v["type"] == "TEXT"] + ["entity"]
    for row in truth(project):
        text = text_of(EXAMPLES / project / "documents" / row["document"])
        for column in columns:
            assert row.get(column, "").split("|")[0].casefold() in text, (row["document"], column)


def test_the_pdfs_are_made_from_their_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["make_pdfs.py", str(tmp_path)])
    runpy.run_path(str(EXAMPLES / "public-events" / "make_pdfs.py"), run_name="__main__")

    kept = {path.name: path.read_bytes() for path in (EXAMPLES / "public-events" / "documents").glob("*.pdf")}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept
    assert len(PdfReader(tmp_path / "sorrel-bridge-special-report.pdf").pages) > 1


def test_what_the_demos_person_quotes_is_in_the_documents_and_states_a_known_value() -> None:
    documents = {path.name: text_of(path) for path in (EXAMPLES / "public-events" / "documents").iterdir()}
    known = {row["document"]: row for row in truth("public-events")}
    with (EXAMPLES / "public-events" / "quotes.csv").open(encoding="utf-8", newline="") as file:
        quotes = list(csv.DictReader(file))
    assert len({(row["document"], row["variable"]) for row in quotes}) == len(quotes) > 0
    for row in quotes:
        assert row["quote"].casefold() in documents[row["document"]], row
        assert known[row["document"]][row["variable"]], row
