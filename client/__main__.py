"""The `coderai` command: what can be asked of it, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from coderai.client.documents import find_documents
from coderai.client.errors import UsageError
from coderai.client.exit_status import exit_status
from coderai.client.init_project import init
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.new.command import new
from coderai.client.options import (
    DEFAULT_COLUMNS,
    DEFAULT_FORMATS,
    Columns,
    Documents,
    Email,
    Extractors,
    FirstDocuments,
    Formats,
    KeepGoing,
    LeaveOutDuplicates,
    Model,
    Out,
    Output,
    Password,
    ProjectPath,
    ReasoningEffort,
    SampleSeed,
    SampleSize,
    TextColumn,
    Token,
    Truth,
    Url,
    Variables,
    VerifyCells,
    checked_sample,
    model_note,
    read_names,
)
from coderai.client.project_file import ProjectFile
from coderai.client.proposals import proposals
from coderai.client.quality import quality
from coderai.client.renew import renew
from coderai.client.review.command import review
from coderai.client.run import DEFAULT_SAMPLE, PROJECTS_OWN, Files, JobSettings, Run, Sample
from coderai.client.screen import Screen
from coderai.client.templates import templates
from coderai.client.trace import checked_traces_url, follow_documents, show_courses
from coderai.client.truth import read_truth
from coderai.deploy.interrupts import end_upon

_EXAMPLE = Path(__file__).parents[1] / "examples" / "public-events"

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"coderai {version('coderai')}")
        raise typer.Exit


@app.callback()
def coderai(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Turns a corpus of documents into a dataset whose every cell can be checked.

    - Try it: `coderai demo`

    - Your own: `coderai run project.yaml reports/ --out out/reports`

    - Then make it better: `coderai review`, `coderai quality`, `coderai renew`

    Nothing needs to run before: without --url, a CoderAI is started on this machine and stopped at the end. Its data
    stay in .coderai/run, or in the folder that CODERAI_DATA names.
    """


