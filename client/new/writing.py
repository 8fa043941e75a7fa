"""Writes the project file of a project that the guided setup has made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from coderai.client.errors import UsageError
from coderai.client.models import Project, Variable
from coderai.codebook.project_yaml import EXPLAINED, to_yaml


def project_yaml(
    project: Project, variables: Sequence[Variable], sample_size: int, reasons: Mapping[str, str], how_to_run: str
) -> str:
    """The file's text; `reasons` say above a key why it is as it is, `how_to_run` is the command that takes it."""
    plain = project.model_dump(exclude_none=True)
    plain |= {"variables": [one.model_dump(exclude_none=True) for one in variables], "sample_size": sample_size}
    top = f"A project file: change whatever you like, then run it with\n  {how_to_run}"
    return to_yaml(plain, {**EXPLAINED, "": top, **reasons})


def checked_out(out: Path) -> Path:
    """Where the file goes.

    Raises:
        UsageError: there is one, which may be somebody's work, or none can be made there.
    """
    if out.exists():
        raise UsageError(f"--out {out} is there already, and may hold your work: name another file")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: files cannot be written there ({error.strerror})") from None
    return out
