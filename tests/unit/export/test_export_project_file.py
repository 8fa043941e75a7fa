"""The project file of a dataset says all of its codebook: what is read from it has the same content hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coderai.codebook.codebook import Codebook, Unit, read_codebook
from coderai.codebook.fingerprints import content_hash
from coderai.codebook.plain import write
from coderai.codebook.project_reading import read_project
from coderai.codebook.prompt_version import PromptOrigin, PromptVersion
from coderai.services.export.adapters.project_file import write_project_yaml
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.provenance import Run
from tests.unit.export.datasets import dataset, variable
from tests.unit.export.everything import everything

AWKWARD = [
    "  leading and trailing  ",
    "a\nb\n\n  indented\n",
    "tab\there, # no comment: [not] {yaml} & *this* !that",
    "نص عربي: ما اسم المدينة؟ \u200f",
    "line\u2028separator \x85 and \r\n windows",
    "---\n...\n- a\n? b",
    "yes",
    "1.0",
    "x " * 400,
    "emoji \U0001f600 and zero\u200bwidth \ufeff",
]


def read_back(path: Path, like: Codebook) -> Codebook:
    """The codebook that a server would make of a project file."""
    plain: Mapping[str, Any] = read_project(path.read_bytes())
    names = {"name": "project_name", "description": "project_description"}
    fields = {names.get(name, name): value for name, value in plain.items()}
    titles = {one.name: one.display_name for one in like.variables}
    fields["variables"] = [
        {"id": "new", "display_name": titles[one["name"]], **one, "active_prompt": one.get("prompt", {})}
        for one in plain["variables"]
    ]
    return read_codebook({"hash": "", **fields})


def written(made: Dataset, path: Path) -> Path:
    write_project_yaml(made, path / "project.yaml")
    return path / "project.yaml"


def test_everything_of_a_codebook_is_in_its_project_file(tmp_path: Path) -> None:
    made = everything()
    path = written(made, tmp_path)

    found = read_back(path, made.codebook)
    assert [v.name for v in found.variables] == [v.name for v in made.codebook.variables]
    assert content_hash(found) == content_hash(made.codebook)
    assert content_hash(made.codebook) in path.read_text("utf-8")


@pytest.mark.parametrize("text", AWKWARD, ids=lambda text: f"{text[:10]!r}")
def test_prompts_of_any_wording_come_back_to_the_letter(tmp_path: Path, text: str) -> None:
    prompt = PromptVersion("id", 7, text, 0.25, 321, PromptOrigin.GENERATED)
    one = replace(variable("x"), active_prompt=prompt, instructions=text)
    example = {"text": text, "value": None, "note": text}
    other = variable("y", "CATEGORY", categories=[{"value": text, "description": text}], golden_examples=[example])
    made = dataset([one, replace(other, active_prompt=prompt)], [])
    made = replace(made, codebook=replace(made.codebook, project_description=text, unit=Unit(row_is=text)))
    found = read_back(written(made, tmp_path), made.codebook)

    assert found.variables[0].active_prompt == PromptVersion(text=text, temperature=0.25, max_tokens=321)
    assert content_hash(found) == content_hash(made.codebook)


def test_the_hash_tells_what_is_asked_and_not_where(tmp_path: Path) -> None:
    codebook = dataset([variable("x", prompt="what?")], []).codebook
    (one,) = codebook.variables

    def with_prompt(**fields: Any) -> Codebook:
        return replace(codebook, variables=(replace(one, active_prompt=replace(one.active_prompt, **fields)),))

    elsewhere = replace(codebook, hash="x", project_id="p", model="a:b", token_budget=7, reasoning_effort="low")
    assert content_hash(elsewhere) == content_hash(codebook)
    assert content_hash(with_prompt(id="i", version=9, origin=PromptOrigin.EDITED)) == content_hash(codebook)
    others = [
        *(with_prompt(text="what!"), with_prompt(temperature=0.3), with_prompt(max_tokens=99)),
        replace(codebook, language="Arabic"),
        replace(codebook, variables=(replace(one, confidence_threshold=0.8),)),
        replace(codebook, variables=(one, variable("y"))),
    ]
    assert len({content_hash(one) for one in [codebook, *others]}) == len(others) + 1


def test_what_a_chosen_variable_depends_on_is_there_too(tmp_path: Path) -> None:
    conditions = [
        {"variable": "kind", "operator": "EQUALS", "value": "march"},
        {"variable": "gone", "operator": "IS_PRESENT"},
    ]
    kind, size = (
        variable("kind", prompt="Which?"),
        variable("size", "NUMBER", depends_on=conditions, prompt="How many?"),
    )
    made = dataset([kind, size], [], choice=Choice(variables=("size",)))
    run = Run({"model": "openai:x"}, write(dataset([kind, size], []).codebook), "", ())

    class Runs:
        def runs(self) -> list[Run]:
            return [run]

    path = written(replace(made, provenance=Runs()), tmp_path)  # type: ignore[arg-type]
    plain = read_project(path.read_bytes())
    assert [one["name"] for one in plain["variables"]] == ["size", "kind"]
    assert plain["variables"][0]["depends_on"] == [{"variable": "kind", "operator": "EQUALS", "value": "march"}]
    assert "Not a column of the dataset: size depends on it." in path.read_text("utf-8")
    assert any("kind" in note for note in made.notes)


def test_models_are_named_and_not_asked_for(tmp_path: Path) -> None:
    made = dataset([variable("x", prompt="what?")], [])
    made = replace(made, codebook=replace(made.codebook, model="openai:gpt-x", token_budget=5, reasoning_effort="low"))
    path = written(made, tmp_path)

    assert "openai:gpt-x" in path.read_text("utf-8")
    assert not {"model", "token_budget", "reasoning_effort"} & read_project(path.read_bytes()).keys()
