"""What `coderai run` remembers of its runs, so that the same command goes on where it was.

A run is known by its project file, by the folders of its documents, and by the account at the installation that it
used: another file or folder is another run. What is remembered stands in runs.json in the data folder, and is of no
more worth than the stack's data beside it: without it the command makes a new project.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from coderai.client.locks import locked
from coderai.client.wanted import EXPORT_FORMATS
from coderai.deploy.secret_files import write_private
from coderai.messages.requests import ExportFormat


@dataclass(frozen=True, slots=True)
class RunKey:
    """What a run is known by."""

    project_file: str
    folders: tuple[str, ...]
    url: str = ""
    """Empty for the stack of the data folder."""
    user_id: str = ""

    @classmethod
    def of(cls, project_file: Path, folders: Collection[Path], url: str = "", user_id: str = "") -> Self:
        """The key of a run over documents in these folders: of those in each other the outer counts."""
        outer = sorted(str(one) for one in folders if not set(folders).intersection(one.parents))
        return cls(str(project_file.resolve()), tuple(outer), url.rstrip("/"), user_id)

    @property
    def name(self) -> str:
        """Short, and another one for another key."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of a run."""

    project_id: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    """What the project file said when the project was last made to follow it."""
    sample_job_id: str = ""
    """The job whose documents are the sample."""
    sample: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for of it: size, seed, first_documents."""
    out: str = ""
    """The folder of the dataset, whole."""
    formats: Sequence[str] = ()
    """Of the dataset's files."""
    is_finished: bool = False
    """Whether the dataset was written since a job was last started."""

    @property
    def known_formats(self) -> list[ExportFormat]:
        """Those of its formats that there are."""
        return [format for format in EXPORT_FORMATS if format in self.formats]


@dataclass(frozen=True, slots=True)
class RunState:
    """The file of all runs in a data folder."""

    folder: Path

    def get(self, key: RunKey) -> Remembered | None:
        """What is known of a run; None when nothing is."""
        found = self._read().get(key.name)
        return Remembered(**found["run"]) if found else None

    def of_project(self, project_id: str) -> Remembered | None:
        """The run that a project was made by; None when there is none."""
        for one in self._read().values():
            if one["run"]["project_id"] == project_id:
                return Remembered(**one["run"])
        return None

    def last_project(self, url: str, user_id: str) -> str:
        """The id of the project of the run that was last noted at this installation; empty when there is none."""
        of_it = (one["run"] for one in self._read().values() if _is_of(one["of"], url, user_id))
        return next((str(run["project_id"]) for run in reversed(list(of_it))), "")

    def put(self, key: RunKey, remembered: Remembered) -> None:
        """Keeps what is known of a run."""
        with locked(self.folder / "runs.lock"):
            others = {name: one for name, one in self._read().items() if name != key.name}
            everything = others | {key.name: {"of": asdict(key), "run": asdict(remembered)}}
            write_private(self.folder / "runs.json", json.dumps(everything, indent=1))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One command at a time makes the project of a run: another one waits, and finds it made."""
        with locked(self.folder / "making.lock"):
            yield

    def _read(self) -> dict[str, Any]:
        """What cannot be read, as after an upgrade, is forgotten."""
        try:
            read = json.loads((self.folder / "runs.json").read_text(encoding="utf-8"))
            for one in read.values():
                Remembered(**one["run"])
                RunKey(**one["of"])
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
            return {}
        return dict(read)


def _is_of(key: Mapping[str, Any], url: str, user_id: str) -> bool:
    return (key["url"], key["user_id"]) == (url.rstrip("/"), user_id)


@dataclass(slots=True)
class RunMemory:
    """What is known of one run, kept as it goes on."""

    state: RunState
    key: RunKey
    run: Remembered | None = None

    is_fresh: bool = False
    """Whether what is known is not to be looked at."""

    def recall(self) -> Remembered | None:
        """What is known; read anew."""
        self.run = None if self.is_fresh else self.state.get(self.key)
        return self.run

    def forget(self) -> None:
        """Begins anew: what is noted next is all that is known."""
        self.run = None

    def refresh(self) -> Remembered | None:
        """What is known of the run's project by now: another command may have noted more."""
        found = self.state.get(self.key)
        if found is not None and self.run is not None and found.project_id == self.run.project_id:
            self.run = found
        return self.run

    def note(self, **changes: Any) -> None:
        """Keeps something more of the run, of which the project is known by now."""
        run = self.refresh()
        self.run = Remembered(**changes) if run is None else replace(run, **changes)
        self.state.put(self.key, self.run)
