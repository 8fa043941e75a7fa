"""`coderai run` and `coderai demo`: documents and a project file in, a dataset out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from coderai.client.command_line import same_command
from coderai.client.documents import find_documents, folders_of, hidden_documents
from coderai.client.errors import UsageError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.options import (
    DEFAULT_COLUMNS,
    Columns,
    Documents,
    Email,
    Extractors,
    FirstDocuments,
    Formats,
    Fresh,
    KeepGoing,
    LeaveOutDuplicates,
    Model,
    Out,
    Output,
    Password,
    ProjectPath,
    ReasoningEffort,
    SampleOnly,
    SampleSeed,
    SampleSize,
    TextColumn,
    Token,
    Truth,
    Url,
    Variables,
    VerifyCells,
    Yes,
    checked_sample,
    model_note,
    read_names,
)
from coderai.client.project_file import ProjectFile
from coderai.client.project_spec import ProjectSpec
from coderai.client.run import Order, Run
from coderai.client.run_state import RunKey, RunMemory, RunState
from coderai.client.screen import Screen
from coderai.client.truth import read_truth
from coderai.client.wanted import DEFAULT_SAMPLE, PROJECTS_OWN, Consent, Files, JobSettings, Sample

EXAMPLE = Path(__file__).parents[1] / "examples" / "public-events"


def run(
    project: ProjectPath,
    documents: Documents,
    out: Out,
    yes: Yes = False,
    sample_only: SampleOnly = False,
    fresh: Fresh = False,
    formats: Formats = "",
    columns: Columns = DEFAULT_COLUMNS,
    truth: Truth = None,
    model: Model = "",
    verify: VerifyCells = None,
    reasoning_effort: ReasoningEffort = None,
    sample: SampleSize = None,
    sample_seed: SampleSeed = None,
    first_documents: FirstDocuments = False,
    variables: Variables = "",
    text_column: TextColumn = "",
    leave_out_duplicates: LeaveOutDuplicates = False,
    keep_going: KeepGoing = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
    extractors: Extractors = 1,
) -> None:
    """Do the whole job: upload, try a sample, ask whether to go on, code all, write the dataset.

    After the sample it shows what the rest would cost and asks. The same command in the same folder goes on where it
    was: with the same project, new files are uploaded, and only what is new, failed or stale is asked. What has changed
    in the project file is changed in the project.

    The project file is YAML with the fields of the API: name, unit, variables and so on; the folder examples has two.
    Documents may be PDF, DOCX, ODT, RTF, HTML, EPUB, PPTX, ODP, mails (EML, MSG), Markdown, TXT, XLSX, ODS, CSV, JSON
    or Parquet, old DOC, PPT and XLS, or ZIP archives of these.

    Examples:

    - `coderai run project.yaml reports/ --out out`

    - `coderai run project.yaml 'reports/*.pdf' --out out --sample 10 --yes`

    - `coderai run project.yaml reports/ --out out --model openai:gpt-5-mini --reasoning-effort low --verify all`

    - `coderai run project.yaml reports/ --out out --formats csv,html --columns quote,page,flags,support`

    - `coderai run project.yaml reports/ --out out --variables participants,injured`

    - `coderai run project.yaml reports/ --out out --url https://host`

    - `coderai run bundle.zip other-reports/ --out out` asks the questions of a bundle, word by word, of other documents

    Exit status:

    - 0: done

    - 1: something failed

    - 2: wrong usage; nothing was started

    - 3: stopped after the sample, as nobody said to go on; the command that does is shown

    - 4: the dataset is written, but some documents failed

    - 130: interrupted; what is done is kept, and the command that goes on is shown
    """
    if yes and sample_only:
        _refuse("--yes codes all documents, --sample-only none but the sample: give one of them")
    _run(
        _Asked(
            project=project,
            documents=documents,
            output=Output(out, formats, columns, truth),
            model=model,
            where=Where(url, email, password, token, own_data(), extractors),
            text_column=text_column,
            leave_out_duplicates=leave_out_duplicates,
            sample=Sample(sample, sample_seed, first_documents),
            settings=JobSettings(verify, reasoning_effort or "", read_names(variables)),
            consent=Consent(yes, sample_only, _this_command("--yes")),
            fresh=fresh,
            keep_going=keep_going,
        )
    )


def demo(
    out: Out = Path("out/demo"),
    model: Model = "",
    extractors: Extractors = 1,
) -> None:
    """Do the whole job on an example, and compare with what a person coded.

    16 news reports on public events, 8 variables; examples/README.md tells what makes them hard. It needs no key and no
    network: the built-in offline engine codes, unless --model names another. It asks nothing. One that was interrupted
    goes on, one that was finished begins anew.
    """
    if not EXAMPLE.is_dir():
        _refuse(f"the example is part of the repository, and is not at {EXAMPLE}")
    _run(
        _Asked(
            project=EXAMPLE / "project.yaml",
            documents=[str(EXAMPLE / "documents")],
            output=Output(out),
            model=model,
            where=Where(data=own_data(), extractors=extractors),
            consent=Consent(yes=True),
            fresh_if_finished=True,
        )
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the options ask for."""

    project: Path
    documents: Sequence[str]
    output: Output
    model: str
    where: Where
    consent: Consent
    text_column: str = ""
    leave_out_duplicates: bool = False
    sample: Sample = DEFAULT_SAMPLE
    settings: JobSettings = PROJECTS_OWN
    keep_going: bool = False
    fresh: bool = False
    fresh_if_finished: bool = False

    @property
    def order(self) -> Order:
        """The same, checked, with what the project file says.

        Raises:
            UsageError: something of it makes no sense.
        """
        file = ProjectFile.read(self.project)
        spec = file.spec.model_copy(update={"model": self.model}) if self.model else file.spec
        if not spec.variables:
            raise UsageError(f"{self.project} names no variables; `coderai suggest` proposes some")
        _must_know(self.settings.variables, [v.name for v in spec.variables])
        return self._order(spec, self.output.truth or file.truth)

    def _order(self, spec: ProjectSpec, truth: Path | None) -> Order:
        rows = read_truth(truth, {v.name: v.type or "" for v in spec.variables}) if truth else []
        found, hidden = find_documents(self.documents), hidden_documents(self.documents)
        files = Files(found, self.text_column, self.leave_out_duplicates, hidden)
        wanted = self.output.wanted(rows, _this_command(), keep_going=self.keep_going, formats=spec.formats)
        return Order(spec, files, checked_sample(self.sample, spec.sample_size), self.settings, wanted, self.consent)


