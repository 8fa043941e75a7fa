"""`coderai review`: cells of the dataset as a sheet to fill in, and the filled-in sheet taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from coderai.client.api import CoderAI
from coderai.client.errors import UsageError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.models import Project, ReviewItem, ReviewSample
from coderai.client.options import Email, Password, Token, Url, read_names, shell_word
from coderai.client.project_choice import choose_project
from coderai.client.review.applying import Applied, apply_sheet
from coderai.client.review.options import (
    USUAL_REPAIR,
    Apply,
    Blind,
    EarlierSample,
    Measure,
    Out,
    ProjectName,
    Repair,
    Seed,
    Variables,
)
from coderai.client.review.reading import Line, read_sheet
from coderai.client.review.rows import sheet_rows
from coderai.client.review.writing import Sheet, write_sheet
from coderai.client.screen import Screen, counted

_MOST_REFUSALS_SHOWN = 50


def review(
    project: ProjectName = "",
    measure: Measure = None,
    sample: EarlierSample = "",
    repair: Repair = None,
    variables: Variables = "",
    blind: Blind = False,
    seed: Seed = None,
    out: Out = Path("review.xlsx"),
    apply: Apply = None,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Write a sheet of cells to look at, and take it back filled in.

    Fill in `verdict` (what you say of the model's value: correct, right or ok; wrong or incorrect; partly, partial or
    partially correct; in any case), `correction` (the right value; several on a line each), `missing reason` (why there
    is none: NOT_STATED, NOT_APPLICABLE, AMBIGUOUS, VAGUE) and `note`. Without a verdict, what is right tells whether
    the model is: of a blind sample that is all you need to write. Rows with neither are left alone, and applying a
    sheet twice changes nothing.

    Examples:

    - `coderai review Strikes --measure 100 --blind --out measure.xlsx`

    - `coderai review Strikes --repair 50 --variables participants,injured`

    - `coderai review --apply measure.xlsx`

    Exit status: 0 done; 1 something failed; 2 wrong usage; 4 taken back, but some rows were refused.
    """
    with exit_status() as ending:
        screen, where = Screen(), Where(url, email, password, token, own_data())
        if apply is not None:
            _must_stand_alone(apply, [measure, sample, repair, variables, blind, seed])
            lines = read_sheet(apply)
            with signed_in(where, screen) as api:
                ending.refused_rows = _take_back(api, lines, project, screen)
            return
        wanted = _Wanted(measure, sample, repair, read_names(variables), blind, seed, out)
        wanted.check(project)
        with signed_in(where, screen) as api:
            _write(api, choose_project(api, project), wanted, screen)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which cells, and where to."""

    measure: int | None
    sample: str
    repair: int | None
    variables: Sequence[str]
    blind: bool
    seed: int | None
    out: Path

    def check(self, project: str) -> None:
        """Raises UsageError where the options do not go together, or the file cannot be written."""
        if not project:
            raise UsageError("name the project: its id, or its name")
        if sum([self.measure is not None, bool(self.sample), self.repair is not None]) > 1:
            raise UsageError("--measure, --sample and --repair are three kinds of sheets: give one of them")
        if self.measure is None and (self.blind or self.seed is not None):
            raise UsageError("--blind and --seed are for a sample that is drawn: give --measure N with them")
        if self.sample and self.variables:
            raise UsageError("a sample drawn earlier has its own variables: leave --variables out")
        if self.out.suffix.lower() not in (".xlsx", ".csv"):
            raise UsageError(f"--out {self.out}: a sheet ends in .xlsx or .csv")
        if self.out.exists():
            raise UsageError(f"--out {self.out} is there already, and may hold somebody's work: name another file")


def _must_stand_alone(sheet: Path, others: Sequence[object]) -> None:
    if any(other not in (None, "", False) for other in others):
        raise UsageError(f"--apply {sheet} takes a sheet back: what is for writing one does not go with it")


def _write(api: CoderAI, project: Project, wanted: _Wanted, screen: Screen) -> None:
    blind, items = _cells(api, project, wanted, screen)
    if not items:
        screen.done("no cell is left to look at")
        return
    # Each document's text is fetched once.
    text_of = cache(api.document_text)
    with screen.waiting("reading the documents' texts"):
        variables = api.variables(project.id)
        rows = list(sheet_rows(items, variables, text_of, project.id, blind=blind))
        documents = {item.extraction.document_id: item.extraction.document_name for item in items}
        texts = {name: text_of(document_id) for document_id, name in documents.items()} if blind else None
    if blind and wanted.out.suffix.lower() == ".csv":
        screen.note("a CSV is without the documents' texts: read them beside it, or write an .xlsx, which has them")
    write_sheet(Sheet(rows, variables, blind, texts), wanted.out)
    screen.done(f"wrote {wanted.out} ({counted(len(rows), 'cell')} of {counted(len(documents), 'document')})")
    screen.note(f"fill in verdict or correction, then: coderai review --apply {shell_word(wanted.out)}")


def _cells(api: CoderAI, project: Project, wanted: _Wanted, screen: Screen) -> tuple[bool, list[ReviewItem]]:
    """Whether the sheet is blind, and its cells."""
    if wanted.measure is None and not wanted.sample:
        return False, _least_certain(api, project, wanted)
    if wanted.sample:
        sample = _earlier_sample(api, project, wanted.sample)
    else:
        sample = api.draw_review_sample(
            project.id,
            wanted.measure or 0,
            variables=wanted.variables,
            blind=wanted.blind,
            seed=wanted.seed,
        )
        screen.done(f"drew {sample.size:,} of {counted(sample.population, 'cell')} (sample {sample.id})")
        screen.detail(f"--sample {sample.id} takes it up again; --seed {sample.seed} draws it again from this dataset")
    return sample.blind, list(api.review_queue(project.id, "MEASURE", sample_id=sample.id))


def _earlier_sample(api: CoderAI, project: Project, sample_id: str) -> ReviewSample:
    samples = list(api.review_samples(project.id))
    for sample in samples:
        if sample.id == sample_id:
            return sample
    known = ", ".join(sample.id for sample in samples[:5]) or "none"
    raise UsageError(f"--sample {sample_id}: the project has no such sample; the newest are: {known}")


def _least_certain(api: CoderAI, project: Project, wanted: _Wanted) -> list[ReviewItem]:
    only = wanted.variables[0] if len(wanted.variables) == 1 else ""
    cells = api.review_queue(project.id, "REPAIR", variable=only, disputed=True)
    if len(wanted.variables) > 1:
        cells = (item for item in cells if item.extraction.variable in wanted.variables)
    return list(islice(cells, wanted.repair or USUAL_REPAIR))


def _take_back(api: CoderAI, lines: Sequence[Line], project: str, screen: Screen) -> int:
    """Sends a sheet's rows and tells what became of them; returns how many were refused."""
    named = choose_project(api, project).id if project else ""
    with screen.waiting("sending the rows"):
        applied = apply_sheet(api, lines, named)
    _tell(applied, screen)
    return len(applied.refused)


def _tell(applied: Applied, screen: Screen) -> None:
    left = f"; {counted(applied.untouched, 'row')} without a verdict or correction" if applied.untouched else ""
    screen.done(f"took {counted(applied.kept, 'row')}{left}")
    if applied.notes_alone:
        screen.note(f"{counted(applied.notes_alone, 'row')} with a note alone: it goes with a verdict or a correction")
    if applied.refused:
        screen.warn(f"{counted(len(applied.refused), 'row')} refused:")
        for refusal in applied.refused[:_MOST_REFUSALS_SHOWN]:
            screen.detail(str(refusal))
        if len(applied.refused) > _MOST_REFUSALS_SHOWN:
            screen.detail(f"... and {len(applied.refused) - _MOST_REFUSALS_SHOWN} more")
