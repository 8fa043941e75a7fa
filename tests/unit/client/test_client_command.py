"""The command does the main job, says what it does, and ends with a status that scripts can rely on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from scripted_api import Cut, Json, ScriptedApi, job, problem, update
from typer.testing import CliRunner, Result

from coderai.client import session
from coderai.client.__main__ import app
from coderai.client.models import ExportColumns
from coderai.client.project_file import ProjectFile
from coderai.messages.requests import ExportOptions

ROOT = Path(__file__).parents[3]
PROJECT = """\
name: Protests
sample_size: 1
variables:
  - {name: place, type: TEXT}
  - {name: size, type: NUMBER}
"""
Command = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project.yaml").write_text(PROJECT)
    (tmp_path / "docs").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "docs" / name).write_text(f"This is {name}.")
    return tmp_path


@pytest.fixture
def environment(server: ScriptedApi, folder: Path) -> dict[str, str | None]:
    server.passwords["ada@example.org"] = "correct horse"
    return {
        "CODERAI_URL": server.url,
        "CODERAI_EMAIL": "ada@example.org",
        "CODERAI_PASSWORD": "correct horse",
        "CODERAI_DATA": str(folder / "data"),
        "OPENAI_API_KEY": None,
        "OPENAI_BASE_URL": None,
        "CODERAI_TOKEN": None,
        "COLUMNS": "100",
    }


@pytest.fixture
def coderai(environment: dict[str, str | None], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command in the folder."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(session, "_RETRY_DELAYS", ())

    def call(*arguments: str, **env: str | None) -> Result:
        return CliRunner().invoke(app, arguments, env=environment | env, prog_name="coderai")

    return call


@pytest.fixture
def run(coderai: Command) -> Command:
    """Runs `coderai run project.yaml docs --out out` with further arguments."""
    return lambda *more, **env: coderai("run", "project.yaml", "docs", "--out", "out", *more, **env)


def extraction(document: str, variable: str, value: object, quote: str = "", **fields: object) -> Json:
    found = {"status": "EXTRACTED", "missing_reason": None, "confidence": 0.61}
    missing = {"status": "EXTRACTED", "missing_reason": "NOT_STATED", "confidence": 0.0}
    return {
        "id": f"{document}-{variable}",
        "document_id": document,
        "document_name": document,
        "variable": variable,
        "value": value,
        "evidence": {"quote": quote, "match": "EXACT"} if quote else None,
        **(missing if value is None else found),
        **fields,
    }


def two_rows() -> list[Json]:
    return [
        extraction("a.txt", "place", "Ayr", "in the town of Ayr"),
        extraction("a.txt", "size", 24, "some two dozen people", status="FLAGGED"),
        extraction("b.txt", "place", None),
        extraction("b.txt", "size", 300, "about \x1b[31m300\x07 people"),
    ]


def test_the_whole_job(server: ScriptedApi, run: Command, folder: Path) -> None:
    server.extractions = two_rows()

    result = run()

    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in (folder / "out").iterdir()) == [
        "dataset.codebook.csv",
        "dataset.csv",
        "dataset.json",
        "dataset.xlsx",
    ]
    assert [j["kind"] for j in server.jobs.values()] == ["SAMPLE", "FULL"]
    assert server.jobs["j1"]["documents_total"] == 1
    for said in (
        "in the town of Ayr",
        "0.61 flagged",
        "- not stated",
        "4 cells: 3 found (0 unchecked), 1 missing",
        "1,234 tokens",
    ):
        assert said in result.stdout
    for export in server.exports.values():
        assert export["job_id"] == "j2"
        assert export["options"]["source"] and export["options"]["confidence"]


def test_a_log_gets_no_control_characters_whatever_documents_say(server: ScriptedApi, run: Command) -> None:
    server.extractions = two_rows()
    result = run()
    assert all(c.isprintable() or c == "\n" for c in result.output)


def test_only_the_formats_that_are_wanted_are_written(server: ScriptedApi, run: Command, folder: Path) -> None:
    assert run("--formats", "json").exit_code == 0
    assert [p.name for p in (folder / "out").iterdir()] == ["dataset.json"]


def test_the_sample_can_be_sized_and_left_out(server: ScriptedApi, run: Command) -> None:
    assert run("--sample", "2").exit_code == 0
    assert run("--sample", "0").exit_code == 0
    assert [j["kind"] for j in server.jobs.values()] == ["SAMPLE", "FULL", "FULL"]
    assert server.jobs["j1"]["documents_total"] == 2


def test_a_sample_can_be_drawn_again_or_be_the_first_documents(server: ScriptedApi, run: Command) -> None:
    told = run("--sample", "2", "--sample-seed", "7").stdout
    assert "tried a sample of 2 documents with offline (--sample-seed 7 draws the same again)" in told
    assert "--sample-seed" not in run("--first-documents").stdout
    samples = [body for body in server.requested_jobs if body["kind"] == "SAMPLE"]
    assert samples == [
        {"kind": "SAMPLE", "sample_size": 2, "sample_seed": 7},
        {"kind": "SAMPLE", "sample_size": 1, "first_documents": True},
    ]


def test_both_jobs_have_the_settings_that_are_given_in_place_of_the_projects(server: ScriptedApi, run: Command) -> None:
    assert run("--verify", "all", "--reasoning-effort", "LOW").exit_code == 0
    assert [(body["verify"], body["reasoning_effort"]) for body in server.requested_jobs] == [("ALL", "low")] * 2
    assert run().exit_code == 0
    assert not {"verify", "reasoning_effort"} & server.requested_jobs[-1].keys()


def test_the_columns_that_are_wanted_stand_beside_the_values(server: ScriptedApi, run: Command) -> None:
    everything = ",".join(ExportOptions.model_fields)
    for columns, wanted in (
        ("Source, flags,support", {"source", "flags", "support"}),
        ("", set()),
        (everything, set(ExportOptions.model_fields)),
    ):
        server.exports.clear()
        assert run("--columns", columns).exit_code == 0
        assert [export["options"] for export in server.exports.values()] == [dict.fromkeys(wanted, True)] * 3


def test_the_columns_of_the_client_are_those_of_the_api() -> None:
    assert set(ExportColumns.__annotations__) == set(ExportOptions.model_fields)


def test_what_cannot_be_relied_on_is_counted(server: ScriptedApi, run: Command) -> None:
    server.extractions = [
        extraction("a.txt", "place", "Ayr", "by the river", status="FLAGGED", support="UNCHECKED"),
        extraction("a.txt", "size", None, status="FLAGGED", missing_reason="UNSUPPORTED"),
        extraction("b.txt", "place", None, missing_reason="UNGROUNDED"),
        extraction("b.txt", "size", {"low": 400, "high": 500, "low_closed": True, "high_closed": True}, "400-500"),
    ]
    told = run().stdout
    assert "4 cells: 2 found (1 unchecked), 2 missing with a reason (2 withheld), 2 flagged" in told
    assert "400 to 500" in told


def test_a_quote_that_the_document_does_not_have_is_not_shown(server: ScriptedApi, run: Command) -> None:
    invented = {"quote": "as nobody wrote", "match": "NONE"}
    server.extractions = [extraction("a.txt", "place", "Ayr", status="FLAGGED", evidence=invented)]
    told = run().stdout
    assert "Ayr" in told and "nobody wrote" not in told


def test_pages_that_were_not_read_are_named(server: ScriptedApi, run: Command) -> None:
    server.unread_pages = {"a.txt": [2, 5], "b.txt": [1]}
    for server.extractions in (two_rows(), []):
        told = run().stdout
        assert "a.txt: no text was read of pages 2, 5; what is not found may stand there" in told
        assert "b.txt: no text was read of page 1;" in told


def test_a_text_column_is_passed_on_and_a_guessed_one_told(server: ScriptedApi, run: Command, folder: Path) -> None:
    (folder / "docs" / "news.csv").write_text("id,story\n1,There was a strike.\n")
    told = run()
    assert (told.exit_code, server.text_columns) == (0, {""})
    assert "news.csv: the column 'story' was guessed" in told.stdout
    assert run("--text-column", "story").exit_code == 0
    assert server.text_columns == {"", "story"}


def test_documents_that_repeat_others_are_coded_unless_left_out(server: ScriptedApi, run: Command) -> None:
    server.corpus = {"duplicate_count": 3}
    assert "3 documents repeat another: coded too, unless you say --leave-out-duplicates" in run().stdout
    assert "3 documents repeat another: left out" in run("--leave-out-duplicates").stdout
    assert [body.get("leave_out_duplicates", False) for body in server.requested_jobs] == [False, False, True, True]


def test_the_documents_language_is_the_default_of_the_projects_and_told(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    server.corpus = {"languages": {"pt": 2}, "suggested_language": "Portuguese"}
    assert "language: Portuguese (the project file names no language" in run().stdout
    assert server.projects["p1"]["language"] == "Portuguese"
    (folder / "project.yaml").write_text(f"language: Galician\n{PROJECT}")
    assert "Portuguese" not in run().stdout
    assert server.projects["p2"]["language"] == "Galician"


def test_the_model_named_on_the_command_line_wins_over_the_files(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    (folder / "project.yaml").write_text(PROJECT + "model: openai:from-the-file\n")
    assert run("--model", "openai:gpt-5-mini").exit_code == 0
    assert run().exit_code == 0
    assert [p["model"] for p in server.projects.values()] == ["openai:gpt-5-mini", "openai:from-the-file"]


def test_how_much_of_the_truth_was_found(server: ScriptedApi, run: Command, folder: Path) -> None:
    server.extractions = two_rows()
    (folder / "truth.csv").write_text("document,place,size\na.txt,the town of Ayr|Ayr,23\nb.txt,,300\nz.txt,Ely,1\n")

    result = run("--truth", "truth.csv")

    assert result.exit_code == 0
    assert "3 of 4 cells are as a person coded them (75%), 3 of them exactly" in result.stdout
    assert "token F1" in result.stdout
    assert "not compared, because not among the documents: z.txt" in result.stdout


def test_documents_that_fail_are_listed_with_their_reason_and_the_rest_is_coded(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    (folder / "docs" / "broken.pdf").write_text("no PDF")
    (folder / "docs" / "refused.bin").write_text("too much")
    over = job("", status="COMPLETE", documents_processed=2, documents_failed=1)
    server.plans = [[update(1, "JOB_COMPLETED", job("", status="COMPLETE"))], [update(1, "JOB_COMPLETED", over)]]

    result = run()

    assert result.exit_code == 3
    assert "2 documents could not be read:" in result.stdout
    assert "broken.pdf: this is no text that can be read; save it again" in result.stdout
    assert "refused.bin: refused.bin is too large" in result.stdout
    assert "1 document could not be coded:" in result.stdout
    assert "a.txt: the model refused" in result.stdout
    assert (folder / "out" / "dataset.csv").exists()


def test_when_nothing_can_be_read_nothing_is_coded(server: ScriptedApi, run: Command, folder: Path) -> None:
    for path in (folder / "docs").iterdir():
        path.rename(path.with_name(f"broken-{path.name}"))
    result = run()
    assert result.exit_code == 1
    assert "nothing to code" in result.stderr
    assert not server.jobs


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "absent.yaml", "docs", "--out", "out"), "absent.yaml"),
        (("run", "bad.yaml", "docs", "--out", "out"), "line 2, variabels: unknown key; did you mean 'variables'?"),
        (("run", "empty.yaml", "docs", "--out", "out"), "names no variables"),
        (("run", "project.yaml", "nowhere/*.txt", "--out", "out"), "nowhere/*.txt: no file matches"),
        (("run", "project.yaml", "docs", "--out", "out", "--truth", "absent.csv"), "absent.csv cannot be read"),
        (("run", "project.yaml", "docs", "--out", "out", "--formats", "csv,pdf"), "'csv,pdf'"),
        (("run", "project.yaml", "docs"), "--out"),
        (("run", "project.yaml", "docs", "--out", "project.yaml"), "--out project.yaml: files cannot be written there"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample", "-1"), "--sample"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample-seed", "-1"), "--sample-seed"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample-seed", "1", "--first-documents"), "one of them"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample", "0", "--first-documents"), "its size is 0"),
        (("run", "project.yaml", "docs", "--out", "out", "--columns", "source,quote"), "'source,quote'"),
        (("run", "project.yaml", "docs", "--out", "out", "--verify", "some"), "--verify"),
        (("run", "project.yaml", "docs", "--out", "out", "--reasoning-effort", "enormous"), "--reasoning-effort"),
        (("resume", "j1", "--out", "out", "--columns", "quote"), "'quote'"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_started(
    server: ScriptedApi, coderai: Command, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    (folder / "bad.yaml").write_text("name: P\nvariabels: []\n")
    (folder / "empty.yaml").write_text("name: P\n")
    result = coderai(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not server.seen


def test_a_url_needs_to_know_who_calls(server: ScriptedApi, run: Command) -> None:
    result = run(CODERAI_EMAIL=None)
    assert result.exit_code == 2
    assert "CODERAI_EMAIL" in result.stderr


def test_a_token_does_in_place_of_a_password(server: ScriptedApi, run: Command) -> None:
    assert run("--token", "given", CODERAI_EMAIL=None).exit_code == 0
    assert not server.count("POST", "/login")


def test_a_model_without_its_key_is_said_before_a_stack_is_started(run: Command, folder: Path) -> None:
    result = run("--model", "openai:gpt-5-mini", CODERAI_URL=None)
    assert result.exit_code == 2
    assert "OPENAI_API_KEY" in result.stderr
    assert not (folder / "data").exists()


def test_a_refusal_is_told_with_its_correlation_id(server: ScriptedApi, run: Command) -> None:
    fields = {"max_values": "must be 1 to 20"}
    server.refusals.append(("POST", "/variables", problem(422, "variable_invalid", "the variable 'size'", fields)))
    result = run()
    assert result.exit_code == 1
    assert "the variable 'size'" in result.stderr
    assert "max_values: must be 1 to 20" in result.stderr
    assert "HTTP 422 variable_invalid; correlation id corr-1" in result.stderr
    assert "of the variable 'place'" in result.stderr
    assert server.projects == {}


def test_nobody_at_the_url_is_said(run: Command) -> None:
    result = run("--url", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "no answer from http://127.0.0.1:1" in result.stderr


def paused_after(coded: int, failed: int = 0) -> list[Json]:
    counts = {"documents_processed": coded + failed, "documents_failed": failed}
    paused = job("", status="PAUSED", status_reason="11 documents failed in a row", **counts)
    return [update(0, None, job("")), update(1, "JOB_PAUSED", paused)]


def sample() -> list[Json]:
    return [update(1, "JOB_COMPLETED", job("", status="COMPLETE"))]


def test_a_job_that_pauses_is_told_with_how_to_go_on(server: ScriptedApi, run: Command, folder: Path) -> None:
    server.plans = [sample(), paused_after(0, failed=1)]
    result = run("--formats", "csv,json", "--columns", "source,page")
    assert result.exit_code == 1
    assert "the full run is paused: 11 documents failed in a row" in result.stderr
    assert "a.txt: the model refused" in result.stdout
    command = f"coderai resume j2 --out out --formats csv,json --columns source,page --url {server.url}"
    assert command in result.stdout
    assert not list((folder / "out").iterdir())


def test_what_is_told_to_go_on_goes_on(server: ScriptedApi, run: Command, coderai: Command, folder: Path) -> None:
    server.plans = [sample(), paused_after(1)]
    run("--formats", "csv")
    server.extractions = two_rows()

    result = coderai("resume", "j2", "--out", "out", "--formats", "csv")

    assert result.exit_code == 0, result.output
    assert server.count("POST", "/resume") == 1
    assert (folder / "out" / "dataset.csv").read_text() == "dataset CSV"


def test_going_on_tries_the_failed_documents_again(
    server: ScriptedApi, run: Command, coderai: Command, folder: Path
) -> None:
    server.plans = [sample(), paused_after(0, failed=1)]
    run("--formats", "csv")

    result = coderai("resume", "j2", "--out", "out", "--formats", "csv")

    assert result.exit_code == 0, result.output
    assert server.count("POST", "/retry-failed") == 1
    assert server.count("POST", "/resume") == 0


def test_a_complete_jobs_dataset_can_be_written_again(
    server: ScriptedApi, run: Command, coderai: Command, folder: Path
) -> None:
    run()
    (folder / "truth.csv").write_text("document,place\na.txt,Ayr\n")
    result = coderai("resume", "j2", "--out", "again", "--truth", "truth.csv")
    assert result.exit_code == 0, result.output
    assert (folder / "again" / "dataset.json").exists()
    assert "0 of 1 cells are as a person coded them" in result.stdout
    assert not server.count("POST", "/resume")


def test_keep_going_goes_on_while_documents_get_done(server: ScriptedApi, run: Command) -> None:
    server.plans = [sample(), paused_after(1)]
    result = run("--keep-going")
    assert result.exit_code == 0, result.output
    assert server.count("POST", "/resume") == 1


def test_keep_going_ends_when_nothing_gets_done(server: ScriptedApi, run: Command) -> None:
    server.plans = [sample(), paused_after(1), paused_after(1, failed=1)]
    result = run("--keep-going")
    assert result.exit_code == 1
    assert server.count("POST", "/resume") == 1


def test_a_sample_that_fails_ends_the_run(server: ScriptedApi, run: Command) -> None:
    failed = job("", status="FAILED", status_reason="the model is unknown")
    server.plans = [[update(1, "JOB_FAILED", failed)]]
    result = run()
    assert result.exit_code == 1
    assert "the sample run is failed: the model is unknown" in result.stderr
    assert len(server.jobs) == 1


def test_when_the_whole_sample_fails_the_rest_is_not_tried(server: ScriptedApi, run: Command) -> None:
    over = job("", status="COMPLETE", documents_processed=1, documents_failed=1)
    server.plans = [[update(1, "JOB_COMPLETED", over)]]
    result = run()
    assert result.exit_code == 1
    assert "a.txt: the model refused" in result.stdout
    assert "no document of the sample could be coded" in result.stderr
    assert len(server.jobs) == 1


def test_a_stream_that_breaks_does_not_end_the_run(server: ScriptedApi, run: Command) -> None:
    server.cuts = [Cut(1), Cut(1, torn=False)]
    assert run().exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_job_is_paused_and_can_be_gone_on_with(
    server: ScriptedApi, environment: dict[str, str | None], folder: Path, number: signal.Signals
) -> None:
    server.plans = [[update(0, None, job("", documents_total=2))]]
    server.held = True
    env = {k: v for k, v in (os.environ | environment).items() if v is not None} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "coderai.client", "run", "project.yaml", "docs", "--out", "out", "--sample", "0"]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not server.resumed_after:
            assert process.poll() is None, process.communicate()
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, (output, errors)
    assert b"coderai resume j1 --out out" in errors
    assert server.jobs["j1"]["status"] == "PAUSED"


INTERRUPTED_WHILE_A_TEXT_IS_EXECUTED = """\
import os, signal
from coderai.client import __main__ as client
from coderai.client.exit_status import exit_status

