"""Checks that the project file of a bundle, with which others run the same again, defines what its codebook does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from coderai.client.verify.bundle import Bundle, Unreadable, whole
from coderai.client.verify.codebook_file import CODEBOOK, CodebookFile
from coderai.client.verify.findings import Findings
from coderai.codebook.definition import define, definition
from coderai.codebook.names import title_of
from coderai.codebook.plain import write
from coderai.codebook.problems import VariableInvalid
from coderai.codebook.project_reading import ProjectYamlInvalid, read_project
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable

PROJECT_FILE = "project.yaml"
_MOST = 50_000_000
"""Bytes."""


def check_project_file(bundle: Bundle, codebook: CodebookFile, findings: Findings) -> None:
    """Each variable of the codebook is in the file with the same definition and prompt; the unit is the same."""
    if PROJECT_FILE not in bundle.sizes:
        findings.differs(PROJECT_FILE, "the bundle does not have this file")
        return
    try:
        plain = read_project(whole(bundle, PROJECT_FILE, _MOST))
        found = {one["name"]: _variable(one) for one in plain.get("variables", ())}
    except (Unreadable, ProjectYamlInvalid, VariableInvalid, KeyError, TypeError, ValueError) as error:
        findings.differs(PROJECT_FILE, f"it is no project file: {error}")
        return
    unit = {**write(type(codebook.unit)()), **(plain.get("unit") or {})}
    _compare(unit, write(codebook.unit), "unit", findings)
    for variable in codebook.variables:
        if variable.name not in found:
            findings.differs(PROJECT_FILE, f"it lacks a variable of {CODEBOOK}", what=variable.name)
            continue
        _compare(_told(found[variable.name]), _told(variable), variable.name, findings)
    findings.checked.append(f"{len(found):,} variables of {PROJECT_FILE} against the codebook")


def _variable(plain: Mapping[str, Any]) -> Variable:
    prompt = plain.get("prompt") or {}
    text = prompt if isinstance(prompt, str) else prompt.get("text", "")
    return replace(define("", "", plain, 0), active_prompt=PromptVersion(text=text))


def _told(variable: Variable) -> dict[str, Any]:
    called = variable.display_name or title_of(variable.name)
    return {**definition(variable), "display_name": called, "prompt": variable.active_prompt.text}


def _compare(stands: Mapping[str, Any], should: Mapping[str, Any], of: str, findings: Findings) -> None:
    for name, wanted in should.items():
        if stands.get(name) != wanted:
            problem = f"it defines this otherwise than {CODEBOOK}"
            findings.differs(
                PROJECT_FILE, problem, what=f"{of}, {name}", stands=stands.get(name), should=wanted, values=True
            )
