"""The command does the main job, says what it does, and ends with a status that scripts can rely on."""

from pathlib import Path

import pytest
import yaml
from scripted_api import Cut, Json, ScriptedApi, job, problem, update
from scripted_rows import PROJECT, Command, two_rows

from coderai.client.project_file import ProjectFile


def test_the_whole_job(server: ScriptedApi, run: Command, folder: Path) -> None:
    server.extractions = two_rows()

    result = run()

    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in (folder / "out").iterdir()) == [
        "dataset-codebook.md",
        "dataset-codebook.xml",
        "dataset-load.R",
        "dataset.csv",
        "dataset.json",
        "dataset.xlsx",
    ]
    assert [j["kind"] for j in server.jobs.values()] == ["SAMPLE", "FULL"]
    assert [j["documents_total"] for j in server.jobs.values()] == [1, 1]
    for said in (
        "in the town of Ayr",
        "0.61 flagged",
        "- not stated",
        "4 cells: 3 found (0 unchecked), 1 missing",
        "1,234 tokens",
    ):
        assert said in result.stdout
    for export in server.exports.values():
        assert "job_id" not in export
        assert export["options"]["source"] and export["options"]["confidence"]


def test_a_prompt_of_the_project_file_takes_the_place_of_the_generated_one(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    (folder / "project.yaml").write_text(
        "name: P\nvariables:\n- {name: place, type: text}\n- {name: size, type: number, prompt: Count them.}\n"
    )
    assert run().exit_code == 0
    assert server.prompts == {"v1": {"text": "Count them."}}


def test_calls_that_check_answers_are_told_apart(server: ScriptedApi, run: Command) -> None:
    server.extractions = two_rows()
    server.receipt = {"judge_calls": 1, "judge_tokens_in": 900, "judge_tokens_out": 50, "deciding_calls": 2}
    said = run().stdout
    assert "1 call with 950 tokens went to checking whether quotes state their values" in said
    assert "2 calls with 0 tokens went to choosing between values" in said
    assert "telling entities apart" not in said


def test_a_log_gets_no_control_characters_whatever_documents_say(server: ScriptedApi, run: Command) -> None:
    server.extractions = two_rows()
    result = run()
    assert all(c.isprintable() or c == "\n" for c in result.output)


def test_only_the_formats_that_are_wanted_are_written(server: ScriptedApi, run: Command, folder: Path) -> None:
    assert run("--formats", "json").exit_code == 0
    assert sorted(p.name for p in (folder / "out").iterdir()) == ["dataset-codebook.xml", "dataset.json"]


def test_the_project_file_may_say_which_formats_are_written(
    server: ScriptedApi, run: Command, coderai: Command, folder: Path
) -> None:
    (folder / "project.yaml").write_text(f"{PROJECT}formats: [json, Parquet, json]\n")
    assert run().exit_code == 0
    assert "formats" not in server.projects["p1"]
    assert run("--formats", "csv").exit_code == 0
    assert coderai("resume", "j2").exit_code == 0
    (folder / "project.yaml").write_text(f"{PROJECT}formats: [html]\n")
    told = run()
    assert (told.exit_code, "formats" in told.stdout) == (0, False), "they are no change of the project"
    assert [export["format"] for export in server.exports.values()] == [
        *("JSON", "PARQUET"),
        "CSV",
        *("JSON", "PARQUET"),
        "HTML",
    ]


def test_the_sample_can_be_sized_and_left_out(server: ScriptedApi, run: Command) -> None:
    assert run("--sample", "2").exit_code == 0
    server.coded.clear()
    assert run("--sample", "0", "--fresh").exit_code == 0
    assert [(j["kind"], j["documents_total"]) for j in server.jobs.values()] == [("SAMPLE", 2), ("FULL", 2)]


def test_a_text_column_is_passed_on_and_a_guessed_one_told(server: ScriptedApi, run: Command, folder: Path) -> None:
    (folder / "docs" / "news.csv").write_text("id,story\n1,There was a strike.\n")
    told = run()
    assert (told.exit_code, server.text_columns) == (0, {""})
    assert "news.csv: the column 'story' was guessed" in told.stdout
    server.documents[-1] |= {"document_count": 1, "text_column": "id"}
    assert run("--text-column", "story").exit_code == 0
    assert server.text_columns == {"", "story"}


def test_documents_that_repeat_others_are_coded_unless_left_out(server: ScriptedApi, run: Command) -> None:
    server.corpus = {"duplicate_count": 3}
    assert "3 documents repeat another: coded too, unless you say --leave-out-duplicates" in run().stdout
    server.coded.clear()
    assert "3 documents repeat another: left out" in run("--leave-out-duplicates", "--fresh").stdout
    assert [body.get("leave_out_duplicates", False) for body in server.requested_jobs] == [False, False, True, True]


def test_the_documents_language_is_the_default_of_the_projects_and_told(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    server.corpus = {"languages": {"pt": 2}, "suggested_language": "Portuguese"}
    assert "language: Portuguese (the project file names no language" in run().stdout
    assert server.projects["p1"]["language"] == "Portuguese"
    (folder / "project.yaml").write_text(f"language: Galician\n{PROJECT}")
    assert "Portuguese" not in run().stdout
    assert server.projects["p1"]["language"] == "Galician"


def test_the_model_named_on_the_command_line_wins_over_the_files(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    (folder / "project.yaml").write_text(PROJECT + "model: openai:from-the-file\n")
    assert run("--model", "openai:gpt-5-mini").exit_code == 0
    assert run("--fresh").exit_code == 0
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
    server.plans = [[update(1, "JOB_COMPLETED", over)]]

    result = run("--sample", "0")

    assert result.exit_code == 4
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
        (("run", "project.yaml", "docs", "--out", "out", "--formats", "csv,pdf"), "not 'pdf'"),
        (("run", "project.yaml", "docs", "--out", "out", "--formats", "cvs"), "not 'cvs'; did you mean 'csv'?"),
        (("run", "formats.yaml", "docs", "--out", "out"), "line 2, formats[1]: 'exel' is none of CSV, XLSX"),
        (("run", "project.yaml", "docs"), "--out"),
        (("run", "project.yaml", "docs", "--out", "project.yaml"), "--out project.yaml: files cannot be written there"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample", "-1"), "--sample"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample-seed", "-1"), "--sample-seed"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample-seed", "1", "--first-documents"), "one of them"),
        (("run", "project.yaml", "docs", "--out", "out", "--sample", "0", "--first-documents"), "its size is 0"),
        (
            ("run", "project.yaml", "docs", "--out", "out", "--columns", "quote,pages"),
            "not 'pages'; did you mean 'page'?",
        ),
        (("run", "project.yaml", "docs", "--out", "out", "--verify", "some"), "--verify"),
        (("run", "project.yaml", "docs", "--out", "out", "--reasoning-effort", "enormous"), "--reasoning-effort"),
        (("resume", "j1", "--out", "out", "--columns", "quotes"), "did you mean 'quote'?"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_started(
    server: ScriptedApi, coderai: Command, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    (folder / "bad.yaml").write_text("name: P\nvariabels: []\n")
    (folder / "empty.yaml").write_text("name: P\n")
    (folder / "formats.yaml").write_text("name: P\nformats: [csv, exel]\n")
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


def test_a_refusal_is_told_with_its_correlation_and_trace_ids(server: ScriptedApi, run: Command) -> None:
    fields = {"max_values": "must be 1 to 20"}
    server.refusals.append(("POST", "/variables", problem(422, "variable_invalid", "the variable 'size'", fields)))
    result = run()
    assert result.exit_code == 1
    assert "the variable 'size'" in result.stderr
    assert "max_values: must be 1 to 20" in result.stderr
    assert "HTTP 422 variable_invalid; correlation id corr-1; trace 7ace" in result.stderr
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
    assert "b.txt: the model refused" in result.stdout
    command = "coderai run project.yaml docs --out out --yes --formats csv,json --columns source,page"
    assert f"To go on: {command}\n" in result.stdout
    assert not list((folder / "out").iterdir())


def test_what_is_told_to_go_on_goes_on(server: ScriptedApi, run: Command, coderai: Command, folder: Path) -> None:
    server.plans = [sample(), paused_after(1)]
    run("--formats", "csv")
    server.extractions = two_rows()

    result = coderai("resume", "j2", "--out", "out", "--formats", "csv")

    assert result.exit_code == 0, result.output
    assert server.count("POST", "/resume") == 1
    assert (folder / "out" / "dataset.csv").read_text() == "what dataset.csv holds"


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


@pytest.mark.parametrize(
    "command", [(), ("run",), ("demo",), ("resume",), ("jobs",), ("projects",), ("suggest",), ("up",)]
)
def test_every_command_has_help(coderai: Command, command: tuple[str, ...]) -> None:
    result = coderai(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: coderai" in result.stdout


def test_the_version_is_told(coderai: Command) -> None:
    assert coderai("--version").stdout.startswith("coderai ")


def test_a_model_that_cannot_be_asked_is_told_before_anything_is_uploaded(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    why = "the provider refused the API key for openai:gpt-5-mini: check OPENAI_API_KEY"
    server.model_problem = why
    result = run("--model", "openai:gpt-5-mini")
    assert (result.exit_code, server.documents, server.projects) == (1, [], {})
    assert why in result.output


def test_the_offline_engine_is_not_checked_and_others_are(server: ScriptedApi, run: Command) -> None:
    assert run().exit_code == 0
    assert not [path for _, path in server.seen if path.endswith("/check-model")]
    said = run("--model", "openai:gpt-5-mini").stdout
    assert "openai:gpt-5-mini answers, within 0.5 s" in said


def test_a_model_that_does_not_answer_is_told_while_the_job_waits(server: ScriptedApi, run: Command) -> None:
    why = "openai:gpt-5-mini is not reachable: connection refused; trying again in 4 s"
    waits = update(2, "MODEL_WAITING", job("j1", "FULL"))
    waits["event"]["message"] = why
    done = job("j1", "FULL", "COMPLETE", documents_total=2, documents_processed=2)
    server.plans.append([update(1, "JOB_STARTED", job("j1")), waits, update(3, "JOB_COMPLETED", done)])
    assert why in run("--sample", "0").output
