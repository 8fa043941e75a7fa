"""A project file is checked before anything is started, and what is wrong with it is said where it stands."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from coderai.client.project_file import ProjectFile, ProjectFileInvalid
from coderai.client.project_spec import ProjectSpec, VariableSpec
from coderai.codebook.project_reading import KEYS
from coderai.codebook.variable import Variable

EXAMPLES = Path(__file__).parents[3] / "examples"


def read(folder: Path, text: str) -> ProjectFile:
    path = folder / "project.yaml"
    path.write_text(text, encoding="utf-8")
    return ProjectFile.read(path)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/project.yaml")), ids=lambda path: path.parent.name)
def test_the_examples_are_valid(path: Path) -> None:
    project = ProjectFile.read(path)
    assert project.spec.variables
    assert project.truth is not None and project.truth.is_file()


def test_short_forms_are_sent_as_the_api_has_them(tmp_path: Path) -> None:
    project = read(
        tmp_path,
        "name: P\nunit: one protest\nvariables:\n  - {name: a, type: category, categories: [yes, no], prompt: Say.}\n",
    )
    assert project.spec.request() == {"name": "P", "unit": {"row_is": "one protest"}}
    categories = [{"value": "yes"}, {"value": "no"}]
    assert project.spec.variables[0].request() == {"name": "a", "type": "CATEGORY", "categories": categories}
    assert project.spec.variables[0].prompt is not None
    assert project.spec.variables[0].prompt.request() == {"text": "Say."}


def test_the_command_reads_the_keys_that_the_api_has(tmp_path: Path) -> None:
    assert set(KEYS[None]) == set(ProjectSpec.model_fields)
    assert set(KEYS[Variable]) == set(VariableSpec.model_fields)


def test_only_what_the_file_says_is_sent(tmp_path: Path) -> None:
    project = read(
        tmp_path, "name: P\nsample_size: 3\ntruth: t.csv\nvariables: [{name: day, type: DATE, instructions: When}]\n"
    )
    assert project.spec.request() == {"name": "P"}
    assert project.spec.variables[0].request() == {"name": "day", "type": "DATE", "instructions": "When"}
    assert project.truth == tmp_path / "t.csv"


def test_a_date_stays_the_text_that_it_is_written_as(tmp_path: Path) -> None:
    project = read(tmp_path, "name: P\nvariables: [{name: day, type: DATE, validation_rules: {min: 2020-01-01}}]")
    assert project.spec.variables[0].request()["validation_rules"] == {"min": "2020-01-01"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nam: P\n", "line 1, nam: unknown key; did you mean 'name'?"),
        ("description: about\n", "line 1, name: is missing"),
        (
            "name: P\nvariables:\n  - name: size\n    type: NUMBER\n    instrucions: How many?\n",
            "line 5, variables[0].instrucions: unknown key; did you mean 'instructions'?",
        ),
        (
            "name: P\nvariables:\n  - {name: size, type: numbr}\n",
            "line 3, variables[0].type: 'numbr' is none of TEXT, NUMBER, DATE, CATEGORY, BOOLEAN; "
            "did you mean 'NUMBER'?",
        ),
        ("name: P\nunit: {row: x}\n", "line 2, unit.row: unknown key; did you mean 'row_is'?"),
        ("name: P\nname: Q\n", "line 2, name: stands here more than once"),
        ("name: P\nvariables: [{name: Number of dead, type: text}]\n", "did you mean 'number_of_dead'?"),
        ("name: P\nunit:\n\trow_is: x\n", "line 3: it begins with a tab; YAML wants spaces there"),
        ("name: P\nsample_size: few\n", "line 2, sample_size: must be a whole number"),
        ("name: P\nvariables: none\n", "line 2, variables: must be a list"),
    ],
)
def test_a_problem_names_line_key_and_the_nearest_valid_one(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ProjectFileInvalid) as caught:
        read(tmp_path, text)
    assert any(told.endswith(problem) for told in caught.value.problems)
    assert str(tmp_path / "project.yaml") in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b\n",
        "name: [",
        "name: !!python/object/apply:os.system [date]\n",
        "a: &x [*x]\n",
        "? [a]\n: 1\n",
        "1: 2\n",
    ],
)
def test_what_is_no_project_at_all_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProjectFileInvalid):
        read(tmp_path, text)


def test_a_file_that_is_absent_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileInvalid, match="there is no such file"):
        ProjectFile.read(tmp_path / "absent.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProjectFileInvalid, match="save it as UTF-8"):
        ProjectFile.read(tmp_path / "binary.yaml")
    with pytest.raises(ProjectFileInvalid, match="this folder has no"):
        ProjectFile.read(tmp_path)


def test_a_bundle_is_taken_for_its_project_file_packed_or_not(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    with ZipFile(bundle, "w") as archive:
        archive.writestr("project.yaml", "name: Strikes\nvariables: [{name: place, type: text}]")
        archive.writestr("manifest-sha256.txt", "")
    with ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    for path in (bundle, tmp_path / "unpacked", tmp_path / "unpacked" / "project.yaml"):
        spec = ProjectFile.read(path).spec
        assert (spec.name, [one.name for one in spec.variables]) == ("Strikes", ["place"])


@pytest.mark.parametrize("files", [{}, {"project.yaml": "name: x"}, {"manifest-sha256.txt": ""}])
def test_a_zip_that_is_no_bundle_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with pytest.raises(ProjectFileInvalid, match=r"is no bundle|is in it"):
        ProjectFile.read(tmp_path / "x.zip")
    (tmp_path / "x.zip").write_bytes((tmp_path / "x.zip").read_bytes()[:-3])
    with pytest.raises(ProjectFileInvalid):
        ProjectFile.read(tmp_path / "x.zip")
