"""`coderai export` and `coderai exports`: what they ask for, write, say, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scripted_api import ScriptedApi, problem
from scripted_rows import Command

from coderai.client import download as module

ROOT = Path(__file__).parents[3]
P1, P2 = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2))
BASE = "Protests-dataset-2026-11-22"
DEFAULT = {"confidence": True, "source": True, "missing_reason": True}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY_DELAYS", (0, 0))


@pytest.fixture
def projects(server: ScriptedApi) -> ScriptedApi:
    """An API with two projects."""
    server.projects = {id_: {"id": id_, "name": name} for id_, name in ((P1, "Protests"), (P2, "إضرابات"))}
    server.variables = [{"id": "v1", "name": "place"}, {"id": "v2", "name": "participants"}]
    return server


def there(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_an_export_comes_with_all_its_files_and_says_what_each_is(
    projects: ScriptedApi, coderai: Command, folder: Path
) -> None:
    told = coderai("export", "Protests")
    assert told.exit_code == 0, told.output
    names = [f"{BASE}-codebook.md", f"{BASE}-codebook.xml", f"{BASE}-load.R", f"{BASE}.csv", f"{BASE}.xlsx"]
    assert there(folder / "dataset") == names
    for said in (*names, "the dataset as text: 2 rows", "codebook, to be read", "reads the CSV in R", "archives (DDI)"):
        assert told.stdout.count(said) >= 1, said
    for note in ("CSV: a note on CSV", "XLSX: a note on XLSX", "· a note on all"):
        assert told.stdout.count(note) == 1, note
    assert [export["options"] for export in projects.exports.values()] == [DEFAULT] * 2
    asked = [name for name, _ in projects.files.asked]
    assert len(asked) == len(set(asked)), "the codebook of both is one"


def test_all_that_can_be_asked_for(projects: ScriptedApi, coderai: Command) -> None:
    projects.documents = [
        {"id": f"d{n}", "name": name, "status": "READY"} for n, name in enumerate(("2020-1.txt", "2020-2.txt", "b.txt"))
    ]
    told = coderai(
        *("export", "إضرابات", "--format", "csv,BUNDLE", "--format", "sav", "--layout", "long", "--job", "j1"),
        *("--variables", "place, participants", "--documents", "2020-*", "--documents", "d2", "--status", "Flagged"),
        *("--with", "quote,page,weight", "--categories-as", "codes", "--delimiter", "tab", "--bom"),
        *("--replace-line-breaks", "--pseudonyms", "--texts", "--name", "strikes", "--out", "deep/out"),
    )
    assert told.exit_code == 0, told.output
    assert [export["format"] for export in projects.exports.values()] == ["CSV", "BUNDLE", "SAV"]
    for export in projects.exports.values():
        assert (export["project_id"], export["job_id"], export["layout"]) == (P2, "j1", "LONG")
        assert export["choice"] == {
            "variables": ["place", "participants"],
            "document_ids": ["d0", "d1", "d2"],
            "statuses": ["FLAGGED"],
        }
        assert export["options"] == {
            **dict.fromkeys(("source", "page", "weight", "byte_order_mark", "replace_line_breaks"), True),
            **dict.fromkeys(("pseudonyms", "texts"), True),
            "categories_as": "CODES",
            "delimiter": "\t",
            "name": "strikes",
        }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--format", "exel"), "--format takes csv, xlsx"),
        (("--format", "parqet"), "did you mean 'parquet'?"),
        (("--with", "quotes"), "did you mean 'quote'?"),
        (("--status", "flaged"), "did you mean 'flagged'?"),
        (("--layout", "tall"), "--layout"),
        (("--categories-as", "numbers"), "--categories-as"),
        (("--delimiter", "semicolon"), "--delimiter takes ','"),
        (("--format", "xlsx", "--bom"), "--bom is for CSV, and that is not among --format xlsx"),
        (("--format", "csv", "--texts"), "--texts is for BUNDLE"),
        (("--only-reviewed", "--job", "j1"), "as the model gave them"),
        (("--where", "injured>1", "--job", "j1"), "--where is for the dataset"),
        (("--id", "e1", "--format", "csv"), "--id downloads an export as it was made"),
        (("--id", "e1", "--no-wait"), "--id downloads an export as it was made"),
        (("--out", "project.yaml"), "files cannot be written there"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_asked(
    server: ScriptedApi, coderai: Command, arguments: tuple[str, ...], says: str
) -> None:
    told = coderai("export", *arguments)
    assert (told.exit_code, says in told.stderr.replace("\n", " ")) == (2, True), told.output
    assert not server.seen


def test_the_last_project_of_the_folder_is_meant_when_none_is_named(
    server: ScriptedApi, run: Command, coderai: Command, folder: Path
) -> None:
    (folder / "other.yaml").write_text((folder / "project.yaml").read_text().replace("Protests", "Strikes"))
    assert run().exit_code == 0
    assert coderai("run", "other.yaml", "docs", "--out", "out", "--yes").exit_code == 0
    assert "project: Strikes (p2)" in coderai("export").stdout
    assert run().exit_code == 0
    assert "project: Protests (p1)" in coderai("export", "--format", "csv").stdout
    assert "Protests" in coderai("exports").stdout
    del server.projects["p1"], server.projects["p2"]
    assert "there is no project yet" in coderai("export").stderr


def test_a_folder_without_runs_needs_a_project_unless_there_is_but_one(projects: ScriptedApi, coderai: Command) -> None:
    told = coderai("export")
    assert (told.exit_code, f"{P2}  إضرابات" in told.stderr) == (2, True)
    told = coderai("export", "Nobody")
    assert (told.exit_code, "no project is called 'Nobody'" in told.stderr) == (2, True)
    del projects.projects[P1]
    assert coderai("export").exit_code == 0


def test_an_unknown_variable_or_document_is_told_with_the_nearest(projects: ScriptedApi, coderai: Command) -> None:
    fields = {"choice.variables": "names what is no variable of the codebook: particpants"}
    projects.refusals.append(("POST", "/exports", problem(422, "export_invalid", "the choice names ...", fields)))
    told = coderai("export", "Protests", "--variables", "place,particpants")
    assert told.exit_code == 2
    assert "there is no 'particpants'; did you mean 'participants'?" in told.stderr
    projects.documents = [{"id": "d1", "name": "report-7.pdf", "status": "READY"}]
    told = coderai("export", "Protests", "--documents", "report7.pdf")
    assert (told.exit_code, "did you mean 'report-7.pdf'?" in told.stderr) == (2, True)
    assert projects.exports == {}


def test_when_one_format_is_refused_none_is_left_being_written(projects: ScriptedApi, coderai: Command) -> None:
    projects.files.lasting = True
    full = problem(429, "too_many_exports", "20 exports are being written: wait for one, or cancel it.")
    projects.refusals += [("POST", "/exports", problem(503, "unavailable", "not now"))]
    assert coderai("export", "Protests", "--format", "csv,json").exit_code == 1
    projects.refusals.clear()
    first = coderai("export", "Protests", "--format", "csv", "--no-wait")
    assert first.exit_code == 0
    projects.refusals += [("POST", "/exports", full)]
    told = coderai("export", "Protests", "--format", "csv,json")
    assert (told.exit_code, "20 exports are being written" in told.stderr) == (1, True)
    assert [export["status"] for export in projects.exports.values()] == ["PENDING"]


def test_a_format_that_fails_does_not_stop_the_others(projects: ScriptedApi, coderai: Command, folder: Path) -> None:
    told = coderai("export", "Protests", "--format", "sav", "--no-wait")
    assert told.exit_code == 0
    (id_,) = projects.exports
    projects.exports[id_] |= {"status": "FAILED", "error": "more columns than SPSS holds"}
    told = coderai("export", "--id", id_)
    assert (told.exit_code, "more columns than SPSS holds" in told.stderr) == (1, True)


def test_without_waiting_it_says_how_to_download(projects: ScriptedApi, coderai: Command, folder: Path) -> None:
    told = coderai("export", "Protests", "--format", "csv", "--no-wait", "--out", "a folder")
    assert "coderai export --id e1 --out 'a folder'" in told.stdout
    assert not projects.files.asked and not (folder / "a folder").exists()
    assert coderai("export", "--id", "e1", "--out", "a folder").exit_code == 0
    assert f"{BASE}.csv" in there(folder / "a folder")


def test_an_expired_export_is_told_with_the_command_that_makes_it_again(
    projects: ScriptedApi, coderai: Command
) -> None:
    options = ("--format", "csv", "--with", "quote", "--variables", "place", "--delimiter", ";", "--layout", "long")
    assert coderai("export", "Protests", *options, "--status", "flagged").exit_code == 0
    projects.exports["e1"] |= {"status": "EXPIRED", "expires_at": "2026-11-20T12:00:00Z"}
    told = coderai("export", "--id", "e1")
    assert told.exit_code == 1
    assert "has expired: its files were removed on 2026-11-20" in told.stderr
    command = told.stderr.split("as it is now: coderai ")[1].split("\n")[0].replace("'", "").split()
    assert coderai(*command).exit_code == 0
    made = list(projects.exports.values())
    for key in ("options", "choice", "layout", "format", "project_id"):
        assert made[0][key] == made[-1][key]


def test_an_unknown_export_is_said(projects: ScriptedApi, coderai: Command) -> None:
    told = coderai("export", "--id", "nothing")
    assert (told.exit_code, "There is no such export" in told.stderr) == (1, True)


def test_the_same_command_goes_on_with_what_broke_off_and_afterwards_exports_anew(
    projects: ScriptedApi, coderai: Command, folder: Path
) -> None:
    name = f"{BASE}.csv"
    projects.files.contents = {name: bytes(5000)}
    projects.files.breaks = [3000, 0, 0]
    command = ("export", "Protests", "--format", "csv")
    told = coderai(*command)
    assert told.exit_code == 1
    assert f"To go on: coderai {' '.join(command)}" in told.stderr
    (memory, *parts) = there(folder / "dataset")
    assert (memory.startswith(".coderai-export-"), parts) == (True, [f"{name}.part", f"{name}.part.json"])

    told = coderai(*command)
    assert "going on with what was exported" in told.stdout
    assert (told.exit_code, len(projects.exports)) == (0, 1)
    assert (name, "bytes=3000-") in projects.files.asked
    assert not [one for one in there(folder / "dataset") if "part" in one or one.startswith(".")]

    assert coderai(*command).exit_code == 0
    assert len(projects.exports) == 2


@pytest.mark.parametrize("how", ["--fresh", "expired", "old"])
def test_what_broke_off_is_not_gone_on_with_where_it_is_of_no_use(
    projects: ScriptedApi, coderai: Command, folder: Path, how: str
) -> None:
    projects.files.contents = {f"{BASE}.csv": bytes(5000)}
    projects.files.breaks = [3000, 0, 0]
    command = ("export", "Protests", "--format", "csv")
    assert coderai(*command).exit_code == 1
    if how == "expired":
        projects.exports["e1"]["status"] = "EXPIRED"
    if how == "old":
        projects.exports["e1"]["created_at"] = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    told = coderai(*command, *([how] if how == "--fresh" else []))
    assert (told.exit_code, "going on" in told.stdout) == (0, False), told.output
    assert len(projects.exports) == 2
    assert not [one for one in there(folder / "dataset") if "part" in one or one.startswith(".")]


def test_two_orders_into_one_folder_are_gone_on_with_each_by_itself(
    projects: ScriptedApi, coderai: Command, folder: Path
) -> None:
    projects.files.contents = {f"{BASE}.csv": bytes(5000), f"{BASE}.json": bytes(5000)}
    for format in ("csv", "json"):
        projects.files.breaks = [3000, 0, 0]
        assert coderai("export", "Protests", "--format", format).exit_code == 1
    for format in ("csv", "json"):
        assert coderai("export", "Protests", "--format", format).exit_code == 0
        assert (f"{BASE}.{format}", "bytes=3000-") in projects.files.asked
    assert len(projects.exports) == 2
    assert not [one for one in there(folder / "dataset") if "part" in one or one.startswith(".")]


@pytest.mark.parametrize("names", [["../../outside.csv"], ["/tmp/outside.csv"], [".profile"], ["con.csv"]])
def test_a_name_that_would_leave_the_folder_is_refused(
    projects: ScriptedApi, coderai: Command, folder: Path, names: list[str]
) -> None:
    before = sorted(folder.rglob("*"))
    projects.files.names = names
    told = coderai("export", "Protests", "--format", "csv")
    assert (told.exit_code, "Nothing was written of this export" in told.stderr) == (1, True)
    assert projects.files.asked == []
    left = [path for path in folder.rglob("*") if not path.name.startswith(".coderai-export-")]
    assert sorted(left) == sorted([*before, folder / "dataset"])


def test_the_exports_of_a_project_are_listed(projects: ScriptedApi, coderai: Command) -> None:
    assert "has not been exported yet" in coderai("exports", "Protests").stdout
    for format in ("csv", "xlsx"):
        coderai("export", "Protests", "--format", format)
    projects.files.lasting = True
    coderai("export", "Protests", "--format", "parquet", "--layout", "long", "--no-wait")
    projects.exports["e3"]["progress"] = 45.2
    projects.exports["e1"] |= {"status": "EXPIRED", "expires_at": "2026-11-20T12:00:00Z"}
    told = coderai("exports", "Protests", COLUMNS="200").stdout
    rows = [line.split() for line in told.splitlines() if line.startswith("e")]
    assert [row[0] for row in rows[1:]] == ["e3", "e2", "e1"], told
    assert "writing, 45 %" in told
    assert rows[3][3] == "expired" and rows[3][-1] == "2026-11-20"
    assert "2 older exports are not shown" in coderai("exports", "Protests", "--most", "1").stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_cancels_what_is_being_written(
    projects: ScriptedApi, environment: dict[str, str | None], folder: Path, number: signal.Signals
) -> None:
    projects.files.lasting = True
    output, errors, status = _interrupted(
        environment, folder, lambda: projects.count("GET", "/exports/e1"), number, "--format", "csv,parquet"
    )
    assert status == 130, (output, errors)
    assert "interrupted; cancelled while being written: CSV, PARQUET" in errors
    assert "To go on:" in errors and "export Protests --format csv,parquet" in errors
    assert [export["status"] for export in projects.exports.values()] == ["CANCELLED"] * 2
    assert there(folder / "dataset") == []


def test_ctrl_c_in_a_download_keeps_what_has_arrived(
    projects: ScriptedApi, environment: dict[str, str | None], folder: Path, coderai: Command
) -> None:
    name = f"{BASE}.json"
    projects.files.contents = {name: bytes(5000)}
    projects.files.stays_after = 2000
    part = folder / "dataset" / f"{name}.part"
    arrived = lambda: projects.files.stays and part.exists()  # noqa: E731
    output, errors, status = _interrupted(environment, folder, arrived, signal.SIGINT, "--format", "json")
    assert status == 130, (output, errors)
    assert "interrupted; what has arrived is kept in dataset" in errors
    assert [export["status"] for export in projects.exports.values()] == ["COMPLETE"]
    arrived_bytes = part.stat().st_size
    projects.files.stays_after = None
    assert coderai("export", "Protests", "--format", "json").exit_code == 0
    assert (name, f"bytes={arrived_bytes}-" if arrived_bytes else None) in projects.files.asked
    assert (folder / "dataset" / name).read_bytes() == bytes(5000)


def test_ctrl_c_leaves_an_export_of_somebody_else_being_written(
    projects: ScriptedApi, environment: dict[str, str | None], folder: Path, coderai: Command
) -> None:
    projects.files.lasting = True
    assert coderai("export", "Protests", "--format", "csv", "--no-wait").exit_code == 0
    begun = projects.count("GET", "/exports/e1")
    is_waiting = lambda: projects.count("GET", "/exports/e1") > begun + 1  # noqa: E731
    output, errors, status = _interrupted(environment, folder, is_waiting, signal.SIGINT, "--id", "e1", named="")
    assert (status, "still being written on the server: CSV" in errors) == (130, True), (output, errors)
    assert projects.exports["e1"]["status"] == "PENDING"


def _interrupted(environment, folder, is_time, number, *arguments, named="Protests"):  # type: ignore[no-untyped-def]
    """What the command says, and how it ends, that gets a signal at a moment."""
    env = {k: v for k, v in (os.environ | environment).items() if v is not None} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "coderai.client", "export", *filter(None, [named]), *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not is_time():
            assert process.poll() is None, process.communicate()
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    return output, errors, process.returncode
