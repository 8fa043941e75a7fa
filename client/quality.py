"""`coderai quality`: how good the dataset is, per variable, with intervals."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.models import Estimate, Quality, VariableQuality
from coderai.client.options import Email, Password, ProjectChoice, Token, Url, Variables, read_names
from coderai.client.project_choice import choose_project
from coderai.client.screen import Screen, printable
from coderai.client.tables import plain_table


def quality(
    project: ProjectChoice,
    variables: Variables = "",
    as_json: Annotated[bool, typer.Option("--json", help="The API's answer as JSON, and nothing else.")] = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Show how good each column is, as far as people have judged cells of drawn samples.

    Accuracy and the shares of false values (of cells with a value) and missed ones (of cells without) have intervals of
    95 %. ECE is how far confidence is from accuracy on average. Only what was judged in samples counts: `coderai review
    PROJECT --measure 100` draws one.

    Example:

    - `coderai quality Strikes`
    """
    with exit_status():
        names = read_names(variables)
        # JSON alone goes to standard output, so that it can be sent to a file.
        screen = Screen(sys.stderr) if as_json else Screen()
        with signed_in(Where(url, email, password, token, own_data()), screen) as api:
            found = api.quality(choose_project(api, project).id, variables=names)
        if as_json:
            typer.echo(found.model_dump_json(by_alias=True, indent=2))
        else:
            show_quality(found, screen)


def show_quality(found: Quality, screen: Screen) -> None:
    """The table, what would make it narrower, and what the estimates rest on."""
    screen.show(quality_table(found))
    for one in found.items:
        if one.not_covered:
            screen.note(f"{one.variable}: {one.not_covered:,} cells came after the samples were drawn")
    for note in found.notes:
        screen.note(note)


def quality_table(found: Quality) -> Table:
    """A line for each variable."""
    table = plain_table("Quality, as judged in drawn samples")
    names = ("variable", "accuracy", "false values", "missed values", "judged", "ECE", "agreement", "for ±5 points")
    for name in names:
        table.add_column(name, no_wrap=True)
    for one in found.items:
        judged = f"{one.judged:,} of {one.cells:,}"
        shares = (shown_estimate(e) for e in (one.accuracy, one.false_values, one.missed_values))
        table.add_row(Text(printable(one.variable)), *shares, judged, _calibration(one), _agreement(one), _more(one))
    return table


def shown_estimate(estimate: Estimate) -> str:
    """A share with its interval in per cent: "91 % (84-96)"; - where it rests on nothing."""
    if not estimate.cells:
        return "-"
    return f"{100 * estimate.value:.0f} % ({100 * estimate.low:.0f}-{100 * estimate.high:.0f})"


def _calibration(one: VariableQuality) -> str:
    error = one.expected_calibration_error
    return "-" if error is None else f"{error:.2f}"


def _agreement(one: VariableQuality) -> str:
    """With the model, then among people: per cent, and Krippendorff's alpha where it is defined."""
    parts = []
    for agreement in one.agreement:
        if not agreement.percent.cells:
            continue
        alpha = agreement.krippendorff_alpha
        shown = f"{100 * agreement.percent.value:.0f} %" + (f" α {alpha.value:.2f}" if alpha.cells else "")
        parts.append(f"{agreement.between.lower()} {shown}")
    return ", ".join(parts) or "-"


def _more(one: VariableQuality) -> str:
    if not one.judged:
        return "judge a sample"
    more = one.accuracy.more_cells
    return f"{more:,} more" if more else "reached"
