"""`coderai verify`: checks that a bundle is what it says it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from coderai.client.exit_status import FAILED, exit_status
from coderai.client.screen import Screen
from coderai.client.verify.bundle import opened
from coderai.client.verify.checking import check
from coderai.client.verify.findings import Findings
from coderai.client.verify.rereading import read_again


def verify(
    bundle: Annotated[Path, typer.Argument(help="The ZIP, or the folder that it was unpacked to.", show_default=False)],
    documents: Annotated[
        Path | None,
        typer.Option(help="A folder with the documents, to read them again where the bundle has no texts."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was found as JSON, and nothing else.")] = False,
) -> None:
    """Check a bundle: its files, tables, quotes and every figure, without a network or anything that runs.

    That each file is as it was written; that data.csv and data.parquet say what cells.jsonl does; that quotes stand
    where their cells say; that texts, passages and prompts have the hashes that are told; and that each statistic
    follows from the cells and from what people judged.

    With --documents the texts are read again from the files that the bundle's hashes name, by a CoderAI that is started
    for it in a folder of its own, and removed. That takes the readers of then: with others, places cannot be checked.

    It ends with 0 when nothing differs, with 1 when something does, with 2 when it is no bundle.

    Examples:

    - `coderai verify strikes-dataset-2026-11-26.zip`

    - `coderai verify strikes/ --documents reports/`
    """
    with exit_status():
        # JSON alone goes to standard output, so that it can be sent to a file.
        screen, findings = Screen(sys.stderr) if as_json else Screen(), Findings()
        with (
            opened(bundle) as files,
            read_again(files, documents, screen, findings) as again,
            screen.waiting("checking the bundle"),
        ):
            check(files, findings, again)
        if as_json:
            told = json.dumps(findings.plain(), ensure_ascii=False, indent=2)
            typer.echo(told.encode(errors="replace"))  # names of files may be no Unicode
        else:
            _show(findings, screen)
    if not findings.is_good:
        raise typer.Exit(FAILED)


def _show(findings: Findings, screen: Screen) -> None:
    for line in findings.checked:
        screen.done(line)
    for line in findings.not_checked:
        screen.note(f"not checked: {line}")
    for line in findings.told():
        screen.error(line)
    if findings.is_good:
        screen.done("nothing differs")
    else:
        what = "thing differs" if findings.total == 1 else "things differ"
        screen.error(f"{findings.total:,} {what}: this is not the bundle that was written, or it was written wrongly")
