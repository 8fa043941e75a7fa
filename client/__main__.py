"""The `coderai` command: what can be asked of it, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from coderai.client.ask import ask
from coderai.client.doctor.command import doctor
from coderai.client.documents import find_documents
from coderai.client.exit_status import exit_status
from coderai.client.export_command import export, exports
from coderai.client.init_project import init
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.listing import jobs, projects
from coderai.client.new.command import new
from coderai.client.options import Documents, Email, Password, ProjectPath, TextColumn, Token, Url
from coderai.client.project_file import ProjectFile
from coderai.client.proposals import proposals
from coderai.client.quality import quality
from coderai.client.renew import renew
from coderai.client.resume_command import resume
from coderai.client.review.command import review
from coderai.client.run import Run
from coderai.client.run_command import demo, run
from coderai.client.screen import Screen
from coderai.client.templates import templates
from coderai.client.trace import checked_traces_url, follow_documents, show_courses
from coderai.client.verify.command import verify
from coderai.client.wanted import Files
from coderai.codebook.project_yaml import variable_form
from coderai.deploy.interrupts import end_upon

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

    - Go on where it was: the same command; `coderai jobs` and `coderai projects` list what there is

    - Then make it better: `coderai review`, `coderai quality`, `coderai renew`

    Nothing needs to run before: without --url, a CoderAI is started on this machine and stopped at the end. Its data
    stay in .coderai/run, or in the folder that CODERAI_DATA names.
    """


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
            found = Run(api, screen).suggest(file.spec, files, hint, limit)
        for suggestion in found.items:
            fields = variable_form(suggestion.variable.model_dump(exclude_unset=True))
            typer.echo(f"# {' '.join(suggestion.reason.split())}")
            typer.echo(yaml.safe_dump([fields], sort_keys=False, allow_unicode=True, width=100))
        for sentence in found.left_out:
            screen.note(sentence)


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


_WRITING = (run, demo, resume, export, exports, verify)
for command in (*_WRITING, jobs, projects, review, quality, renew, proposals, init, new, doctor, ask):
    app.command()(command)
app.add_typer(templates)


def main() -> None:
    """Runs the command; being terminated ends it in as good order as Ctrl-C does."""
    end_upon(signal.SIGINT, signal.SIGTERM)
    app(prog_name="coderai")


if __name__ == "__main__":
    main()