@app.command()
def run(
    project: ProjectPath,
    documents: Documents,
    out: Out,
    formats: Formats = DEFAULT_FORMATS,
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
    """Do the whole job: upload, try a sample, code all, write the dataset.

    The project file is YAML with the fields of the API: name, unit, variables and so on; the folder examples has two.
    Documents may be PDF, DOCX, ODT, RTF, HTML, EPUB, PPTX, ODP, mails (EML, MSG), Markdown, TXT, XLSX, ODS, CSV, JSON
    or Parquet, old DOC, PPT and XLS, or ZIP archives of these. Each run makes a new project.

    Examples:

    - `coderai run project.yaml reports/ --out out`

    - `coderai run project.yaml 'reports/*.pdf' --out out --sample 10`

    - `coderai run project.yaml reports/ --out out --model openai:gpt-5-mini --reasoning-effort low --verify all`

    - `coderai run project.yaml reports/ --out out --columns source,page,flags,support`

    - `coderai run project.yaml reports/ --out out --variables participants,injured`

    - `coderai run project.yaml reports/ --out out --url https://host`

    Exit status:

    - 0: done

    - 1: something failed

    - 2: wrong usage; nothing was started

    - 3: the dataset is written, but some documents failed

    - 130: interrupted; the job is paused, and how to go on is shown
    """
    where = Where(url, email, password, token, own_data(), extractors)
    output = Output(out, formats, columns, truth)
    chosen = partial(Files, text_column=text_column, leave_out_duplicates=leave_out_duplicates)
    tried = Sample(sample, sample_seed, first_documents)
    settings = JobSettings(verify, reasoning_effort or "", read_names(variables))
    _run(project, documents, output, model, where, chosen, tried, settings, keep_going=keep_going)


@app.command()
def demo(
    out: Out = Path("out/demo"),
    model: Model = "",
    extractors: Extractors = 1,
) -> None:
    """Do the whole job on an example, and compare with what a person coded.

    16 news reports on public events, 8 variables; examples/README.md tells what makes them hard. It needs no key and no
    network: the built-in offline engine codes, unless --model names another.
    """
    if not _EXAMPLE.is_dir():
        Screen(sys.stderr).error(f"the example is part of the repository, and is not at {_EXAMPLE}")
        raise typer.Exit(2)
    where = Where(data=own_data(), extractors=extractors)
    documents = [str(_EXAMPLE / "documents")]
    _run(_EXAMPLE / "project.yaml", documents, Output(out), model, where)


@app.command()
def resume(
    job: Annotated[str, typer.Argument(help="The id of the job, which `run` told.", show_default=False)],
    out: Out,
    formats: Formats = DEFAULT_FORMATS,
    columns: Columns = DEFAULT_COLUMNS,
    truth: Truth = None,
    keep_going: KeepGoing = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
    extractors: Extractors = 1,
) -> None:
    """Go on with an interrupted or paused job, and write its dataset.

    Documents that are coded stay coded, those that failed are tried again. Of a job that is complete, the dataset is
    written again. The exit status is that of run.

    Example:

    - `coderai resume 0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11 --out out`
    """
    with exit_status() as ending:
        screen = Screen()
        wanted = Output(out, formats, columns, truth).wanted(url, keep_going=keep_going)
        with signed_in(Where(url, email, password, token, own_data(), extractors), screen) as api:
            ending.failed_documents = Run(api, screen).resume(job, wanted, truth)


@app.command()
def trace(
    job: Annotated[str, typer.Argument(help="The id of the job, which `run` told.", show_default=False)],
    document: Annotated[str, typer.Option(help="Only this document: its id or name.", show_default=False)] = "",
    traces_url: Annotated[
        str,
        typer.Option(
            envvar="CODERAI_TRACES_URL",
            help="Where traces are looked at, with {trace_id} for the id of one: links are shown then.",
            show_default=False,
        ),
    ] = "",
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Show how a job's documents fared: attempts, times, requests to the model, and ids for logs and traces.

    A document waited from when the job was set going to its first attempt, and worked from the beginning of its last
    attempt to its end. The correlation id is in the log lines of all processes.

    Examples:

    - `coderai trace 0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11`

    - `coderai trace 0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11 --document report-7.pdf`
    """
    with exit_status():
        links, screen = checked_traces_url(traces_url), Screen()
        with signed_in(Where(url, email, password, token, own_data()), screen) as api:
            show_courses(follow_documents(api, job, document), links, screen)


@app.command()
def suggest(
    project: ProjectPath,
    documents: Documents,
    hint: Annotated[str, typer.Option(help="What you want to know, in words.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(min=1, max=20, metavar="N", help="Most variables to suggest.")] = 8,
    text_column: TextColumn = "",
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Suggest variables for some documents, as YAML for the project file.

    The project file needs a name; what it says of domain, language and unit helps. Nothing is kept.

    Example:

    - `coderai suggest project.yaml reports/ --hint 'who protested?'`
    """
    with exit_status():
        file = ProjectFile.read(project)
        files = Files(find_documents(documents), text_column)
        # The suggestions alone go to standard output, so that they can be sent to a file.
        screen = Screen(sys.stderr)
        with signed_in(Where(url, email, password, token, own_data()), screen) as api:
            suggestions = Run(api, screen).suggest(file.spec, files, hint, limit)
        plain = [s.variable.model_dump(exclude_defaults=True) for s in suggestions]
        for suggestion, fields in zip(suggestions, plain, strict=True):
            typer.echo(f"# {' '.join(suggestion.reason.split())}")
            typer.echo(yaml.safe_dump([fields], sort_keys=False, allow_unicode=True, width=100))


@app.command()
def up(
    extractors: Annotated[int, typer.Option(min=1, metavar="N", help="Extraction workers.")] = 1,
    http: Annotated[str, typer.Option(help="Where the HTTP API listens.")] = "127.0.0.1:8080",
    grpc: Annotated[str, typer.Option(help="Where the gRPC API listens.")] = "127.0.0.1:9090",
    data: Annotated[Path, typer.Option(help="The folder of its data, secrets and logs.")] = Path(".coderai/stack"),
) -> None:
    """Start CoderAI on this machine and keep it running until Ctrl-C.

    It is what `make run` does. With --data .coderai/run it shows what `coderai run` has left.

    Examples:

    - `coderai up`

    - `coderai up --http 0.0.0.0:80 --extractors 4 --data /srv/coderai`
    """
    options = {"--extractors": str(extractors), "--http": http, "--grpc": grpc, "--data": str(data)}
    command = [sys.executable, "-m", "coderai.deploy.local", *(part for pair in options.items() for part in pair)]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - this process becomes the supervisor, so that signals reach it


def _run(
    project: Path,
    documents: list[str],
    output: Output,
    model: str,
    where: Where,
    chosen: Callable[[Sequence[Path]], Files] = Files,
    sample: Sample = DEFAULT_SAMPLE,
    settings: JobSettings = PROJECTS_OWN,
    *,
    keep_going: bool = False,
) -> None:
    began = time.monotonic()
    with exit_status() as ending:
        screen = Screen()
        file = ProjectFile.read(project)
        spec = file.spec.model_copy(update={"model": model}) if model else file.spec
        if not spec.variables:
            raise UsageError(f"{project} names no variables; `coderai suggest` proposes some")
        _must_know(settings.variables, [v.name for v in spec.variables])
        output = replace(output, truth=output.truth or file.truth)
        rows = read_truth(output.truth, {v.name: v.type or "" for v in spec.variables}) if output.truth else []
        files = chosen(find_documents(documents))
        sample = checked_sample(sample, spec.sample_size)
        model_text = model_note(spec.model, where)
        wanted = output.wanted(where.url, rows, keep_going=keep_going)
        with signed_in(where, screen) as api:
            screen.note(model_text)
            ending.failed_documents = Run(api, screen).make_dataset(spec, files, sample, wanted, settings)
        screen.done(f"done in {time.monotonic() - began:.0f} s; the dataset is in {output.out}")


def _must_know(wanted: Sequence[str], variables: Sequence[str]) -> None:
    unknown = [name for name in wanted if name not in variables]
    if unknown:
        raise UsageError(f"--variables: {', '.join(unknown)} is none of {', '.join(variables)}")


for command in (review, quality, renew, proposals, init, new):
    app.command()(command)
app.add_typer(templates)


def main() -> None:
    """Runs the command; being terminated ends it in as good order as Ctrl-C does."""
    end_upon(signal.SIGINT, signal.SIGTERM)
    app(prog_name="coderai")


if __name__ == "__main__":
    main()
