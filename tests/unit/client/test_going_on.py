"""The same command goes on where it was, stops after the sample, and asks nothing twice."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from scripted_api import Json, ScriptedApi, job, problem, update
from scripted_rows import PROJECT, Command
from typer.testing import Result

from coderai.client import consent

RUN = ("run", "project.yaml", "docs", "--out", "out")


def coded(server: ScriptedApi) -> list[tuple[str, list[str]]]:
    """The jobs that were started, with the names of their documents."""
    return [(one["kind"], [d["name"] for d in server.documents_of[id_]]) for id_, one in server.jobs.items()]


def pasted(result: Result) -> list[str]:
    """The arguments of the command that is told to go on with."""
    (line,) = re.findall(r"(?:To go on|To code the rest): coderai (.*)", result.output)
    return shlex.split(line)


# Stopping after the sample


def test_without_a_terminal_it_stops_after_the_sample_and_the_command_told_codes_the_rest(
    server: ScriptedApi, coderai: Command, folder: Path
) -> None:
    server.estimate = {"model": "openai:m", "tokens_in": 900, "tokens_out": 90, "cost": 0.137, "seconds": 304.4}
    stopped = coderai(*RUN, "--formats", "csv")
    assert (stopped.exit_code, coded(server)) == (3, [("SAMPLE", ["a.txt"])])
    assert "1 document is left: about 0.14 USD, 5 min 4 s with openai:m" in stopped.stdout
    assert not list((folder / "out").iterdir())

    done = coderai(*pasted(stopped))

    assert done.exit_code == 0, done.output
    assert pasted(stopped) == [*RUN, "--formats", "csv", "--yes"]
    assert coded(server) == [("SAMPLE", ["a.txt"]), ("FULL", ["b.txt"])]
    assert (len(server.projects), server.count("POST", "/documents")) == (1, 1)
    assert (folder / "out" / "dataset.csv").exists()


def test_stopping_twice_asks_nothing_twice(server: ScriptedApi, coderai: Command) -> None:
    assert [coderai(*RUN).exit_code for _ in range(2)] == [3, 3]
    assert coded(server) == [("SAMPLE", ["a.txt"])]


def test_the_sample_alone_is_all_that_was_wanted(server: ScriptedApi, coderai: Command) -> None:
    result = coderai(*RUN, "--sample-only", "--fresh")
    assert (result.exit_code, coded(server)) == (0, [("SAMPLE", ["a.txt"])])
    assert pasted(result) == [*RUN, "--yes"]
    assert coderai(*RUN, "--sample-only", "--yes").exit_code == 2


@pytest.mark.parametrize(("answer", "status"), [(True, 0), (False, 3)])
def test_a_person_is_asked(
    server: ScriptedApi, coderai: Command, monkeypatch: pytest.MonkeyPatch, answer: bool, status: int
) -> None:
    monkeypatch.setattr(consent, "can_ask", lambda: True)
    monkeypatch.setattr(consent.typer, "confirm", lambda text: answer)
    assert coderai(*RUN).exit_code == status
    assert len(coded(server)) == 2 - (not answer)


def test_ctrl_c_is_no_answer(server: ScriptedApi, coderai: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(text: str) -> bool:
        raise typer.Abort

    monkeypatch.setattr(consent, "can_ask", lambda: True)
    monkeypatch.setattr(consent.typer, "confirm", interrupted)
    result = coderai(*RUN)
    assert (result.exit_code, pasted(result), len(coded(server))) == (130, [*RUN], 1)


def test_without_a_sample_it_asks_all_the_same(server: ScriptedApi, coderai: Command) -> None:
    assert (coderai(*RUN, "--sample", "0").exit_code, coded(server)) == (3, [])


def test_a_sample_of_all_documents_leaves_nothing_to_ask(server: ScriptedApi, coderai: Command, folder: Path) -> None:
    assert (coderai(*RUN, "--sample", "2").exit_code, len(coded(server))) == (0, 1)
    assert (folder / "out" / "dataset.csv").exists()


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        ({"model": "offline"}, "at no cost with offline"),
        ({"model": "m", "tokens_in": 12345}, "about 12,345 tokens, at a price that is not known with m"),
        ({"model": "m", "cost": 0.0004, "seconds": 0.2}, "less than 0.01 USD, 1 s with m"),
        ({"model": "m", "cost": 1234.5, "currency": "EUR", "seconds": 7300}, "about 1,234.50 EUR, 2 h 1 min with m"),
    ],
)
def test_the_estimate_says_what_is_known(server: ScriptedApi, coderai: Command, estimate: Json, said: str) -> None:
    server.estimate = estimate
    assert f"1 document is left: {said}" in coderai(*RUN).stdout


def test_secrets_are_not_told(server: ScriptedApi, coderai: Command) -> None:
    given = ("--token", "t0ken", "--password=s3cret", "--email", "ada@example.org")
    result = coderai(*RUN, *given)
    assert pasted(result) == [*RUN, "--email", "ada@example.org", "--yes"]
    assert "t0ken" not in result.output and "s3cret" not in result.output


def test_any_name_of_a_file_is_quoted_as_a_shell_takes_it(server: ScriptedApi, coderai: Command, folder: Path) -> None:
    strange = folder / "docs" / 'it\'s $HOME; `x` & "y".txt'
    strange.write_text("a third")
    arguments = ("run", "project.yaml", str(strange), "docs/a.txt", "--out", "out put")
    result = coderai(*arguments)
    assert pasted(result) == [*arguments, "--yes"]
    assert coderai(*pasted(result)).exit_code == 0


# Going on


def test_the_same_command_again_asks_nothing_and_writes_the_dataset(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    run()
    (folder / "out" / "dataset.csv").unlink()
    again = run()
    assert again.exit_code == 0, again.output
    assert "nothing is left to code" in again.stdout
    assert (len(server.projects), len(server.jobs)) == (1, 2)
    assert (folder / "out" / "dataset.csv").exists()


def test_new_documents_are_uploaded_and_coded_and_no_others(server: ScriptedApi, run: Command, folder: Path) -> None:
    run()
    (folder / "docs" / "c.txt").write_text("This is new.")
    result = run()
    assert "2 files are in the project already" in result.stdout
    assert "uploaded 1 file" in result.stdout
    assert coded(server) == [("SAMPLE", ["a.txt"]), ("FULL", ["b.txt"]), ("FULL", ["c.txt"])]


def test_documents_that_failed_are_tried_again(server: ScriptedApi, run: Command) -> None:
    over = job("", status="COMPLETE", documents_processed=1, documents_failed=1)
    server.plans = [[update(1, "JOB_COMPLETED", job("", status="COMPLETE"))], [update(1, "JOB_COMPLETED", over)]]
    assert run().exit_code == 4
    assert run().exit_code == 0
    assert coded(server) == [("SAMPLE", ["a.txt"]), ("FULL", ["b.txt"]), ("FULL", ["b.txt"])]


def test_fresh_begins_anew(server: ScriptedApi, run: Command) -> None:
    run()
    server.coded.clear()
    assert run("--fresh").exit_code == 0
    assert len(server.projects) == 2
    run()
    assert len(server.projects) == 2


def test_other_documents_or_another_project_file_are_another_run(
    server: ScriptedApi, coderai: Command, folder: Path
) -> None:
    (folder / "others").mkdir()
    (folder / "others" / "z.txt").write_text("z")
    (folder / "second.yaml").write_text(PROJECT)
    for files in (("project.yaml", "docs"), ("project.yaml", "others"), ("second.yaml", "docs")):
        coderai("run", *files, "--out", "out")
    assert len(server.projects) == 3
    for named in (("docs/a.txt", "docs/b.txt"), ("docs/*.txt",), (str(folder / "docs"),)):
        coderai("run", "project.yaml", *named, "--out", "elsewhere")
    assert len(server.projects) == 3


def test_a_project_that_is_gone_is_made_anew(server: ScriptedApi, run: Command) -> None:
    run()
    server.projects.clear()
    server.coded.clear()
    result = run()
    assert "is gone: making it anew" in result.stdout
    assert (result.exit_code, len(server.projects)) == (0, 1)


def test_files_that_are_gone_keep_their_rows_and_are_not_asked_again(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    run()
    (folder / "docs" / "a.txt").unlink()
    server.coded.clear()
    result = run()
    assert "a.txt: in the project from an earlier run, and not among the files now" in result.stdout
    assert coded(server)[2:] == [("SAMPLE", ["b.txt"])]


def test_what_is_remembered_may_be_lost_or_nonsense(server: ScriptedApi, run: Command, folder: Path) -> None:
    run()
    for text in ("", "nonsense", "[]", '{"x": {"run": {"colour": 3}}}', '{"x": 3}'):
        (folder / "data" / "runs.json").write_text(text)
        server.coded.clear()
        assert run().exit_code == 0
    assert len(server.projects) == 6


def test_documents_of_the_sample_that_are_deleted_are_no_part_of_it_any_more(
    server: ScriptedApi, coderai: Command, folder: Path
) -> None:
    assert coderai(*RUN, "--sample", "2", "--sample-only").exit_code == 0
    server.documents = [one for one in server.documents if one["name"] != "a.txt"]
    (folder / "docs" / "a.txt").unlink()
    (folder / "docs" / "c.txt").write_text("This is new.")
    server.coded.clear()
    assert coderai(*RUN, "--sample", "2").exit_code == 3
    assert coded(server)[-1] == ("SAMPLE", ["b.txt"])


def test_a_sample_that_pauses_is_gone_on_with_over_the_same_documents(server: ScriptedApi, run: Command) -> None:
    server.plans = [paused()]
    first = run()
    assert (first.exit_code, pasted(first)) == (1, [*RUN, "--yes"])
    assert run().exit_code == 0
    assert coded(server) == [("SAMPLE", ["a.txt"]), ("SAMPLE", ["a.txt"]), ("FULL", ["b.txt"])]


# A project file that has changed


def test_what_has_changed_in_the_project_file_is_changed_in_the_project_and_told(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    run()
    (folder / "project.yaml").write_text(
        "name: Vigils\nsample_size: 1\nvariables:\n"
        "  - {name: size, type: NUMBER, instructions: 'How many?'}\n"
        "  - {name: kind, type: TEXT}\n"
    )
    server.coded.remove("d1")
    result = run()
    assert result.exit_code == 0, result.output
    for said in ("the project's name", "size: instructions", "kind is new", "place is gone"):
        assert said in result.stdout
    assert [(one["name"], one.get("instructions")) for one in server.variables] == [
        ("size", "How many?"),
        ("kind", None),
    ]
    assert server.projects["p1"]["name"] == "Vigils"
    assert server.changed_variables == ["size"]
    assert coded(server)[2:] == [("FULL", ["b.txt"])]
    assert "has changed" not in run().stdout


def test_what_people_have_changed_meanwhile_stays_when_the_file_has_not_changed(
    server: ScriptedApi, run: Command
) -> None:
    run()
    server.variables[0]["instructions"] = "As a person improved it"
    run()
    assert server.variables[0]["instructions"] == "As a person improved it"


def test_a_change_that_is_refused_is_made_by_the_next_run(server: ScriptedApi, run: Command, folder: Path) -> None:
    run()
    (folder / "project.yaml").write_text(PROJECT + "  - {name: kind, type: TEXT}\n  - {name: town, type: TEXT}\n")
    server.refusals.append(("POST", "/variables", problem(422, "variable_invalid", "no")))
    refused = run()
    assert (refused.exit_code, "of the variable 'kind'" in refused.stderr) == (1, True)
    assert run().exit_code == 0
    assert [one["name"] for one in server.variables] == ["place", "size", "kind", "town"]


def test_ones_own_words_for_a_prompt_are_followed_and_taken_back(
    server: ScriptedApi, run: Command, folder: Path
) -> None:
    own = PROJECT + "  - {name: kind, type: TEXT, prompt: {text: 'Say what it was.'}}\n"
    (folder / "project.yaml").write_text(own)
    run()
    assert server.prompts == {"v2": {"text": "Say what it was."}}
    (folder / "project.yaml").write_text(own.replace("what it was", "which kind it was"))
    assert "kind: prompt" in run().stdout
    assert server.prompts == {"v2": {"text": "Say which kind it was."}}
    (folder / "project.yaml").write_text(own.replace(", prompt: {text: 'Say what it was.'}", ""))
    run()
    assert server.prompts == {"v2": {}}


def test_only_another_order_is_followed(server: ScriptedApi, run: Command, folder: Path) -> None:
    run()
    (folder / "project.yaml").write_text(
        "name: Protests\nsample_size: 1\nvariables:\n  - {name: size, type: NUMBER}\n  - {name: place, type: TEXT}\n"
    )
    assert "the order of the columns" in run().stdout
    assert [one["name"] for one in server.variables] == ["size", "place"]


# Jobs under way


def paused() -> list[Json]:
    waits = job("", status="PAUSED", status_reason="paused by a person")
    return [update(0, None, job("")), update(1, "JOB_PAUSED", waits)]


def sample() -> list[Json]:
    return [update(1, "JOB_COMPLETED", job("", status="COMPLETE"))]


def test_a_job_that_waits_goes_on_and_is_the_same(server: ScriptedApi, run: Command) -> None:
    server.plans = [sample(), paused()]
    assert run().exit_code == 1
    result = run()
    assert result.exit_code == 0, result.output
    assert "going on with job j2" in result.stdout
    assert (server.count("POST", "/resume"), len(server.jobs)) == (1, 2)


def test_a_job_that_waits_gives_way_when_there_is_more_to_do(server: ScriptedApi, run: Command, folder: Path) -> None:
    server.plans = [sample(), paused()]
    run()
    (folder / "docs" / "c.txt").write_text("This is new.")
    assert run().exit_code == 0
    assert server.jobs["j2"]["status"] == "CANCELLED"
    assert coded(server)[-1] == ("FULL", ["b.txt", "c.txt"])


def test_a_job_of_another_run_is_followed(server: ScriptedApi, run: Command) -> None:
    server.plans = [sample(), paused()]
    run()
    server.jobs["j2"]["status"] = "PROCESSING"
    over = job("j2", status="COMPLETE", documents_processed=1) | {"project_id": "p1"}
    server.updates["j2"] = [update(2, "JOB_COMPLETED", over)]
    result = run()
    assert result.exit_code == 0, result.output
    assert (server.count("POST", "/resume"), len(server.jobs)) == (0, 2)


def test_the_newest_job_that_can_go_on_is_resumed_without_its_id(
    server: ScriptedApi, run: Command, coderai: Command, folder: Path
) -> None:
    server.plans = [sample(), paused()]
    run("--formats", "csv")
    result = coderai("resume", "--formats", "csv")
    assert result.exit_code == 0, result.output
    assert (folder / "out" / "dataset.csv").exists()
    nothing = coderai("resume")
    assert (nothing.exit_code, "no job can go on" in nothing.stderr) == (2, True)


def test_where_a_job_of_no_run_goes_is_asked_for(server: ScriptedApi, run: Command, coderai: Command) -> None:
    run()
    server.jobs["j2"]["project_id"] = "p9"
    result = coderai("resume", "j2")
    assert (result.exit_code, "give --out" in result.stderr) == (2, True)


def test_jobs_and_projects_are_listed(server: ScriptedApi, run: Command, coderai: Command) -> None:
    assert "There is no project yet" in coderai("projects").stdout
    assert "There is no job yet" in coderai("jobs").stdout
    run()
    assert re.search(r"Protests +p1 ", coderai("projects").stdout)
    listed = coderai("jobs").stdout
    assert listed.index("j2") < listed.index("j1")
    assert re.search(r"j2 +Protests +full +complete +1 of 1 +0 +\$0.05", listed)
    assert "j2" not in coderai("jobs", "--most", "1", "Protests").stdout.replace("j2 ", "", 1)
    assert coderai("jobs", "Nonsense").exit_code == 2


# What was not read


def test_hidden_files_are_passed_over_and_counted(server: ScriptedApi, run: Command, folder: Path) -> None:
    (folder / "docs" / ".git").mkdir()
    for name in (".git/config", ".DS_Store"):
        (folder / "docs" / name).write_text("hidden")
    assert "passed over: 2 hidden files, such as docs/.DS_Store" in run().stdout
    assert [one["name"] for one in server.documents] == ["a.txt", "b.txt"]


def test_what_is_not_in_the_texts_is_told_with_counts_and_examples(server: ScriptedApi, run: Command) -> None:
    server.reports = {
        "a.txt": {"unread_pages": [2, 5], "dropped": ["Page 1", "Page 2"], "left_out_count": 3},
        "b.txt": {"unread_pages": [1], "unsure_pages": [4], "recognised_pages": [{"number": 4, "confidence": 0.4}]},
    }
    said = run().stdout
    assert "no text was read of 3 pages of 2 documents: a.txt pages 2, 5, b.txt page 1; what stands there" in said
    assert "text recognition is unsure of 1 page of 1 document: b.txt page 4" in said
    assert "read by text recognition: 1 page of 1 document" in said
    assert "left out, as pages repeat them: 2 lines of 1 document, such as 'Page 1' in a.txt" in said
    assert "in the files and not in the texts: 3 blocks of 1 document (such as menus), in a.txt" in said