@client.app.command()
def interrupted():
    with exit_status():
        exec(f"os.kill({os.getpid()}, signal.{os.environ['NUMBER']})")

client.main()
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_an_interrupt_at_any_moment_ends_with_the_status_that_says_so(folder: Path, number: str) -> None:
    """Of a KeyboardInterrupt that comes while a named tuple is made, Python would die in the end, though caught."""
    (folder / "told.py").write_text(INTERRUPTED_WHILE_A_TEXT_IS_EXECUTED)
    env = os.environ | {"PYTHONPATH": str(ROOT), "NUMBER": number}
    command = [sys.executable, "-m", "told", "interrupted"]
    ended = subprocess.run(command, check=False, cwd=folder, env=env, capture_output=True)
    assert (ended.returncode, b"interrupted; nothing is left running" in ended.stderr) == (130, True), ended


def test_what_is_told_to_ignore_ctrl_c_ignores_it(folder: Path) -> None:
    """As the shell has it for what runs in the background."""
    (folder / "told.py").write_text(INTERRUPTED_WHILE_A_TEXT_IS_EXECUTED)
    env = os.environ | {"PYTHONPATH": str(ROOT), "NUMBER": "SIGINT"}
    command = ["sh", "-c", f"trap '' INT; exec {sys.executable} -m told interrupted"]
    assert subprocess.run(command, check=False, cwd=folder, env=env).returncode == 0


