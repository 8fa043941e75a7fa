"""Writes a dataset's codebook as a project file: what `coderai run` takes, to ask the same of other documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.codebook.fingerprints import content_hash
from coderai.codebook.plain import write
from coderai.codebook.project_yaml import EXPLAINED, to_yaml
from coderai.codebook.variable import Variable
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.unicode_text import as_unicode

PROJECT_FILE = "project.yaml"
"""What it is called in a bundle."""
_FROM_PROJECT = ("project_name", "project_description")
_WRITTEN = ("domain", "language", "document_type", "verify", "ask_per_variable", "chunk_long_documents")
_EXPLAINED = ("description", "language", "unit", "variables")


def write_project_yaml(dataset: Dataset, path: Path) -> None:
    """The project file, with every active prompt written out: none is generated anew when it is run."""
    codebook, added = _with_conditions(dataset)
    comments = {key: EXPLAINED[key] for key in _EXPLAINED} | {"": _head(dataset, codebook)}
    comments |= {f"variables.{name}": f"Not a column of the dataset: {by} depends on it." for name, by in added.items()}
    for name, by in added.items():
        dataset.note(f"the project file has the variable {name}, which was not chosen, as {by} depends on it")
    path.write_text(as_unicode(to_yaml(_plain(codebook), comments)), encoding="utf-8", newline="\n")


def _plain(codebook: Codebook) -> dict[str, Any]:
    plain = write(codebook)
    project = {name.removeprefix("project_"): plain[name] for name in _FROM_PROJECT}
    variables = [_variable(variable) for variable in codebook.variables]
    return project | {name: plain[name] for name in (*_WRITTEN, "unit")} | {"variables": variables}


def _variable(variable: Variable) -> dict[str, Any]:
    """As the API has it; a prompt without an origin is written out, a generated one would not be."""
    plain = asdict(variable)
    del plain["active_prompt"]["origin"]
    return plain


def _with_conditions(dataset: Dataset) -> tuple[Codebook, dict[str, str]]:
    """The codebook with the variables on which others of it depend, though they were not chosen; and who does, by name.

    Conditions on what no job's codebook has any more are left out, as they would be refused.
    """
    known = {variable.name: variable for variable in _known(dataset)}
    names, added = [variable.name for variable in dataset.codebook.variables], dict[str, str]()
    for name in names:
        for condition in known[name].depends_on:
            if condition.variable in known and condition.variable not in names:
                names.append(condition.variable)
                added[condition.variable] = name
    variables = [_without_unknown(known[name], known) for name in known if name in names]
    return replace(dataset.codebook, variables=tuple(variables)), added


def _known(dataset: Dataset) -> Iterator[Variable]:
    """The variables of the dataset, and those that only its jobs had."""
    names = {variable.name for variable in dataset.codebook.variables}
    yield from dataset.codebook.variables
    for run in reversed(list(dataset.provenance.runs() if dataset.provenance else ())):
        for variable in read_codebook(run.codebook).variables:
            if variable.name not in names:
                names.add(variable.name)
                yield variable


def _without_unknown(variable: Variable, known: Iterable[str]) -> Variable:
    return replace(variable, depends_on=tuple(one for one in variable.depends_on if one.variable in known))


def _head(dataset: Dataset, codebook: Codebook) -> str:
    """What the file is, how it is used, and what it does not say."""
    lines = [
        f"The codebook of the dataset {dataset.codebook.project_name!r}. To ask the same of other documents:",
        "",
        f"  coderai run {PROJECT_FILE} my-documents/ --out my-dataset",
        "",
        "Each prompt below is the one that is asked, word by word: where you change a variable, change its prompt too, "
        "or remove that, and one is generated. Answered then by "
        f"{_models(dataset)}; without --model (or a line `model:` here) the built-in offline engine answers.",
    ]
    if not codebook.language:
        lines.append("No language was set: the run sets that of the documents, and tells it to the model.")
    lines += ["", f"Its SHA-256, but for ids and model: {content_hash(codebook)}"]
    return "\n".join(lines)


def _models(dataset: Dataset) -> str:
    runs = list(dataset.provenance.runs()) if dataset.provenance else []
    models = dict.fromkeys([run.job["model"] for run in runs] or [dataset.codebook.model])
    efforts = dict.fromkeys(run.codebook.get("reasoning_effort", "") for run in runs)
    told = [effort for effort in efforts if effort]
    return ", ".join(models) + (f" with the reasoning effort {', '.join(told)}" if told else "")
