"""`coderai export` through the whole stack: all formats, broken downloads, cancelled exports, other workspaces."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import runpy
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import psutil
import pytest
from typer.testing import CliRunner, Result

from coderai.client import CoderAI, Project
from coderai.client.__main__ import app
from coderai.client.wanted import EXPORT_FORMATS
from coderai.deploy.stack import LocalStack
from tests.support.cutting_proxy import CuttingProxy, cutting
from tests.support.tenant import Tenant

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "examples" / "public-events" / "documents").glob("*.txt"))
Export = Callable[..., Result]


@pytest.fixture(scope="module")
def token(stack: LocalStack) -> Iterator[str]:
    with Tenant(stack.url) as tenant:
        yield str(tenant.http.headers["authorization"]).removeprefix("Bearer ")


@pytest.fixture(scope="module")
def api(stack: LocalStack, token: str) -> Iterator[CoderAI]:
    with CoderAI(stack.url, token=token) as api:
        yield api


@pytest.fixture(scope="module")
def project(api: CoderAI) -> Project:
    """A coded project with an Arabic name."""
    made = api.create_project(name="إضرابات الموانئ", model="offline", language="English")
    api.create_variables(
        made.id,
        [
            {"name": "place", "type": "TEXT", "instructions": "Where did it take place?"},
            {"name": "participants", "type": "NUMBER", "instructions": "How many people took part?"},
            {"name": "held_on", "type": "DATE", "instructions": "On which day did it take place?"},
        ],
    )
    api.upload(made.id, DOCUMENTS)
    api.wait_until_read(made.id)
    job = api.start_job(made.id, "FULL", skip_sample=True)
    assert [update.job.status for update in api.watch_job(job.id)][-1] == "COMPLETE"
    return made


@pytest.fixture
def export(stack: LocalStack, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Runs `coderai export` with further arguments in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, url: str = stack.url, command: str = "export", key: str = token) -> Result:
        env = {"CODERAI_URL": url, "CODERAI_TOKEN": key, "CODERAI_DATA": str(tmp_path / "data"), "COLUMNS": "150"}
        given = [command, *arguments]
        monkeypatch.setattr("sys.argv", ["coderai", *given])
        return CliRunner().invoke(app, given, env=env, prog_name="coderai")

    return call


def test_every_format_comes_with_its_files_as_the_server_describes_them(
    api: CoderAI, project: Project, export: Export, tmp_path: Path
) -> None:
    formats = ",".join(EXPORT_FORMATS).lower()
    told = export(project.name, "--format", formats, "--all-columns", "--out", "out")
    assert told.exit_code == 0, told.output
    files = {file.name: file for one in api.exports(project.id) for file in one.files}
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == sorted(files)
    for name, file in files.items():
        data = (tmp_path / "out" / name).read_bytes()
        assert len(data) > 0 and name.startswith("إضرابات-الموانئ-dataset-")
        if file.role == "DATASET":
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256), name
        assert name in told.stdout
    assert not any(character < " " and character != "\n" for character in told.stdout)


def test_the_csv_is_what_the_script_beside_it_reads(project: Project, export: Export, tmp_path: Path) -> None:
    told = export(project.id, "--format", "csv,xlsx", "--name", "ports", "--delimiter", ";", "--with", "quote,page")
    assert told.exit_code == 0, told.output
    with (tmp_path / "dataset" / "ports.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert sorted(row["document"] for row in rows) == [path.name for path in DOCUMENTS]
    assert "place_quote" in rows[0] and "place_confidence" not in rows[0]
    frame = runpy.run_path(str(tmp_path / "dataset" / "ports-load.py"))["load"]()
    assert list(frame["document"]) == [row["document"] for row in rows]
    book = openpyxl.load_workbook(tmp_path / "dataset" / "ports.xlsx", read_only=True)
    assert book.worksheets[0].max_row == 1 + len(rows)
    book.close()


def test_a_part_of_it_can_be_chosen(project: Project, export: Export, tmp_path: Path) -> None:
    names = [DOCUMENTS[0].name, DOCUMENTS[1].name]
    chosen = ("--variables", "participants", "--documents", names[0], "--documents", f"{names[1][:-3]}*")
    assert export(project.id, "--format", "csv", "--layout", "long", "--name", "part", *chosen).exit_code == 0
    with (tmp_path / "dataset" / "part.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["document"] for row in rows} == set(names)
    assert {row["variable"] for row in rows} == {"participants"}
    told = export(project.id, "--format", "csv", "--variables", "particpants")
    assert (told.exit_code, "did you mean 'participants'?" in told.stderr) == (2, True)


def test_the_rows_under_a_filter_are_those_of_the_list(
    stack: LocalStack, api: CoderAI, project: Project, export: Export, tmp_path: Path
) -> None:
    filters = ["participants.missing=NONE", f"document!={DOCUMENTS[0].name}"]
    listed, all_rows = list(api.dataset_rows(project.id, filter=filters)), list(api.dataset_rows(project.id))
    assert 0 < len(listed) < len(all_rows)
    where = [word for one in filters for word in ("--where", one)]
    told = export(project.id, "--format", "csv,bundle", "--name", "chosen", *where)
    assert told.exit_code == 0, told.output
    with (tmp_path / "dataset" / "chosen.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [
        (row.document_name, next(cell.value for cell in row.cells if cell.variable == "participants")) for row in listed
    ]
    assert [(row["document"], float(row["participants"])) for row in rows] == shown
    with zipfile.ZipFile(tmp_path / "dataset" / "chosen.zip") as bundle:
        crate, readme = bundle.read("ro-crate-metadata.json").decode(), bundle.read("README.md").decode()
    codebook = (tmp_path / "dataset" / "chosen-codebook.md").read_text(encoding="utf-8")
    for text in (crate, readme, codebook):
        assert "Rows chosen by filter" in text and filters[0] in text.replace("\\", "")
    assert f"Rows to choose from: {len(all_rows)}." in crate

    told = export(project.id, "--where", "particpants>1")
    assert (told.exit_code, "--where: filter 'particpants>1' makes no sense" in told.stderr) == (2, True)
    with Tenant(stack.url) as stranger:
        body = {"format": "CSV", "choice": {"filter": filters}}
        assert stranger.http.post(f"/v1/projects/{project.id}/exports", json=body).status_code == 404


@pytest.fixture
def proxy(stack: LocalStack) -> Iterator[CuttingProxy]:
    with cutting(stack.url) as proxy:
        yield proxy


def test_a_download_goes_on_over_broken_connections(
    api: CoderAI, project: Project, export: Export, proxy: CuttingProxy, tmp_path: Path
) -> None:
    proxy.cuts = [6000, 9000]
    told = export(project.id, "--format", "xlsx", "--name", "broken", url=proxy.url)
    assert told.exit_code == 0, told.output
    begins = [int(found[1]) for head in proxy.requests if (found := re.search(rb"(?i)\r\nrange: bytes=(\d+)-", head))]
    assert len(begins) == 2 and 0 < begins[0] < begins[1]
    (file, *_) = next(iter(api.exports(project.id))).files
    assert hashlib.sha256((tmp_path / "dataset" / "broken.xlsx").read_bytes()).hexdigest() == file.sha256
    assert not list((tmp_path / "dataset").glob("*part*"))


def test_the_same_command_goes_on_after_a_line_that_stays_broken(
    api: CoderAI, project: Project, export: Export, proxy: CuttingProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coderai.client.download._RETRY_DELAYS", (0.0,))
    proxy.cuts = [6000, 0]
    command = (project.id, "--format", "xlsx", "--all-columns", "--name", "later")
    told = export(*command, url=proxy.url)
    assert (told.exit_code, "To go on: coderai export" in told.stderr) == (1, True), told.output
    folder = tmp_path / "dataset"
    arrived = (folder / "later.xlsx.part").stat().st_size
    assert arrived > 0 and not (folder / "later.xlsx").exists()
    number = len(list(api.exports(project.id)))
    told = export(*command, url=proxy.url)
    assert told.exit_code == 0, told.output
    assert len(list(api.exports(project.id))) == number
    assert f"range: bytes={arrived}-".encode() in proxy.requests[2].lower()
    assert zipfile.is_zipfile(folder / "later.xlsx")
    assert not [one.name for one in folder.iterdir() if "part" in one.name or one.name.startswith(".")]


def test_ctrl_c_cancels_the_export_that_is_being_written(
    stack: LocalStack, token: str, api: CoderAI, project: Project, tmp_path: Path
) -> None:
    before = {one.id for one in api.exports(project.id)}
    command = [sys.executable, "-m", "coderai.client", "export", project.name, "--format", "parquet"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "CODERAI_URL": stack.url, "CODERAI_TOKEN": token}
    worker = psutil.Process(stack.processes["export-work"])
    worker.suspend()
    try:
        with subprocess.Popen(
            command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            while not (made := [one for one in api.exports(project.id) if one.id not in before]):
                assert running.poll() is None, running.communicate()
            while not list(tmp_path.rglob(".coderai-export-*")):
                assert running.poll() is None, running.communicate()
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate(timeout=60)
        assert (running.returncode, "cancelled while being written: PARQUET" in errors) == (130, True), errors
        assert api.export(made[0].id).status == "CANCELLED"
    finally:
        worker.resume()


def test_what_is_deleted_or_another_workspaces_is_not_downloaded(
    stack: LocalStack, api: CoderAI, project: Project, export: Export
) -> None:
    made = api.wait_for_export(api.create_export(project.id, "CSV").id)
    assert made.id in export(project.id, command="exports").stdout
    with Tenant(stack.url) as stranger:
        key = str(stranger.http.headers["authorization"]).removeprefix("Bearer ")
        told = export("--id", made.id, key=key)
        assert (told.exit_code, "no such export" in told.stderr) == (1, True)
    api.delete_export(made.id)
    told = export("--id", made.id)
    assert (told.exit_code, "no such export" in told.stderr) == (1, True)
    assert made.id not in export(project.id, command="exports").stdout