def test_suggestions_are_yaml_to_paste_and_leave_nothing_behind(
    server: ScriptedApi, coderai: Command, folder: Path
) -> None:
    (folder / "bare.yaml").write_text("name: P\n")

    result = coderai("suggest", "bare.yaml", "docs", "--hint", "who, and how many")

    assert result.exit_code == 0, result.output
    (suggested,) = yaml.safe_load(result.stdout)
    assert suggested == {
        "name": "participants",
        "type": "NUMBER",
        "instructions": "How many?\nAsked for: who, and how many",
    }
    (folder / "grown.yaml").write_text(f"name: P\nvariables:\n{result.stdout}")
    assert ProjectFile.read(folder / "grown.yaml").spec.variables[0].name == "participants"
    assert not server.projects


def test_the_model_that_codes_is_always_named(server: ScriptedApi, run: Command) -> None:
    assert f"the default of {server.url} codes" in run().stdout
    assert "model: openai:gpt-5-mini" in run("--model", "openai:gpt-5-mini").stdout


@pytest.mark.parametrize("command", [(), ("run",), ("demo",), ("resume",), ("suggest",), ("up",)])
def test_every_command_has_help(coderai: Command, command: tuple[str, ...]) -> None:
    result = coderai(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: coderai" in result.stdout


def test_the_version_is_told(coderai: Command) -> None:
    assert coderai("--version").stdout.startswith("coderai ")
