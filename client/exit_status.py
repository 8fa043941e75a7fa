"""How the command ends: an error told with what to do about it, and an exit status that scripts can rely on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from coderai.client.command_line import same_command
from coderai.client.errors import ApiError, ClientError, UsageError
from coderai.client.job_progress import Interrupted
from coderai.client.screen import Screen

FAILED, WRONG_USAGE, AFTER_SAMPLE, IN_PART, INTERRUPTED = 1, 2, 3, 4, 130


@dataclass(slots=True)
class Ending:
    """What is known at the end."""

    failed_documents: int = 0
    refused_rows: int = 0
    """Of a review sheet."""
    stopped_after_sample: bool = False
    """Whether nobody said that a run should go on."""


@contextmanager
def exit_status() -> Iterator[Ending]:
    """Turns errors into messages on standard error and an exit status.

    Raises:
        typer.Exit: always but when all is well.
    """
    ending, screen = Ending(), Screen(sys.stderr)
    try:
        yield ending
    except KeyboardInterrupt:
        screen.error(f"interrupted; nothing is left running\nTo go on: {same_command()}")
        raise typer.Exit(INTERRUPTED) from None
    except ClientError as error:
        screen.error(str(error))
        if isinstance(error, ApiError):
            trace = f"; trace {error.trace_id}" if error.trace_id else ""
            screen.detail(
                f"HTTP {error.status} {error.code}; correlation id {error.correlation_id or 'unknown'}{trace}"
            )
        for note in getattr(error, "__notes__", ()):
            screen.detail(note)
        raise typer.Exit(_status(error)) from None
    if ending.stopped_after_sample:
        raise typer.Exit(AFTER_SAMPLE)
    if ending.failed_documents or ending.refused_rows:
        raise typer.Exit(IN_PART)


def _status(error: ClientError) -> int:
    if isinstance(error, Interrupted):
        return INTERRUPTED
    return WRONG_USAGE if isinstance(error, UsageError) else FAILED