def _run(asked: _Asked) -> None:
    began = time.monotonic()
    with exit_status() as ending:
        screen, order = Screen(), asked.order
        model_text = model_note(order.spec.model, asked.where)
        with signed_in(asked.where, screen) as api:
            screen.note(model_text)
            user_id = "" if asked.where.is_own else api.me().id
            key = RunKey.of(asked.project, folders_of(asked.documents), asked.where.url, user_id)
            memory = RunMemory(RunState(asked.where.data), key, is_fresh=asked.fresh)
            found = memory.recall()
            memory.is_fresh |= asked.fresh_if_finished and found is not None and found.is_finished
            outcome = Run(api, screen).make_dataset(order, memory)
        ending.failed_documents = outcome.failed_documents
        ending.stopped_after_sample = outcome.stopped_after_sample
        if not outcome.stopped_after_sample and not order.consent.sample_only:
            screen.done(f"done in {time.monotonic() - began:.0f} s; the dataset is in {asked.output.out}")


def _this_command(*more: str) -> str:
    """The command that goes on where this one ends."""
    return same_command(*more, without=("--fresh", "--sample-only"))


def _must_know(wanted: Sequence[str], variables: Sequence[str]) -> None:
    unknown = [name for name in wanted if name not in variables]
    if unknown:
        raise UsageError(f"--variables: {', '.join(unknown)} is none of {', '.join(variables)}")


def _refuse(text: str) -> None:
    Screen(sys.stderr).error(text)
    raise typer.Exit(2)
