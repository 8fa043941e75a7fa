"""`make demo-review`: what review and refinement do to a dataset, from the first job to figures before and after.

It uses examples/public-events, where the right answers are known, and the built-in offline engine. The script stands
for the person: it judges by truth.csv, quotes by quotes.csv, chooses the option that mends most, and rejects those
that mend nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.demo_person import Person
from coderai.client.errors import ApiError, ClientError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, signed_in
from coderai.client.job_progress import follow
from coderai.client.models import (
    Extraction,
    GoldScore,
    Job,
    Project,
    Refinement,
    RefinementOption,
    Task,
    Variable,
)
from coderai.client.project_file import ProjectFile
from coderai.client.quality import shown_estimate
from coderai.client.renew import show_estimate, staleness_table
from coderai.client.screen import Screen, counted, printable
from coderai.client.tables import plain_table
from coderai.messages.requests import CellFeedback, GoldSplit

EXAMPLE = Path(__file__).parents[1] / "examples" / "public-events"
_DATA = Path(".coderai/demo-review")
_UNCHANGED = "a rejected option changes nothing"


class NothingMends(ClientError):
    """There was nothing to choose, so that the demo has no more to show."""


class NotAsPromised(ClientError):
    """Something that review and refinement promise did not hold."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo has shown."""

    variable: str
    """The one that was refined."""
    before: Mapping[str, GoldScore]
    """By variable, on TEST documents."""
    after: Mapping[str, GoldScore]
    promises: Mapping[str, bool]
    """What is promised, and whether it held."""


