"""Reads a project file, by itself or in a bundle: the YAML from which the command makes a project and its variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import is_zipfile

from coderai.client.errors import UsageError
from coderai.client.project_spec import ProjectSpec
from coderai.client.verify.bundle import NotABundle, Unreadable, opened, whole
from coderai.client.wanted import EXPORT_FORMATS
from coderai.codebook.project_reading import ProjectYamlInvalid, read_project

PROJECT_FILE = "project.yaml"
"""What it is called in a bundle."""
_MOST_BYTES = 50_000_000
_MOST_PROBLEMS_SHOWN = 12


class ProjectFileInvalid(UsageError):
    """The project file is not what a project can be made from."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        shown = [f"  {problem}" for problem in problems[:_MOST_PROBLEMS_SHOWN]]
        if len(problems) > len(shown):
            shown.append(f"  ... and {len(problems) - len(shown)} more")
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{path} has {count}:", *shown]))
        self.path, self.problems = path, tuple(problems)


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A project file that has been checked."""

    path: Path
    spec: ProjectSpec

    @property
    def truth(self) -> Path | None:
        """The hand-coded values that the file names, a path from the file's own folder."""
        return self.path.parent / self.spec.truth if self.spec.truth else None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads and checks a file; whether what it says makes sense, the API knows.

        `path`: the file, or a bundle that has one, packed or not.

        Raises:
            ProjectFileInvalid: names the line, the key and, for an unknown key, the nearest valid one.
        """
        try:
            return cls(path, ProjectSpec.model_validate(read_project(_bytes(path), formats=EXPORT_FORMATS)))
        except FileNotFoundError:
            raise ProjectFileInvalid(path, ["there is no such file"]) from None
        except OSError as error:
            raise ProjectFileInvalid(path, [f"cannot be read: {error.strerror}"]) from None
        except ProjectYamlInvalid as error:
            raise ProjectFileInvalid(path, error.problems) from None


def _bytes(path: Path) -> bytes:
    """Raises ProjectFileInvalid, OSError."""
    if path.is_dir():
        folder, path = path, path / PROJECT_FILE
        if not path.is_file():
            raise ProjectFileInvalid(folder, [f"this folder has no {PROJECT_FILE}"])
    if not is_zipfile(path):
        return path.read_bytes()
    try:
        with opened(path) as bundle:
            if PROJECT_FILE in bundle.sizes:
                return whole(bundle, PROJECT_FILE, _MOST_BYTES)
    except (NotABundle, Unreadable) as error:
        raise ProjectFileInvalid(path, [str(error)]) from None
    raise ProjectFileInvalid(path, [f"no {PROJECT_FILE} is in it"])
