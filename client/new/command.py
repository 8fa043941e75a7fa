"""`coderai new`: from documents to a project file, deciding each step."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from coderai.client.api import CoderAI
from coderai.client.command_line import program, same_command
from coderai.client.consent import can_ask
from coderai.client.documents import find_documents, project_name
from coderai.client.errors import ClientError, UsageError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.job_progress import Interrupted
from coderai.client.making import check_model
from coderai.client.models import Project
from coderai.client.new.asking import Asks, Defaults, Left, Terminal
from coderai.client.new.talk import Talk, state_of
from coderai.client.new.walk import SetupWalk, show_offer
from coderai.client.new.writing import checked_out, project_yaml
from coderai.client.options import Email, Password, TextColumn, Token, Url, model_note
from coderai.client.project_choice import choose_project
from coderai.client.screen import Screen, counted
from coderai.client.template_choice import choose_template
from coderai.client.uploading import Uploading
from coderai.client.wanted import Files


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new project is to be made of."""

    documents: Sequence[str]
    """As they were named."""
    text_column: str
    out: Path
    hint: str
    model: str
    template: str
    project: str
    """The project whose walk goes on; empty for a new one."""
    keep: bool
    url: str

    @property
    def how_to_run(self) -> str:
        """The command that takes the project file."""
        named = self.documents or ["DOCUMENTS"]
        where = ["--url", self.url] if self.url else []
        return f"{program()} {shlex.join(['run', str(self.out), *named, '--out', 'out', *where])}"


def new(
    documents: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DOCUMENTS", help="Files, folders or patterns such as 'reports/*.pdf'.", show_default=False
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The project file to write.")] = Path("project.yaml"),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take every default.")] = False,
    hint: Annotated[str, typer.Option(help="What you want to know, in words.", show_default=False)] = "",
    model: Annotated[
        str,
        typer.Option(
            help="The model that proposes and, by the file, codes, such as openai:gpt-5-mini; else the installation's.",
            show_default=False,
        ),
    ] = "",
    template: Annotated[
        str, typer.Option(help="Begin with a template's schema: its name or id.", show_default=False)
    ] = "",
    project: Annotated[
        str,
        typer.Option(metavar="PROJECT", help="Go on with a project that you left: its id or name.", show_default=False),
    ] = "",
    keep_project: Annotated[
        bool, typer.Option("--keep-project", help="Leave the project where it was made, beside the file.")
    ] = False,
    text_column: TextColumn = "",
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Write a project file for your documents, step by step.

    Four steps: what the documents are, what a row is, which variables are coded, a look at all of it. Each step shows
    what it proposes and the words of the documents that it rests on; you take it, change it, skip it, or go back. The
    file that comes of it is yours to change; `coderai run` takes it. If you leave, `--project` goes on where you were.

    Examples:

    - `coderai new reports/ --out protests.yaml`

    - `coderai new reports/ --hint 'who was hurt, and what did the police do?' --yes`

    - `coderai new reports/ --template news-events`

    Exit status: 0 the file is written; 1 something failed; 2 wrong usage, nothing was started; 130 left before the end.
    """
    with exit_status():
        wanted = Wanted(documents or [], text_column, out, hint, model, template, project, keep_project, url)
        asks = _who_is_asked(yes=yes)
        checked_out(out)
        paths = [] if project else find_documents(_named(documents))
        where, screen = Where(url, email, password, token, own_data()), Screen()
        note = "" if project else model_note(model, where)
        with signed_in(where, screen) as api:
            if note:
                screen.note(note)
            _New(api, screen, asks, wanted).make(paths)


def _who_is_asked(*, yes: bool) -> Asks:
    if yes:
        return Defaults()
    if not can_ask():
        raise UsageError(
            "coderai new asks at each step, and there is no terminal to ask in: --yes takes every default, "
            "`coderai init` writes an empty project file"
        )
    return Terminal()


def _named(documents: Sequence[str] | None) -> Sequence[str]:
    if not documents:
        raise UsageError("name the documents: files, folders or patterns; or a project to go on with, by --project")
    return documents


@dataclass(frozen=True, slots=True)
class _New:
    """One run of the command against an installation."""

    api: CoderAI
    screen: Screen
    asks: Asks
    wanted: Wanted

    def make(self, paths: Sequence[Path]) -> None:
        """Goes through the walk and writes the file; the project goes unless it is to stay, or the walk does not end.

        Raises:
            Interrupted: the person left, and how to go on is told.
            ClientError: something failed on the way; a note tells how to go on once there is a project.
        """
        try:
            project = choose_project(self.api, self.wanted.project) if self.wanted.project else self._begin(paths)
        except Left:
            raise Interrupted("left, before anything was made") from None
        try:
            self._walk(project)
        except (KeyboardInterrupt, Left):
            raise Interrupted(f"left; what you decided is kept\n{self._how_to_go_on(project)}") from None
        except ClientError as error:
            error.add_note(f"what you decided is kept. {self._how_to_go_on(project)}")
            raise

    def _how_to_go_on(self, project: Project) -> str:
        """The command that does, in a line; it names the project if this one did not."""
        return f"To go on: {same_command() if self.wanted.project else same_command('--project', project.id)}"

    def _begin(self, paths: Sequence[Path]) -> Project:
        """Makes the project and uploads the documents; nothing stays of it where that fails."""
        hint = self.wanted.hint or self.asks.text("What do you want to know? (in words; Enter: see what is there)", "")
        fields = {"name": project_name(self.wanted.documents), "description": hint, "model": self.wanted.model}
        project = self.api.create_project(**{name: value for name, value in fields.items() if value})
        try:
            check_model(self.api, project, self.screen)
            files = Files(paths, self.wanted.text_column)
            Uploading(self.api, self.screen, sets_language=False).take(project, files, is_new=True)
            if self.wanted.template:
                self._apply_template(project)
        except BaseException:
            self.api.delete_project(project.id)
            raise
        return project

    def _apply_template(self, project: Project) -> None:
        """Gives the project a template's schema, which decides what a row is and what is coded."""
        template = choose_template(self.api, self.wanted.template)
        applied = self.api.apply_template(project.id, template.id)
        self.api.skip_step(project.id, "UNIT")
        self.api.accept_step(project.id, "VARIABLES")
        columns = counted(len(applied.variables), "variable")
        self.screen.done(f"began with the template {template.name}: a row is {applied.project.unit.row_is}; {columns}")

    def _walk(self, project: Project) -> None:
        talk = Talk(self.api, self.screen, self.asks, project.id, project.description)
        setup = SetupWalk(talk).go()
        show_offer(setup, self.screen)
        size = state_of(setup, "REVIEW").sample_size
        variables = self.api.variables(project.id)
        text = project_yaml(setup.project, variables, size, talk.reasons, self.wanted.how_to_run)
        self.wanted.out.write_text(text, encoding="utf-8")
        self.screen.done(f"wrote {self.wanted.out} ({counted(len(variables), 'variable')})")
        if self.wanted.keep or self.wanted.project:
            self.screen.note(f"the project stays: {project.id}")
        else:
            self.api.delete_project(project.id)
        self.screen.note(f"next: {self.wanted.how_to_run}")
