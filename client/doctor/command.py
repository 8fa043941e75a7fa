"""`coderai doctor`: whether CoderAI works on this machine, and what to do where it does not."""

from __future__ import annotations

import os
from itertools import chain
from typing import Annotated

import typer

from coderai.client.doctor.finding import Finding, State
from coderai.client.doctor.machine import look_at_machine
from coderai.client.doctor.trial import try_out
from coderai.client.exit_status import FAILED, exit_status
from coderai.client.installation import own_data
from coderai.client.screen import Screen, counted

ModelToAsk = Annotated[
    str,
    typer.Option(
        help="The model to ask, such as openai:gpt-5-mini; else the usual one of the key that is set.",
        show_default=False,
    ),
]


def doctor(model: ModelToAsk = "") -> None:
    """See whether CoderAI works on this machine, and what to do where it does not.

    It looks at Python, memory, disk, the data folder, ports and tesseract; starts a CoderAI in a folder of its own,
    which goes again; and asks the model one short question, which costs a fraction of a cent. Nothing stays.

    Examples:

    - `coderai doctor`

    - `coderai doctor --model openai:gpt-5-mini`

    Exit status: 0 when everything works that is needed, 1 when something prevents it.
    """
    screen = Screen()
    with exit_status():
        findings: list[Finding] = []
        with screen.waiting("looking"):
            for finding in chain(look_at_machine(own_data(), os.environ), try_out(model, os.environ)):
                _show(finding, screen)
                findings.append(finding)
        prevented = sum(finding.state is State.PREVENTS for finding in findings)
        if prevented:
            screen.error(f"{counted(prevented, 'thing')} to mend before CoderAI works here")
            raise typer.Exit(FAILED)
        screen.done("CoderAI works here")


def _show(finding: Finding, screen: Screen) -> None:
    say = {State.FINE: screen.done, State.NOTE: screen.warn, State.PREVENTS: screen.error}[finding.state]
    say(finding.text)
    if finding.advice:
        screen.detail(finding.advice)
