"""A project file is read in its short forms and any usual encoding, and what is wrong with it is said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from coderai.codebook.names import column_name, name_problem
from coderai.codebook.project_reading import KEYS, ProjectYamlInvalid, read_project
from coderai.codebook.project_yaml import to_yaml

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").rglob("project.yaml"))
BOMB = "name: x\na: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def problems(source: bytes | str) -> tuple[str, ...]:
    with pytest.raises(ProjectYamlInvalid) as caught:
        read_project(source)
    return caught.value.problems


def variable(**fields: Any) -> dict[str, Any]:
    return {"name": "P", "variables": [{"name": "a", **fields}]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_long_form_is_taken_as_it_is_and_written_the_same(path: Path) -> None:
    read = read_project(path.read_bytes())

    assert read_project(to_yaml(read)) == read_project(to_yaml(read_project(to_yaml(read))))
    assert [one["name"] for one in read_project(to_yaml(read))["variables"]] == [v["name"] for v in read["variables"]]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("unit: one protest", {"unit": {"row_is": "one protest"}}),
        ("unit: {rows_per_document: multiple}", {"unit": {"rows_per_document": "MULTIPLE"}}),
        ("verify: all", {"verify": "ALL"}),
        ("language: no", {"language": "no"}),
        ("truth: 2020.10", {"truth": "2020.10"}),
        ("description:", {}),
        ("variables:", {}),
        ("variables: [{name: a, type: number}]", variable(type="NUMBER")),
        ("variables: [{name: a, type: date, if_range: low}]", variable(type="DATE", if_range="LOW")),
        (
            "variables: [{name: a, type: category, categories: [yes, No, 07]}]",
            variable(type="CATEGORY", categories=[{"value": "yes"}, {"value": "No"}, {"value": "07"}]),
        ),
        (
            "variables: [{name: a, type: category, categories: {on: It is., off: , x: 1}}]",
            variable(
                type="CATEGORY",
                categories=[
                    {"value": "on", "description": "It is."},
                    {"value": "off"},
                    {"value": "x", "description": "1"},
                ],
            ),
        ),
        ("variables: [{name: a, type: text, prompt: Who.}]", variable(type="TEXT", prompt={"text": "Who."})),
        ("variables: [{name: a, type: text, default_value: 007}]", variable(type="TEXT", default_value="007")),
        ("variables: [{name: a, type: number, default_value: 7}]", variable(type="NUMBER", default_value=7)),
        ("variables: [{name: a, type: number, default_value: -7e3}]", variable(type="NUMBER", default_value=-7000.0)),
        ("variables: [{name: a, type: number, default_value: .5}]", variable(type="NUMBER", default_value=0.5)),
        ("variables: [{name: a, type: number, default_value: 12:30}]", variable(type="NUMBER", default_value="12:30")),
        ("variables: [{name: a, type: number, default_value: 010}]", variable(type="NUMBER", default_value="010")),
        (
            "variables: [{name: a, type: date, validation_rules: {min: 2020, max: 2021-05-01}}]",
            variable(type="DATE", validation_rules={"min": "2020", "max": "2021-05-01"}),
        ),
        (
            "variables: [{name: a, type: boolean, golden_examples: [{text: No., value: no}, {text: x, value: null}]}]",
            variable(type="BOOLEAN", golden_examples=[{"text": "No.", "value": False}, {"text": "x", "value": None}]),
        ),
        (
            "variables: [{name: a, type: category, categories: [yes, no],"
            " depends_on: [{variable: a, operator: not equals, value: no}]}]",
            variable(
                type="CATEGORY",
                categories=[{"value": "yes"}, {"value": "no"}],
                depends_on=[{"variable": "a", "operator": "NOT_EQUALS", "value": "no"}],
            ),
        ),
    ],
)
def test_short_forms(short: str, long: dict[str, Any]) -> None:
    assert read_project(f"name: P\n{short}\n") == {"name": "P", **long}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_which_they_are(encoding: str) -> None:
    assert read_project("name: Größe, القوة\n".encode(encoding)) == {"name": "Größe, القوة"}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "name: P\ndescription: Größe\n".encode("latin-1"),
            "line 2: it is not in UTF-8, but has the byte 0xf6, which is 'ö'",
        ),
        ("name: P\n".encode("utf-16-le"), "save it as UTF-8"),
        (b"\xfe\xff\x00", "is not in utf-16-be, though its first bytes say so"),
        ("name: P\nunit:\n\trow_is: x\n", "line 3: it begins with a tab"),
        ("name: P\ndescription: The question: how many?\n", "line 2: a ': ' stands inside of a text"),
        ("name: 'P\n", "line 1: a quote is opened here and never closed"),
        ("name: P\nvariables: [\n\n\n", "a bracket, here or before, is opened and never closed"),
        ("name: *P\n", "line 1: a value begins with *"),
        ("name: @P\n", "line 1: a value begins with a character that YAML keeps for itself"),
        ("name: !P x\n", "line 1: a value begins with !"),
        ("name: 'it's'\n", "line 1: something follows a closing quote"),
        ("name: P\nvariables:\n  - name: a\n   type: text\n", "line 4: it is not indented as the lines before it"),
        ("name: P\nfoo\nunit: x\n", "line 3: the line before it is no 'key: value'"),
        ("name: P\n---\nname: Q\n", "line 2: a second document begins"),
        ("name: P\x07\n", "line 1: it has a character that YAML does not take (U+0007)"),
        ("name: &x [*x]\n", "nested too deep"),
        ("name: " + "[" * 5000, "nested too deep"),
        (BOMB, "more than 50,000 keys and values"),
        ("x: [" + "1," * 60_000 + "]", "more than 50,000 keys and values"),
        ("name: P\nunit: [a]\n", "line 2, unit: must hold keys of its own"),
        ("name: [P]\n", "line 1, name: must be text"),
        (
            "name: P\nvariables: [{name: a, type: text}, {name: a, type: date}]\n",
            "is the name of the variable in line 2",
        ),
        ("name: P\nvariables:\n- {name: a}\n", "line 3, variables[0].type: is missing"),
        ("name: P\nvariables:\n- {type: text}\n", "line 3, variables[0].name: is missing"),
        ("name: P\nvariables:\n-\n- {name: a, type: text}\n", "variables[0]: is empty"),
        ("name: P\nvariables: [{name: a, type: number, default_value: .inf}]", "must be a text, a number"),
        ("name: P\nvariables: [{name: a, type: number, max_values: yes}]", "max_values: must be a whole number"),
        ("name: P\nvariables: [{name: عدد, type: number}]", "its display_name may be in any script"),
        ("name: P\nsample_size: -1\n", "line 2, sample_size: must be 0 or more"),
        ("name: ''\n", "line 1, name: is missing"),
    ],
)
def test_what_is_wrong_is_said_in_words(source: bytes | str, told: str) -> None:
    assert any(told in problem for problem in problems(source)), problems(source)


def test_what_is_very_long_is_told_in_part() -> None:
    long = "x" * 100_000
    told = problems(f"{long[:1000]}: 1\nvariables:\n- {{name: {long}!, type: {long}}}\n")
    assert len(told) == 4 and all(len(problem) < 500 for problem in told)


def test_all_problems_are_told_in_the_order_of_lines() -> None:
    told = problems("nam: x\nvariables:\n  - name: A\n    type: numbr\n    max: 1\nsample_size: few\n")

    assert [problem.partition(",")[0] for problem in told] == [
        "line 1",
        "line 1",
        "line 3",
        "line 4",
        "line 5",
        "line 6",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Number of dead", "number_of_dead"),
        ("Größe (in m²)", "grosse_in_m2"),
        ("2nd date", "n_2nd_date"),
        ("año", "ano"),
        ("عدد", ""),
        ("x" * 99, "x" * 63),
    ],
)
def test_a_name_that_is_not_allowed_gets_one_proposed(text: str, name: str) -> None:
    assert column_name(text) == name
    assert (f"did you mean {name!r}?" if name else "display_name") in name_problem(text)
    assert not name or not name_problem(name)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text("name:variables -[]{}&*!|>'\"#\n\t ", max_size=200) | st.binary(max_size=99))
def test_nonsense_is_refused_and_breaks_nothing(source: str | bytes) -> None:
    try:
        read_project(source)
    except ProjectYamlInvalid as error:
        assert error.problems


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "name",
                        "unit",
                        "variables",
                        "type",
                        "categories",
                        "depends_on",
                        "prompt",
                        "validation_rules",
                        "golden_examples",
                        "value",
                        "text",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_any_values_in_any_places_are_taken_or_refused(plain: Any) -> None:
    try:
        read_project(yaml.safe_dump({"name": "x", "variables": plain}))
    except ProjectYamlInvalid as error:
        assert error.problems


def test_formats_are_those_that_there_are_in_any_case_and_each_once() -> None:
    known = ("CSV", "XLSX", "PARQUET")
    assert read_project("name: P\nformats: [xlsx, Csv, XLSX]", formats=known)["formats"] == ["XLSX", "CSV"]
    assert read_project("name: P\nformats: [anything]")["formats"] == ["anything"], "the command knows which there are"
    for wrong, told in (
        (
            "formats: [csv, parqet]",
            "line 2, formats[1]: 'parqet' is none of CSV, XLSX, PARQUET; did you mean 'PARQUET'?",
        ),
        ("formats: csv", "line 2, formats: must be a list"),
        ("format: [csv]", "line 2, format: unknown key; did you mean 'formats'?"),
        ("formats: [[csv]]", "line 2, formats[0]: must be text"),
    ):
        with pytest.raises(ProjectYamlInvalid) as caught:
            read_project(f"name: P\n{wrong}", formats=known)
        assert caught.value.problems[0] == told


def test_the_guide_tells_every_key_and_its_examples_can_be_read() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "project-file.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in guide.split("```yaml\n")[1:]]
    assert len(blocks) == 2
    for block in blocks:
        assert read_project(block)["variables"]
    assert [key for keys in KEYS.values() for key in keys if f"`{key}`" not in guide] == []
    told = problems("name: x\n\nlangage: x\nvariables:\n  - name: Number of dead\n    type: numbr\n")
    assert len(told) == 3 and [one for one in told if one not in guide] == []
