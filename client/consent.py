"""Asks before a run spends: what is left to code, what that costs, and how long it takes."""

from __future__ import annotations

import sys

import typer

from coderai.client.job_progress import duration
from coderai.client.models import JobEstimate
from coderai.client.screen import Screen, counted
from coderai.client.wanted import OFFLINE, Consent


def can_ask() -> bool:
    """Whether a person is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def may_go_on(estimate: JobEstimate, consent: Consent, screen: Screen) -> bool:
    """Whether what is left is to be coded; where the answer is no, the command that would code it is shown.

    Raises:
        KeyboardInterrupt: the user pressed Ctrl-C in place of an answer.
    """
    screen.note(price_tag(estimate))
    for note in estimate.notes:
        screen.detail(note)
    if consent.sample_only:
        screen.note(f"this was the sample alone. To code the rest: {consent.how_to_say_yes}")
        return False
    if consent.yes or (can_ask() and _confirmed()):
        return True
    screen.note(f"stopped here; nothing more is asked of the model. To code the rest: {consent.how_to_say_yes}")
    return False


def _confirmed() -> bool:
    try:
        return typer.confirm("Code them?")
    except typer.Abort:
        raise KeyboardInterrupt from None


def price_tag(estimate: JobEstimate) -> str:
    """What is left and what it takes in a line, such as "295 documents are left: about 0.14 USD, 5 min"."""
    are = "is" if estimate.documents == 1 else "are"
    took = f", {duration(max(1.0, estimate.seconds))}" if estimate.seconds else ""
    return f"{counted(estimate.documents, 'document')} {are} left: {_cost(estimate)}{took} with {estimate.model}"


def _cost(estimate: JobEstimate) -> str:
    if estimate.model == OFFLINE:
        return "at no cost"
    tokens = f"{estimate.tokens_in + estimate.tokens_out:,} tokens"
    if estimate.cost is None:
        return f"about {tokens}, at a price that is not known"
    currency = estimate.currency or "USD"
    return f"about {estimate.cost:,.2f} {currency}" if estimate.cost >= 0.01 else f"less than 0.01 {currency}"
