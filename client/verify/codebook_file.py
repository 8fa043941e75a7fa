"""Reads what a bundle's codebook says of its variables and columns, which the other checks go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coderai.client.verify.bundle import Bundle
from coderai.client.verify.columns import Column
from coderai.client.verify.findings import Findings
from coderai.client.verify.json_files import json_object
from coderai.codebook.codebook import Unit
from coderai.codebook.fingerprints import asked, settings
from coderai.codebook.plain import read
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable

CODEBOOK = "codebook/codebook.json"
_LEAST_OF_ROW = 3
"""Columns that every row has: document, document_id, flagged."""


@dataclass(frozen=True, slots=True)
class CodebookFile:
    """What the codebook says."""

    plain: Mapping[str, Any]
    unit: Unit
    variables: Sequence[Variable]
    """With the prompts that they were exported with."""
    columns: Sequence[Column]
    quality: Mapping[str, tuple[Any, Any]]
    """By variable what it states as counted, and as measured."""

    @property
    def is_of_job(self) -> bool:
        """Whether the dataset is one job's rows, without what people said."""
        return self.plain.get("source") == "JOB"

    @property
    def is_whole(self) -> bool:
        """Whether the dataset is all of the project's."""
        return not self.plain.get("choice")


def read_codebook(bundle: Bundle, findings: Findings) -> CodebookFile | None:
    """The codebook; None, which is told, where it is missing or none."""
    plain = json_object(bundle, CODEBOOK, findings)
    if plain is None:
        return None
    try:
        found = _read(plain)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        findings.differs(CODEBOOK, f"this is no codebook: {error!r}")
        return None
    _check_fingerprints(found, findings)
    findings.checked.append(f"the codebook with {len(found.variables):,} variables")
    return found


def _read(plain: Mapping[str, Any]) -> CodebookFile:
    variables = [_variable(one) for one in plain["codebook"]]
    choice = plain.get("choice")
    if choice is not None and not isinstance(choice, dict):
        raise ValueError("its choice is none")
    columns = [Column(one["name"], one["variable"], one["detail"], one["storage"]) for one in plain["columns"]]
    if len([column for column in columns if not column.variable]) < _LEAST_OF_ROW:
        raise ValueError("its columns are not those of a dataset")
    quality = {one["name"]: (one["quality"], one["measured"]) for one in plain["codebook"]}
    return CodebookFile(plain, read(Unit, plain["project"]["unit"]), variables, columns, quality)


def _variable(plain: Mapping[str, Any]) -> Variable:
    prompt = {"version": plain["prompt_version"], "text": plain["prompt"], **plain.get("prompt_settings", {})}
    variable = read(Variable, {"id": plain["name"], **plain, "active_prompt": None})
    return replace(variable, active_prompt=read(PromptVersion, prompt))


def _check_fingerprints(codebook: CodebookFile, findings: Findings) -> None:
    """The fingerprints are those of the definitions and prompts beside them."""
    given = {one["name"]: one.get("fingerprints") or {} for one in codebook.plain["codebook"]}
    for variable in codebook.variables:
        made = {"asked": asked(variable, codebook.unit), "settings": settings(variable)}
        for name, fingerprint in made.items():
            stands = given[variable.name].get(name)
            if stands != fingerprint:
                findings.differs(
                    CODEBOOK,
                    "the fingerprint is not that of the definition and the prompt beside it",
                    what=f"{variable.name}, {name}",
                    stands=stands,
                    should=fingerprint,
                    values=True,
                )