@dataclass(slots=True)
class Demo:
    """One run of the demo against an installation."""

    api: CoderAI
    screen: Screen
    promises: dict[str, bool] = field(default_factory=dict)

    def run(self) -> Outcome:
        """From the first job to the figures.

        Raises:
            ClientError: a step did not come to its end.
        """
        project, first = self._code()
        self._take_gold(project)
        before, seen_before = self._scores(project, "TEST"), self._scores(project, "DEV")
        wrong = self._review(project)
        variables = {variable.name: variable for variable in self.api.variables(project.id)}
        order = [variables[name] for name, _ in wrong.most_common()]
        refined = self._improve(project, order)
        self._renew(project, refined, first)
        after, seen_after = self._scores(project, "TEST"), self._scores(project, "DEV")
        self._show(refined.name, before, after)
        seen = [
            f"{scores[refined.name].right} of {scores[refined.name].accuracy.cells}"
            for scores in (seen_before, seen_after)
        ]
        self.screen.note(f"on DEV, from which the option was made: {seen[0]} right before, {seen[1]} after")
        return Outcome(refined.name, before, after, self.promises)

    # Coding and judging

    def _code(self) -> tuple[Project, Job]:
        """Makes the project, uploads its documents and codes them all."""
        spec = ProjectFile.read(EXAMPLE / "project.yaml").spec
        project = self.api.create_project(**spec.request())
        self.api.create_variables(project.id, (variable.request() for variable in spec.variables))
        self.api.upload(project.id, sorted((EXAMPLE / "documents").iterdir()))
        self.api.wait_until_read(project.id)
        job = follow(self.api, self.api.start_job(project.id, "FULL", skip_sample=True), self.screen)
        calls, asked = _asked(self.api.tasks(job.id))
        self.screen.done(
            f"coded {counted(job.documents_coded, 'document')}: {_told(calls, asked)} (project {project.id})"
        )
        return project, job

    def _take_gold(self, project: Project) -> None:
        """Every second document is for DEV, the others for TEST."""
        header, *lines = (EXAMPLE / "truth.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        parts: dict[GoldSplit, list[str]] = {"DEV": lines[0::2], "TEST": lines[1::2]}
        for split, part in parts.items():
            taken = self.api.import_gold(project.id, "".join([header, *part]), split=split)
            known = f"{counted(taken.cells, 'known answer')} of {counted(taken.documents, 'document')}"
            self.screen.done(f"{split}: {known}")
            for problem in taken.problems:
                self.screen.warn(f"line {problem.line}, {problem.column}: {problem.problem}")

    def _review(self, project: Project) -> Counter[str]:
        """Says of every known cell on DEV documents what is right; the wrong ones by variable."""
        person, text_of = Person.read(EXAMPLE / "quotes.csv"), cache(self.api.document_text)
        types = {variable.name: variable.type for variable in self.api.variables(project.id)}
        cells = {(e.document_id, e.variable): e for e in self.api.extractions(project.id)}
        said: list[CellFeedback] = []
        wrong = Counter[str]()
        for gold in self.api.gold(project.id, split="DEV"):
            found = cells[gold.document_id, gold.variable]
            one = person.says(found, types[gold.variable], gold.values, text_of(gold.document_id))
            wrong[gold.variable] += one.verdict != "CORRECT"
            said.append(one)
        batch = self.api.give_feedback_batch(project.id, said)
        told = ", ".join(f"{name} {count}" for name, count in wrong.most_common() if count)
        self.screen.done(f"judged {counted(batch.kept, 'cell')} of DEV documents; wrong: {told}")
        for outcome in batch.items:
            if outcome.error:
                self.screen.warn(f"refused: {outcome.error}")
        return +wrong

    def _scores(self, project: Project, split: GoldSplit) -> dict[str, GoldScore]:
        return {score.variable: score for score in self.api.score_against_gold(project.id, split).items}

    # Refining

    def _improve(self, project: Project, variables: Sequence[Variable]) -> Variable:
        """Goes through the variables until an option mends one of them; rejects what mends none. Returns that one.

        Raises:
            NothingMends: no option of any variable did.
        """
        rejected = False
        for number, variable in enumerate(variables):
            before = self._state(project)
            refinement = self._tried(variable)
            if refinement is None:
                continue
            best = max(refinement.options, key=_gain)
            if _gain(best) > 0:
                if not rejected:
                    self._reject_one(project, variables[number + 1 :])
                self._choose(refinement, best)
                return variable
            self._reject(project, refinement, "no option mends more than it breaks", before)
            rejected = True
        raise NothingMends("no option mends more than it breaks")

    def _tried(self, variable: Variable, most: int = 3) -> Refinement | None:
        """A refinement with its first options tried; None where feedback gives nothing to make options of."""
        try:
            refinement = self.api.create_refinement(variable.id)
        except ApiError as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            self.screen.note(f"{variable.name}: {error.detail}")
            return None
        self.screen.heading(f"Refining {variable.name}")
        for group in refinement.groups:
            self.screen.note(f"what goes wrong: {group.description} ({counted(len(group.cells), 'cell')})")
        for option in refinement.options[:most]:
            self.screen.note(f"option {option.number}: {option.title}. {option.reason}")
            show_estimate(self.api.estimate_try(refinement.id, option.number), self.screen)
            follow(self.api, self.api.try_refinement(refinement.id, option.number), self.screen)
        refinement = self.api.refinement(refinement.id)
        self.screen.show(_options_table(refinement))
        return refinement

    def _choose(self, refinement: Refinement, best: RefinementOption) -> None:
        self.screen.note(f"the script stands for the person, and chooses option {best.number}, which mends most")
        applied = self.api.apply_refinement(refinement.id, best.number)
        (version,) = (prompt for prompt in self.api.prompts(refinement.variable_id) if prompt.id == applied.prompt_id)
        self.screen.done(f"version {version.version} of the prompt is active (origin {version.origin})")
        is_chosen = version.active and version.origin == "REFINED"
        self._promise("the chosen option is the active version, of origin REFINED", is_chosen)

    def _reject_one(self, project: Project, variables: Sequence[Variable]) -> None:
        """Tries an option for another variable, and rejects it."""
        for variable in variables:
            before = self._state(project)
            refinement = self._tried(variable, most=1)
            if refinement is not None:
                self._reject(project, refinement, "to show that nothing changes", before)
                return

    def _reject(self, project: Project, refinement: Refinement, why: str, before: Any) -> None:
        """Rejects what was tried: everything is as it was before that."""
        self.api.reject_refinement(refinement.id)
        self.screen.note(f"the script stands for the person, and rejects the options for {refinement.variable}: {why}")
        held = self._state(project) == before
        self._promise(_UNCHANGED, held and self.promises.get(_UNCHANGED, True))

    def _state(self, project: Project) -> Any:
        """All that a refinement could change: variables with their prompts, the dataset, what is stale."""
        variables = self.api.variables(project.id)
        prompts = [prompt.id for variable in variables for prompt in self.api.prompts(variable.id)]
        cells = sorted((e.id, str(e.value), e.prompt_version, e.status) for e in self.api.extractions(project.id))
        return variables, prompts, cells, self.api.staleness(project.id)

    def _renew(self, project: Project, variable: Variable, first: Job) -> None:
        """Asks again what the new version has made stale, and sees that nothing else was asked."""
        stale, cells = self.api.staleness(project.id), list(self.api.extractions(project.id))
        self.screen.show(staleness_table(stale.items))
        concerned = _with_dependents(variable.name, self.api.variables(project.id))
        self._promise("only what was refined, and what depends on it, is stale", _names(stale.items) <= concerned)
        job = follow(self.api, self.api.renew(project.id), self.screen)
        calls, asked = _asked(self.api.tasks(job.id))
        calls_before, asked_before = _asked(self.api.tasks(first.id))
        self.screen.done(f"renewed: {_told(calls, asked)}; the first job had {_told(calls_before, asked_before)}")
        self._promise("fewer questions were put than in the first job", 0 < asked < asked_before)
        now = list(self.api.extractions(project.id))
        kept = [{_key(e): e.id for e in found if e.variable not in concerned} for found in (cells, now)]
        self._promise("cells of other variables are the same extractions as before", kept[0] == kept[1])
        version = max(prompt.version for prompt in self.api.prompts(variable.id))
        on_new = {e.prompt_version for e in now if e.variable == variable.name}
        self._promise("the chosen version stands on the new cells", on_new == {version})
        corrected = [{_key(e): e.value for e in found if e.corrected_by} for found in (cells, now)]
        lost = [key for key, value in corrected[0].items() if {_key(e): e.value for e in now}[key] != value]
        self._promise("what people corrected has outlived the renewal", bool(corrected[0]) and not lost)

    # Telling

    def _promise(self, what: str, held: bool) -> None:
        self.promises[what] = held
        (self.screen.done if held else self.screen.error)(what if held else f"NOT so: {what}")

    def _show(self, refined: str, before: Mapping[str, GoldScore], after: Mapping[str, GoldScore]) -> None:
        table = plain_table("On gold: the model's answers on TEST documents, which nobody corrected")
        for name in ("variable", "before", "after", "right before", "right after", "cells"):
            table.add_column(name, no_wrap=True)
        for name, was in before.items():
            now = after[name]
            shares = shown_estimate(was.accuracy), shown_estimate(now.accuracy)
            marked = Text(printable(name), "bold" if name == refined else "")
            table.add_row(marked, *shares, str(was.right), str(now.right), str(now.accuracy.cells))
        self.screen.show(table)
        self.screen.note("intervals are of 95 %; eight documents tell little, and were not drawn at random")


def _gain(option: RefinementOption) -> int:
    return option.trial.fixed - option.trial.broken


def _options_table(refinement: Refinement) -> Table:
    table = plain_table(f"Options for {refinement.variable}, on known cells of DEV documents")
    for name in ("option", "fixed", "broken", "still right", "still wrong", "McNemar p", "more cells would tell"):
        table.add_column(name, no_wrap=True)
    for option in refinement.options:
        trial = option.trial
        counts = (str(n) for n in (trial.fixed, trial.broken, trial.still_right, trial.still_wrong))
        more = f"{trial.more_cells:,}" if trial.more_cells else "-"
        table.add_row(str(option.number), *counts, f"{trial.p_value:.3f}", more)
    return table


def _asked(tasks: Iterator[Task]) -> tuple[int, int]:
    """Calls, and variables that were asked about, by the receipts."""
    receipts = [task.receipt for task in tasks]
    return sum(receipt.calls for receipt in receipts), sum(receipt.variables_asked for receipt in receipts)


def _told(calls: int, asked: int) -> str:
    return f"{counted(calls, 'call')}, {counted(asked, 'question')}"


def _key(found: Extraction) -> tuple[str, str]:
    return found.unit_id or found.document_id, found.variable


def _names(items: Sequence[Any]) -> set[str]:
    return {item.variable for item in items if item.cells}


def _with_dependents(name: str, variables: Sequence[Variable]) -> set[str]:
    """A variable with those that depend on it, directly or by way of another."""
    found = {name}
    while more := {v.name for v in variables if {c.variable for c in v.depends_on} & found} - found:
        found |= more
    return found


def main() -> None:
    """Runs the demo in a stack of its own; exit status 1 where a promise did not hold."""
    with exit_status():
        screen = Screen()
        with signed_in(Where(data=_DATA), screen) as api:
            outcome = Demo(api, screen).run()
        broken = [what for what, held in outcome.promises.items() if not held]
        if broken:
            raise NotAsPromised(f"{counted(len(broken), 'promise')} did not hold: {'; '.join(broken)}")


if __name__ == "__main__":
    main()
