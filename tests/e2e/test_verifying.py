"""A bundle of the whole stack is checked as a stranger does it: nothing differs, and what is changed is named."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.client.api import CoderAI
from coderai.client.models import Project
from coderai.deploy.stack import LocalStack
from tests.support.changed_bundles import fitting, read_files, replaced, with_line, write_files

TEXTS = {
    "alma.txt": "The ferry Alma struck the quay at Ayr on 3 May 2024. Two passengers were injured.",
    "تقرير.txt": "في 7 مايو 2024 جنحت السفينة قرب الميناء. أصيب 12 شخصًا.",
}
ROWS = """id,report
1,On 5 May 2024 the tug Boreas ran aground off Ely. 3 sailors were injured.
2,The lock at Ely was shut on 6 May 2024.
"""
IN_ARCHIVE = "The barge Dora sank near Ulm on 9 May 2024. Four of the crew were injured."
VARIABLES = [
    {"name": "injured", "type": "NUMBER", "instructions": "How many people were injured."},
    {"name": "day", "type": "DATE", "instructions": "The day of the accident."},
    {"name": "place", "type": "TEXT", "instructions": "Where it happened."},
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with texts, a table whose rows are documents, and an archive."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "tugs.csv").write_text(ROWS, encoding="utf-8")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("dora.txt", IN_ARCHIVE)
    return folder


@pytest.fixture(scope="module")
def api(stack: LocalStack) -> Iterator[CoderAI]:
    with CoderAI(stack.url) as api:
        api.register(f"verifier-{uuid4()}@example.org", "correct horse battery")
        yield api


@pytest.fixture(scope="module")
def project(api: CoderAI, reports: Path) -> Project:
    """A project that is coded, and of which a sample is judged: all but one of its cells, some of them as wrong."""
    made = api.create_project(name=f"Accidents حوادث {uuid4()}")
    api.create_variables(made.id, VARIABLES)
    api.upload(made.id, sorted(reports.iterdir()))
    api.wait_until_read(made.id, timeout=60)
    for _ in api.watch_job(api.start_job(made.id, "FULL", skip_sample=True).id):
        pass
    sample = api.draw_review_sample(made.id, 12, seed=3)
    items = list(api.review_queue(made.id, "MEASURE", sample_id=sample.id))
    for number, item in enumerate(items[:-1]):
        if number % 3:
            api.give_feedback(item.extraction.id, "CORRECT", sample_id=sample.id)
        elif number % 2:
            api.give_feedback(item.extraction.id, "INCORRECT", sample_id=sample.id)
        else:
            api.give_feedback(
                item.extraction.id, "INCORRECT", sample_id=sample.id, **_correction(item.extraction.variable)
            )
    return made


def _correction(variable: str) -> dict[str, str]:
    return {"corrected_value": {"injured": "17", "day": "2023-01-02", "place": "Elsewhere"}[variable]}


def bundle(api: CoderAI, project: Project, path: Path, *, texts: bool) -> Path:
    export = api.wait_for_export(api.create_export(project.id, "BUNDLE", texts=texts).id, timeout=120)
    api.download_export(export.id, path)
    return path


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["verify", *arguments], env={"COLUMNS": "200"}, prog_name="coderai")


def moved(span: dict[str, int]) -> dict[str, int]:
    """A character further on."""
    return {**span, "start": span["start"] + 1, "end": span["end"] + 1}


def test_a_bundle_with_texts_is_good_packed_and_unpacked(api: CoderAI, project: Project, tmp_path: Path) -> None:
    path = bundle(api, project, tmp_path / "b.zip", texts=True)
    told = verify(str(path), "--json")
    found = json.loads(told.stdout)
    assert ([one["told"] for one in found["differences"]], found["not_checked"], told.exit_code) == ([], [], 0)
    assert any("quotes against the documents' texts" in line for line in found["checked"])
    assert any("figures of estimates" in line for line in found["checked"])
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "unpacked")
    assert verify(str(tmp_path / "unpacked")).exit_code == 0


def test_a_bundle_of_the_rows_under_a_filter_is_good(api: CoderAI, project: Project, tmp_path: Path) -> None:
    made = api.create_export(project.id, "BUNDLE", texts=True, filter=["injured.missing=NONE", "any.verdict!=NONE"])
    export = api.wait_for_export(made.id, timeout=120)
    assert 0 < export.row_count < api.dataset_page(project.id).total
    api.download_export(export.id, tmp_path / "b.zip")
    told = verify(str(tmp_path / "b.zip"), "--json")
    assert ([one["told"] for one in json.loads(told.stdout)["differences"]], told.exit_code) == ([], 0)


@pytest.mark.long
def test_documents_are_read_again_where_the_bundle_has_no_texts(
    api: CoderAI, project: Project, reports: Path, tmp_path: Path
) -> None:
    path = bundle(api, project, tmp_path / "b.zip", texts=False)
    assert "lacks their texts" in verify(str(path)).output
    told = verify(str(path), "--documents", str(reports), "--json")
    found = json.loads(told.stdout)
    assert ([one["told"] for one in found["differences"]], found["not_checked"], told.exit_code) == ([], [], 0)
    assert any(line.startswith("5 documents read again") for line in found["checked"])

    files = read_files(path)
    files["data/cells.jsonl"] = with_line(
        files["data/cells.jsonl"],
        lambda cell: bool((cell["evidence"] or {}).get("spans")),
        lambda cell: cell["evidence"]["spans"][0].update(
            {k: cell["evidence"]["spans"][0][k] - 1 for k in ("start", "end")}
        ),
    )
    write_files(fitting(files), tmp_path / "moved.zip")
    told = verify(str(tmp_path / "moved.zip"), "--documents", str(reports))
    assert told.exit_code == 1 and "does not have this quote where it says" in told.output


@pytest.mark.long
def test_texts_of_other_readers_and_absent_documents_are_told_and_no_difference(
    api: CoderAI, project: Project, reports: Path, tmp_path: Path
) -> None:
    files = read_files(bundle(api, project, tmp_path / "b.zip", texts=False))
    files["documents.jsonl"] = with_line(
        files["documents.jsonl"],
        lambda line: line["name"] == "alma.txt",
        lambda line: line.update(reader="plain text 0.1", text_sha256="0" * 64),
    )
    write_files(fitting(files), tmp_path / "older.zip")
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "alma.txt").write_bytes((reports / "alma.txt").read_bytes())
    told = verify(str(tmp_path / "older.zip"), "--documents", str(tmp_path / "some"))
    assert "places in 1 document cannot be checked: read with plain text 0.1, here is" in told.output
    assert "4 documents that" in told.output
    assert told.exit_code == 0, told.output


def test_the_demo_of_a_change_is_named(api: CoderAI, project: Project, tmp_path: Path) -> None:
    path = bundle(api, project, tmp_path / "b.zip", texts=True)
    files = read_files(path)
    files["methods.md"] = replaced(files["methods.md"], "15 cells", "16 cells")
    write_files(fitting(files), tmp_path / "changed.zip")
    told = verify(str(tmp_path / "changed.zip"))
    assert told.exit_code == 1 and "methods.md: number" in told.output
