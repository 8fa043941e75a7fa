"""The options of `coderai review`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

USUAL_REPAIR = 100
"""Cells of a sheet when nothing else is asked for."""
_WHICH, _BACK = "Which cells", "Taking a sheet back"

ProjectName = Annotated[str, typer.Argument(help="The project: its id, or its name.", show_default=False)]
Measure = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Draw N cells at random, to measure how good the dataset is; what is said of them is estimated from.",
        show_default=False,
        rich_help_panel=_WHICH,
    ),
]
EarlierSample = Annotated[
    str,
    typer.Option(
        metavar="ID",
        help="Those cells of a sample drawn earlier that you have not judged.",
        show_default=False,
        rich_help_panel=_WHICH,
    ),
]
Repair = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help=f"The N cells that are least certain, flagged ones first; {USUAL_REPAIR} when nothing else is asked for. "
        "What is said of them mends the dataset and measures nothing.",
        show_default=False,
        rich_help_panel=_WHICH,
    ),
]
Variables = Annotated[
    str, typer.Option(metavar="A,B", help="Only these variables.", show_default=False, rich_help_panel=_WHICH)
]
Blind = Annotated[
    bool, typer.Option("--blind", help="Of a drawn sample: do not show what the model said.", rich_help_panel=_WHICH)
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=2**31 - 1,
        metavar="N",
        help="Draw the same sample again from the same dataset.",
        show_default=False,
        rich_help_panel=_WHICH,
    ),
]
Out = Annotated[Path, typer.Option(help="The sheet to write, .xlsx or .csv; a file that is there is not replaced.")]
Apply = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Take this sheet back, filled in: XLSX, ODS, or CSV with commas, semicolons or tabs.",
        show_default=False,
        rich_help_panel=_BACK,
    ),
]
