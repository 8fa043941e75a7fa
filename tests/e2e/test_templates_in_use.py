"""Templates as a researcher uses them: those that ship do what is written of them, and the command keeps one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.client.api import CoderAI
from coderai.client.models import Project
from coderai.client.project_file import ProjectFile
from coderai.client.screen import Screen
from coderai.client.template_accuracy import code, folders, reached, written
from coderai.deploy.stack import LocalStack

PASSWORD = "correct horse battery"
Coderai = Callable[..., Result]


@pytest.fixture(scope="module")
def account(stack: LocalStack) -> Iterator[tuple[CoderAI, str]]:
    """The API as a user of their own, and the user's e-mail."""
    email = f"templates-{uuid4()}@example.org"
    with CoderAI(stack.url) as api:
        api.register(email, PASSWORD)
        yield api, email


@pytest.fixture
def coderai(
    stack: LocalStack, account: tuple[CoderAI, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Coderai:
    """Runs `coderai templates` as that user, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    env = {"CODERAI_URL": stack.url, "CODERAI_EMAIL": account[1], "CODERAI_PASSWORD": PASSWORD, "COLUMNS": "160"}
    return lambda *given: CliRunner().invoke(app, ["templates", *given], env=env, prog_name="coderai")


@pytest.fixture
def project(account: tuple[CoderAI, str]) -> Project:
    api, _ = account
    made = api.create_project(name=f"Strikes {uuid4()}", unit={"row_is": "one strike"})
    size = api.create_variable(made.id, name="size", type="NUMBER", instructions="How many people took part.")
    api.write_prompt(size.id, text="Count them.")
    return made


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_what_the_offline_engine_reaches_is_what_is_written_down(account: tuple[CoderAI, str], folder: Path) -> None:
    api, _ = account
    job, truth = code(api, folder, Screen())
    assert {row.document for row in truth} == {document.name for document in api.documents(job.project_id)}
    assert reached(api, job, truth) == written(folder), "make template-accuracy writes it down"
    accuracy = api.template(folder.name).accuracy
    assert {"model": accuracy.model, "right": accuracy.right, "compared": accuracy.compared} == written(folder)


def test_a_template_goes_out_as_a_project_file_and_comes_back(
    coderai: Coderai, project: Project, tmp_path: Path
) -> None:
    name = f"Sizes {uuid4()}"
    saved = coderai("save", project.name, name, "--description", "For strikes.")
    assert saved.exit_code == 0, saved.output
    assert f"saved the template '{name}' with 1 variable" in saved.stdout

    exported = coderai("export", name.upper())
    (tmp_path / "project.yaml").write_text(exported.stdout, encoding="utf-8")
    (size,) = ProjectFile.read(tmp_path / "project.yaml").spec.variables
    assert size.prompt is not None and size.prompt.text == "Count them."

    again = coderai("import", "project.yaml", "--name", f"{name} again")
    assert again.exit_code == 0, again.output
    listed = coderai("list").stdout
    assert listed.index("news-events") < listed.index(name) < listed.index(f"{name} again")
    shown = coderai("show", name).stdout
    assert "For strikes." in shown and "one strike" in shown and "How many people took part." in shown
    assert coderai("delete", f"{name} again").exit_code == 0
    assert f"{name} again" not in coderai("list").stdout


def test_names_that_clash_are_told_before_anything_is_written(
    account: tuple[CoderAI, str], coderai: Coderai, project: Project
) -> None:
    api, _ = account
    name = f"Clashing {uuid4()}"
    api.save_template(name, yaml="variables: [{name: size, type: text}, {name: place, type: text}]")

    refused = coderai("apply", name, project.id)
    assert refused.exit_code == 2
    assert "already: size; --if-taken skip" in refused.stderr
    assert [variable.name for variable in api.variables(project.id)] == ["size"]

    applied = coderai("apply", name, project.id, "--if-taken", "rename")
    assert applied.exit_code == 0, applied.output
    assert "has 2 variables more" in applied.stdout and "given other names: size" in applied.stdout
    assert [variable.name for variable in api.variables(project.id)] == ["size", "size_2", "place"]


def test_what_is_called_wrongly_is_told_with_what_there_is(coderai: Coderai, tmp_path: Path) -> None:
    unknown = coderai("show", "contract")
    assert unknown.exit_code == 2
    assert "no template is called 'contract'; there are: contracts, interviews, news-events" in unknown.stderr
    (tmp_path / "bad.yaml").write_text("name: x\nvariables:\n- {name: Number of dead, type: number}\n")
    bad = coderai("import", "bad.yaml")
    assert bad.exit_code == 2
    assert "bad.yaml has a problem" in bad.stderr and "did you mean 'number_of_dead'?" in bad.stderr


def test_one_that_ships_shows_what_the_offline_engine_reaches(coderai: Coderai) -> None:
    shown = coderai("show", "contracts")
    assert shown.exit_code == 0, shown.output
    right, compared = (written(folders()[0])[name] for name in ("right", "compared"))
    assert f"the offline engine codes {right} of {compared} cells" in shown.stdout
