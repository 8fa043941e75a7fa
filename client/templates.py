"""`coderai templates`: saves, shows and applies templates: schemas to be used again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.errors import UsageError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.models import Template, TemplatePreview
from coderai.client.options import Email, Password, ProjectChoice, Token, Url
from coderai.client.project_choice import choose_project
from coderai.client.project_file import ProjectFileInvalid
from coderai.client.screen import Screen, counted, printable
from coderai.client.tables import plain_table
from coderai.client.template_choice import choose_template
from coderai.codebook.project_reading import ProjectYamlInvalid, read_project
from coderai.codebook.yaml_text import YamlUnreadable, decode

TemplateName = Annotated[str, typer.Argument(metavar="NAME", help="The template: its name or id.", show_default=False)]
IfTaken = Annotated[
    Literal["skip", "rename"] | None,
    typer.Option(
        "--if-taken",
        case_sensitive=False,
        help="What becomes of variables whose names the project has: the template's are left out, or get other names.",
        show_default=False,
    ),
]

templates = typer.Typer(
    name="templates",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="""Keep schemas (unit, variables, prompts, rules) and use them again.

    Three ship with CoderAI: news-events, contracts, interviews.

    Examples:

    - `coderai templates list`

    - `coderai templates export contracts > project.yaml`

    - `coderai templates save Strikes "Strikes, revised"`

    - `coderai templates apply "Strikes, revised" "My project" --if-taken skip`
    """,
)


class NamesTaken(UsageError):
    """The project has variables of the template's names, and nobody has said what becomes of them."""


@templates.command("list")
def list_(url: Url = "", email: Email = "", password: Password = "", token: Token = "") -> None:
    """List the templates: those that ship, then your own."""
    with _signed_in(Where(url, email, password, token, own_data())) as (api, screen):
        screen.show(_table(api.templates()))


@templates.command()
def show(name: TemplateName, url: Url = "", email: Email = "", password: Password = "", token: Token = "") -> None:
    """Show what a template codes, and how well the built-in engine does with it."""
    with _signed_in(Where(url, email, password, token, own_data())) as (api, screen):
        template = choose_template(api, name)
        screen.heading(template.name)
        screen.show(Text(printable(template.description.strip())))
        screen.show(_variables(template))
        if template.accuracy.compared:
            screen.note(_accuracy(template))


@templates.command()
def export(name: TemplateName, url: Url = "", email: Email = "", password: Password = "", token: Token = "") -> None:
    """Write a template to standard output, as the YAML that `coderai run` reads.

    Example:

    - `coderai templates export contracts > project.yaml`
    """
    with _signed_in(Where(url, email, password, token, own_data()), sys.stderr) as (api, _):
        typer.echo(choose_template(api, name).yaml, nl=False)


@templates.command()
def save(
    project: ProjectChoice,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the template is called.", show_default=False)],
    description: Annotated[str, typer.Option(help="What it is for; else the project's description.")] = "",
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Keep a project's schema as a template, with the prompts that people wrote or chose."""
    with _signed_in(Where(url, email, password, token, own_data())) as (api, screen):
        project_id = choose_project(api, project).id
        _saved(api.save_template(name, project_id=project_id, description=description), screen)


@templates.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A project file.", show_default=False)],
    name: Annotated[str, typer.Option(help="What the template is called; else the file's name: key.")] = "",
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Keep the schema of a project file as a template."""
    with exit_status():
        text = _checked(file)
    with _signed_in(Where(url, email, password, token, own_data())) as (api, screen):
        _saved(api.save_template(name, yaml=text), screen)


@templates.command()
def apply(
    name: TemplateName,
    project: ProjectChoice,
    if_taken: IfTaken = None,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Give a project a template's variables, and its unit and context where the project says nothing of them.

    Names that clash are told before anything is written.
    """
    with _signed_in(Where(url, email, password, token, own_data())) as (api, screen):
        template, project_id = choose_template(api, name), choose_project(api, project).id
        preview = api.preview_template(project_id, template.id)
        if preview.taken and if_taken is None:
            raise NamesTaken(
                f"the project has variables of these names already: {', '.join(preview.taken)}; --if-taken skip leaves"
                " the template's out, --if-taken rename gives them other names"
            )
        choice: Literal["SKIP", "RENAME"] | None = None
        if if_taken is not None:
            choice = "SKIP" if if_taken == "skip" else "RENAME"
        applied = api.apply_template(project_id, template.id, if_name_taken=choice)
        _tell(preview, if_taken or "", applied.project.name, screen)


@templates.command()
def delete(name: TemplateName, url: Url = "", email: Email = "", password: Password = "", token: Token = "") -> None:
    """Delete one of your templates; projects keep what they have of it."""
    with _signed_in(Where(url, email, password, token, own_data())) as (api, screen):
        template = choose_template(api, name)
        api.delete_template(template.id)
        screen.done(f"deleted the template {template.name!r}")


@contextmanager
def _signed_in(where: Where, stream: object = None) -> Iterator[tuple[CoderAI, Screen]]:
    with exit_status():
        screen = Screen(stream)  # type: ignore[arg-type]
        with signed_in(where, screen) as api:
            yield api, screen


def _checked(file: Path) -> str:
    """The text of a project file, read here first so that what is wrong with it is told with its name."""
    try:
        text = decode(file.read_bytes())
        read_project(text)
        return text
    except (YamlUnreadable, OSError) as error:
        raise ProjectFileInvalid(file, [str(error)]) from None
    except ProjectYamlInvalid as error:
        raise ProjectFileInvalid(file, error.problems) from None


def _saved(template: Template, screen: Screen) -> None:
    screen.done(f"saved the template {template.name!r} with {counted(template.variable_count, 'variable')}")


def _tell(preview: TemplatePreview, if_taken: str, project: str, screen: Screen) -> None:
    number = len(preview.added) + (len(preview.taken) if if_taken == "rename" else 0)
    unit = ", and its unit" if preview.sets_unit else ""
    screen.done(f"{project!r} has {counted(number, 'variable')} more{unit}")
    if preview.taken:
        what = "left out" if if_taken == "skip" else "given other names"
        screen.note(f"{what}: {', '.join(preview.taken)}")


def _table(found: Iterator[Template]) -> Table:
    table = plain_table("Templates")
    for name in ("name", "variables", "", "what it is for"):
        table.add_column(name, no_wrap=name != "what it is for")
    for one in found:
        name = one.id if one.ships else one.name
        ships = "ships" if one.ships else ""
        about = " ".join(one.description.split())
        table.add_row(Text(printable(name)), str(one.variable_count), ships, Text(printable(about)))
    return table


def _variables(template: Template) -> Table:
    unit = template.definition.unit
    table = plain_table(f"A row is {unit.row_is or 'one document'}")
    for name in ("variable", "type", "what is asked"):
        table.add_column(name, no_wrap=name != "what is asked")
    for variable in template.definition.variables:
        values = ", ".join(category.value for category in variable.categories)
        asked = " ".join(variable.instructions.split()) + (f" ({values})" if values else "")
        table.add_row(Text(printable(variable.name)), variable.type.lower(), Text(printable(asked)))
    return table


def _accuracy(template: Template) -> str:
    reached = template.accuracy
    right = f"{reached.right} of {reached.compared} cells ({reached.right / reached.compared:.0%})"
    return f"of the documents that ship with it, the {reached.model} engine codes {right} as a person did"
