"""`make demo-setup`: the guided setup on examples' bare documents, and what it proposes beside what a person chose.

Nobody decides: every default is taken, with the built-in offline engine. The examples' project files are read only
afterwards, to say how many of the variables that a person chose for the same documents were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from coderai.client.api import CoderAI
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, signed_in
from coderai.client.job_progress import follow
from coderai.client.matching import RULE, Match, matches, seen
from coderai.client.models import Project, Variable
from coderai.client.new.asking import Defaults
from coderai.client.new.talk import Talk, state_of
from coderai.client.new.walk import SetupWalk, show_offer
from coderai.client.project_file import ProjectFile
from coderai.client.report import show_sample
from coderai.client.screen import Screen, counted, printable
from coderai.client.tables import plain_table
from coderai.client.truth import read_truth

EXAMPLES = Path(__file__).parents[1] / "examples"
_NAMES = ("public-events", "incident-reports")
_DATA = Path(".coderai/demo-setup")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one example."""

    example: str
    matches: Sequence[Match]
    """One for each variable that a person chose."""
    more: Sequence[Variable]
    """What was proposed besides."""

    @property
    def found(self) -> int:
        """How many of the variables that a person chose were proposed."""
        return sum(match.proposed is not None for match in self.matches)


@dataclass(frozen=True, slots=True)
class Demo:
    """One run of the demo against an installation."""

    api: CoderAI
    screen: Screen

    def run(self, name: str) -> Outcome:
        """Walks through the setup of an example's documents, runs the sample that is offered, and compares.

        Raises:
            ClientError: a step did not come to its end.
        """
        folder = EXAMPLES / name
        self.screen.heading(f"{name}: its documents, and nothing else")
        project = self._made(folder)
        self._sample(project)
        outcome = self._compared(project, folder)
        self._tell(outcome)
        return outcome

    def _made(self, folder: Path) -> Project:
        project = self.api.create_project(name=folder.name)
        self.api.upload(project.id, sorted((folder / "documents").iterdir()))
        self.api.wait_until_read(project.id)
        setup = SetupWalk(Talk(self.api, self.screen, Defaults(), project.id)).go()
        self.screen.done(f"the project is {setup.project.status}")
        show_offer(setup, self.screen)
        return setup.project

    def _sample(self, project: Project) -> None:
        size = state_of(self.api.setup(project.id), "REVIEW").sample_size
        job = follow(self.api, self.api.start_job(project.id, "SAMPLE", sample_size=size, sample_seed=1), self.screen)
        show_sample(self.api, project.id, [task.document_id for task in self.api.tasks(job.id)], self.screen)

    def _compared(self, project: Project, folder: Path) -> Outcome:
        file = ProjectFile.read(folder / "project.yaml")
        chosen = {one.name: one.type or "" for one in file.spec.variables}
        truth = read_truth(folder / "truth.csv", chosen)
        proposed = self.api.variables(project.id)
        finds = seen(proposed, self.api.extractions(project.id), self.api.proposals(project.id, status="APPLIED"))
        found = matches(file.spec.variables, proposed, truth, finds)
        taken = {match.proposed.name for match in found if match.proposed is not None}
        return Outcome(folder.name, found, [one for one in proposed if one.name not in taken])

    def _tell(self, outcome: Outcome) -> None:
        self.screen.show(_table(outcome.matches))
        if outcome.more:
            self.screen.note(f"proposed besides: {_listed(outcome.more)}")
        self.screen.done(f"{outcome.example}: {outcome.found} of {counted(len(outcome.matches), 'variable')} found")


def _table(found: Iterable[Match]) -> Table:
    table = plain_table("What a person chose, and what was proposed")
    for name in ("a person's", "type", "proposed", "type of it", "how it is known to be the same"):
        table.add_column(name)
    for match in found:
        other = match.proposed
        cells = (match.chosen, match.type, other.name if other else "-", other.type if other else "", match.how)
        table.add_row(*map(printable, cells))
    return table


def _listed(variables: Iterable[Variable]) -> str:
    return ", ".join(f"{one.name} ({one.type})" for one in variables)


def main() -> None:
    """Runs the demo with a stack of its own."""
    screen = Screen()
    with exit_status(), signed_in(Where(data=_DATA), screen) as api:
        outcomes = [Demo(api, screen).run(name) for name in _NAMES]
        screen.heading("Variables that a person chose, and that the defaults found")
        for one in outcomes:
            told = f"{one.found} of {len(one.matches)}; {counted(len(one.more), 'other')} proposed besides"
            screen.note(f"{one.example}: {told}")
        screen.detail(RULE)


if __name__ == "__main__":
    main()
