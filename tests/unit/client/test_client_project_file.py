"""A project file is checked before anything is started, and what is wrong with it is said where it stands."""

from pathlib import Path

import pytest

from coderai.client.project_file import ProjectFile, ProjectFileInvalid
from coderai.client.project_spec import Part, ProjectSpec, VariableSpec
from coderai.projects.v1.projects_service_pb2 import CreateProjectRequest, CreateVariableRequest

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
        (
            "name: P\nvariables:\n  - {name: a, type: TEXT}\n  - {name: a, type: DATE}\n",
            "line 4, variables[1].name: there is a variable 'a' above; names must differ",
        ),
        (
            "name: P\nvariables:\n- {name: A b, type: TEXT}\n",
            "line 3, variables[0].name: 'A b' must begin with a-z and have only a-z, 0-9 and _, 63 characters at most",
        ),
        (
            "name: P\nvariables:\n- name: a\n  type: CATEGORY\n  categories: [{value: no}]\n",
            "line 5, variables[0].categories[0].value: must be text; YAML reads it as False: put it in quotes",
        ),
        (
            "name: P\nvariables:\n- {name: a, type: CATEGORY}\n",
            "line 3, variables[0].type: a CATEGORY variable needs categories",
        ),
        (
            "name: P\nvariables:\n- {name: place, type: TEXT}\n- name: size\n  type: NUMBER\n  depends_on:\n"
            "  - {variable: plce, operator: IS_PRESENT}\n",
            "line 7, variables[1].depends_on[0].variable: there is no other variable 'plce'; did you mean 'place'?",
        ),
        (
            "name: P\nunit: {rows_per_document: MULTIPLE}\n",
            "line 2, unit: MULTIPLE rows need entity_identification_pattern: how an entity is recognised in a document",
        ),
        ("name: P\nsample_size: few\n", "line 2, sample_size: must be a whole number"),
        ("name: P\nvariables: none\n", "line 2, variables: must be a list"),
    ],
)
def test_a_problem_names_line_key_and_the_nearest_valid_one(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ProjectFileInvalid) as caught:
        read(tmp_path, text)
    assert problem in caught.value.problems
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
    with pytest.raises(ProjectFileInvalid, match="cannot be read as YAML"):
        ProjectFile.read(tmp_path / "binary.yaml")


@pytest.mark.parametrize(
    ("part", "message", "only_here"),
    [
        (ProjectSpec, CreateProjectRequest, {"variables", "sample_size", "truth"}),
        (VariableSpec, CreateVariableRequest, set()),
    ],
)
def test_the_keys_are_the_fields_of_the_contract(part: type[Part], message: type, only_here: set[str]) -> None:
    contract = {field.name for field in message.DESCRIPTOR.fields} - {"project_id"}  # type: ignore[attr-defined]
    assert part.model_fields.keys() - only_here == contract
